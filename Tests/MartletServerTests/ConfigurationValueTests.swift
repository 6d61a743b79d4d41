import TelemetryModel
import Testing

@testable import MartletServer

@Suite("configuration values")
struct ConfigurationValueTests {
    @Test(
        "sizes have binary and decimal units",
        arguments: [
            ("0", 0), ("4096", 4096), ("1B", 1), ("1KiB", 1024), ("2KB", 2000), ("64MiB", 67_108_864),
            ("10 MB", 10_000_000), ("1gib", 1_073_741_824), ("3GB", 3_000_000_000),
        ])
    func sizes(text: String, bytes: Int) throws {
        #expect(try ByteSize.parse(text) == bytes)
        #expect(try ByteSize.parse(ByteSize.print(bytes)) == bytes)
    }

    @Test(
        "what is no size is refused",
        arguments: [
            "", "MiB", "-1", "+1", "1.5GiB", "64M", "1TiB", "1 2", "9223372036854775808", "9000000000GiB", "٣MiB",
        ])
    func noSizes(text: String) {
        #expect(throws: SettingValueError.self) { try ByteSize.parse(text) }
    }

    @Test(
        "durations have units, larger ones first",
        arguments: [
            ("0s", .zero), ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)), ("50ms", .milliseconds(50)),
            ("2m", .seconds(120)), ("36h", .seconds(129_600)), ("1s1ms1us1ns", .nanoseconds(1_001_001_001)),
            ("9223372036854775807ns", .nanoseconds(Int64.max)),
        ] as [(String, Duration)])
    func durations(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
        #expect(try DurationText.parse(DurationText.print(duration)) == duration)
    }

    @Test("durations print in the fewest units", arguments: ["7d", "1d12h", "1h30m", "30s", "50ms", "1s500ms", "0s"])
    func printedDurations(text: String) throws {
        #expect(DurationText.print(try DurationText.parse(text)) == text)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "7", "0", "d", "7w", "1.5s", "-1s", "30m1h", "1s1s", "1 s", "7D", "99999999999999999999s", "300000d",
            "106751d24h", "s1",
        ])
    func noDurations(text: String) {
        #expect(throws: DurationText.Failure.self) { try DurationText.parse(text) }
    }

    @Test(
        "each kind refuses what is no value of it",
        arguments: [
            ("bind", "127.0.0.1:4317"), ("bind", ""), ("bind", "a b"), ("bind", "http://x"), ("auth.mode", "Token"),
            ("auth.mode", ""), ("auth.token", "a b"), ("auth.token", "a\n"), ("auth.token", "ä"),
            ("ports.tempo", "65536"), ("ports.tempo", "-1"), ("ports.tempo", "+1"), ("ports.tempo", "Off"),
            ("ports.tempo", ""), ("otlp.max_body_bytes", "0"), ("otlp.body_timeout", "0s"), ("query.threads", "0"),
            ("query.threads", "1025"), ("query.threads", "+2"), ("query.threads", "_2"), ("query.threads", "2.0"),
            ("query.max_result_rows", "9223372036854775808"), ("retention.logs", "1ms"), ("log.level", "verbose"),
            ("otlp.cors_origins", "localhost"), ("otlp.cors_origins", "http://localhost/"),
            ("otlp.cors_origins", "http://"), ("otlp.cors_origins", "http://a b"), ("data", "a\u{0}b"),
            ("engine.library", "\u{0}"),
        ])
    func wrongValues(path: String, value: String) {
        let found = configurationProblems(nil, flags: [(path, value)])
        #expect(found.map(\.code) == [.wrongValue])
        #expect(found.first?.message.hasPrefix("`\(path)`: expected ") == true)
        #expect(found.first?.message.hasSuffix(".") == false)
    }

    @Test("each kind takes its values")
    func rightValues() throws {
        let loaded = try ConfigurationLoader.load(
            text: nil,
            flags: [
                ("bind", "fe80::1%eth0"), ("auth.mode", "none"), ("ports.tempo", "65535"), ("ports.health", "0"),
                ("ports.otlp_http", "off"), ("query.max_result_rows", "2_000_000"), ("log.level", "critical"),
                ("otlp.cors_origins", " * , https://example.com , http://[::1]:3000"), ("retention.traces", "90d"),
                ("engine.library", ""),
            ])
        let configuration = loaded.configuration
        #expect(configuration.bind == "fe80::1%eth0")
        #expect(configuration.auth.mode == .none)
        #expect(configuration.ports.tempo == .port(65535))
        #expect(configuration.ports.health == .any)
        #expect(configuration.ports.otlpHTTP == .off)
        #expect(configuration.query.maxResultRows == 2_000_000)
        #expect(configuration.log.level == .critical)
        #expect(configuration.otlp.corsOrigins == ["*", "https://example.com", "http://[::1]:3000"])
        #expect(configuration.retention.traces == .seconds(90 * 86_400))
        let noOrigins = try ConfigurationLoader.load(text: "otlp: {cors_origins: []}")
        #expect(noOrigins.configuration.otlp.corsOrigins.isEmpty)
        #expect(
            try ConfigurationLoader.load(text: nil, flags: [("otlp.cors_origins", "")]).configuration
                == noOrigins.configuration)
    }

    @Test(
        "variables are put into a text",
        arguments: [
            ("plain $5 $", "plain $5 $"), ("${A}", "one"), ("x${A}y${A}z", "xoneyonez"), ("${B:-two}", "two"),
            ("${EMPTY:-two}", "two"), ("${EMPTY}", ""), ("${A:-two}", "one"), ("${B:-}", ""), ("${B:-a:-b}", "a:-b"),
            ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("${LOOP}", "${LOOP}"), ("}{", "}{"), ("", ""),
        ])
    func interpolation(text: String, expected: String) throws {
        let environment = ["A": "one", "EMPTY": "", "LOOP": "${LOOP}"]
        #expect(try Interpolation.expand(text, environment: environment) == expected)
        #expect(try Interpolation.expand(Interpolation.escape(text), environment: [:]) == text)
    }

    @Test(
        "malformed and undefined variables are refused",
        arguments: [
            ("${B}", .undefined("B")), ("${", .malformed("`${` without `}`")),
            ("a${A", .malformed("`${` without `}`")), ("${}", .malformed("`` is not the name of a variable")),
            ("${1A}", .malformed("`1A` is not the name of a variable")),
            ("${A-b}", .malformed("`A-b` is not the name of a variable")),
            ("${B:-${A}}", .malformed("the default of `${B}` contains another `${`")),
        ] as [(String, Interpolation.Failure)])
    func malformedInterpolation(text: String, failure: Interpolation.Failure) {
        #expect(throws: failure) { try Interpolation.expand(text, environment: ["A": "one"]) }
    }

    @Test(
        "the distance counts slips",
        arguments: [
            ("", "", 0), ("abc", "", 3), ("", "abc", 3), ("grcp", "grpc", 1), ("bind", "bnd", 1),
            ("kitten", "sitting", 3), ("ab", "ba", 1),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(Suggestion.distance(left, right) == expected)
        #expect(Suggestion.distance(right, left) == expected)
    }

    @Test("names that are too far, too long or ambiguous get no suggestion")
    func noSuggestion() {
        let names = Setting.all.map(\.path)
        #expect(Suggestion.nearest(to: "threads", in: names, separator: ".") == nil)
        #expect(Suggestion.nearest(to: "something", in: names, separator: ".") == nil)
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 10_000), in: names, separator: ".") == nil)
        #expect(Suggestion.nearest(to: "flush_interval", in: names, separator: ".") == nil)
        #expect(Suggestion.nearest(to: "log_sync_interval", in: names, separator: ".") == "ingest.log_sync_interval")
    }
}
