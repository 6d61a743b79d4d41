import QueryEngines
import TelemetryModel
import Testing
import TraceQL

@testable import QueryAPI

@Suite struct JaegerSearchTests {
    private func finds(_ span: StoredSpan, _ search: JaegerSearch, _ scope: StoredScope? = nil) -> Bool {
        var trace = JaegerSamples.trace([span])
        if let scope { trace.scopes[span.scopeID] = scope }
        guard case .search(let pipeline) = search.query().body,
            case .spansets(.filter(let condition))? = pipeline.stages.first
        else { return false }
        return RowConditions(span: span, trace: trace).holds(condition)
    }

    private func finds(_ span: StoredSpan, tag key: String, _ value: String, _ scope: StoredScope? = nil) -> Bool {
        finds(span, JaegerSearch(service: "shop", tags: [(key, value)]), scope)
    }

    @Test(arguments: [
        ("text", AttributeType.string, "text", true), ("Text", .string, "text", false), ("123", .int, "123", true),
        ("123", .string, "123", true), ("72.5", .double, "72.5", true), ("72.5", .double, "72.50", true),
        ("72.5", .int, "72", false), ("true", .bool, "true", true), ("true", .string, "true", true),
        ("true", .bool, "1", false), ("", .string, "", true), ("same*", .string, "same*", true),
        ("same1", .string, "same*", false), ("9223372036854775807", .int, "9223372036854775807", true),
        ("0x10", .string, "0x10", true), ("a\"b\\c", .string, "a\"b\\c", true),
    ])
    func aTagMatchesByItsText(stored: String, type: AttributeType, asked: String, matches: Bool) {
        let span = JaegerSamples.span(1, attributes: [.init(key: "k", text: stored, type: type)])
        #expect(finds(span, tag: "k", asked) == matches)
    }

    @Test func aTagIsLookedForInFivePlaces() {
        let attribute = StoredAttribute(key: "k", text: "v", type: .string)
        let scope = StoredScope(name: "", version: "", attributes: [attribute], droppedAttributes: 0, schemaURL: "")
        var event = JaegerSamples.span(1)
        event.events = [.init(time: event.startTime, name: "", attributes: [attribute], droppedAttributes: 0)]
        var link = JaegerSamples.span(1)
        link.links = [
            .init(traceID: [], spanID: [], traceState: "", flags: 0, attributes: [attribute], droppedAttributes: 0)
        ]
        #expect(finds(JaegerSamples.span(1, attributes: [attribute]), tag: "k", "v"))
        #expect(finds(event, tag: "k", "v"))
        #expect(finds(link, tag: "k", "v"))
        #expect(finds(JaegerSamples.span(1), tag: "k", "v", scope))
        #expect(finds(JaegerSamples.span(1), tag: "otel.scope.k", "v", scope))
        #expect(finds(JaegerSamples.span(1), tag: "host.name", "a"))
        #expect(!finds(JaegerSamples.span(1), tag: "k", "v"))
    }

    @Test func whatIsShownAsATagIsFoundAsOne() {
        var span = JaegerSamples.span(1, kind: .client)
        span.statusCode = 2
        span.statusMessage = "broken"
        let scope = StoredScope(name: "lib", version: "2", attributes: [], droppedAttributes: 0, schemaURL: "")
        for (key, value) in [
            ("error", "true"), ("span.kind", "client"), ("span.kind", "CLIENT"), ("otel.status_code", "ERROR"),
            ("otel.status_description", "broken"), ("otel.scope.name", "lib"), ("otel.library.version", "2"),
        ] {
            #expect(finds(span, tag: key, value, scope), "\(key)")
        }
        for (key, value) in [
            ("error", "false"), ("span.kind", "server"), ("otel.status_code", "OK"), ("otel.scope.name", "other"),
        ] {
            #expect(!finds(span, tag: key, value, scope), "\(key)")
        }
    }

    @Test func aSpanWithoutErrorIsOneWhereItIsFalse() {
        #expect(finds(JaegerSamples.span(1), tag: "error", "false"))
        let written = JaegerSamples.span(1, attributes: [.init(key: "error", text: "true", type: .bool)])
        #expect(!finds(written, tag: "error", "false"))
        #expect(finds(written, tag: "error", "true"))
    }

    @Test func theNameForNoServiceFindsSpansWithoutOne() {
        let search = JaegerSearch(service: "missing-service-name")
        #expect(finds(JaegerSamples.span(1, service: ""), search))
        #expect(!finds(JaegerSamples.span(1), search))
    }

    @Test func durationsAreInclusive() {
        let span = JaegerSamples.span(1, duration: 5000)
        #expect(finds(span, JaegerSearch(durationMin: 5000, durationMax: 5000)))
        #expect(!finds(span, JaegerSearch(durationMin: 5001)))
        #expect(!finds(span, JaegerSearch(durationMax: 4999)))
    }

    @Test func rangesIncludeTheLastMicrosecond() {
        #expect(
            JaegerSearch.range(startMicroseconds: 1, endMicroseconds: 2) == TraceTimeRange(start: 1000, end: 3000))
        #expect(
            JaegerSearch.range(startMicroseconds: .min, endMicroseconds: .max)
                == TraceTimeRange(start: .min, end: .max))
        #expect(JaegerSearch.range(startMicroseconds: nil, endMicroseconds: nil) == .all)
    }

    private static let goDurations: [(text: String, nanoseconds: Int64)] = [
        ("1.5s", 1_500_000_000), ("100ms", 100_000_000), ("1h2m3s", 3_723_000_000_000), ("5us", 5000),
        ("5µs", 5000), ("0", 0), ("-2ns", -2), (".5ms", 500_000), ("1.h", 3_600_000_000_000), ("2000ns", 2000),
        ("0.123456789123s", 123_456_789),
    ]

    @Test(arguments: goDurations)
    func durationsAreWrittenAsInGo(text: String, nanoseconds: Int64) throws {
        #expect(try GoDuration.parse(text).get() == nanoseconds)
    }

    @Test(arguments: [
        "", "-", "10", "1.5", "s", "1d", ".s", "1s 2s", "9223372036854775807s", "1e3s", "+", "300000000000h",
    ])
    func whatIsNoDurationIsRefused(text: String) {
        #expect(throws: GoDuration.Problem.self) { try GoDuration.parse(text).get() }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00.000000001Z", Int64?(1)), ("1970-01-01T01:00:00+01:00", 0),
        ("2017-01-26T16:46:31.639875139-05:00", 1_485_467_191_639_875_139), ("2026-01-02", nil), ("", nil),
        ("1970-01-01T00:00:00.Z", nil), ("9999-01-01T00:00:00Z", nil),
        ("1970-01-01T00:00:00.1234567891234Z", 123_456_789),
    ])
    func timesAreReadToTheNanosecond(text: String, nanoseconds: Int64?) {
        #expect(RFC3339Nanoseconds.parse(text) == nanoseconds)
    }
}
