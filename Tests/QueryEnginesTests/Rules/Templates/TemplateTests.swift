import PrometheusModel
import Testing

/// The language of templates against what Go makes of them.
@Suite struct TemplateTests {
    private static let definitions =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}"
        + "{{$value := .Value}}"

    private static let functions: TemplateFunctions = {
        var functions = TemplateFunctions.prometheus
        functions["query"] = TemplateFunction(
            .string,
            waiting: { (arguments: [TemplateValue]) async throws(TemplateError) -> TemplateValue in
                guard case .string(let text) = arguments[0] else { return .none }
                switch text {
                case "http":
                    return .samples([
                        TemplateSample(labels: ["__name__": "http", "a": "1", "instance": "h1"], value: 2),
                        TemplateSample(labels: ["__name__": "http", "a": "2", "instance": "h2"], value: 6),
                    ])
                case "vector(1)": return .samples([TemplateSample(labels: [:], value: 1)])
                case "bad(": throw TemplateError("1:5: parse error: unclosed left parenthesis")
                default: return .samples([])
                }
            })
        return functions
    }()

    private static let data = TemplateValue.record(
        TemplateRecord(
            [
                ("Labels", .texts(["instance": "host.example.com:9100", "job": "node"])),
                ("ExternalLabels", .texts(["cluster": "c1"])),
                ("ExternalURL", .string("http://prom.example:9090/pre")), ("Value", .float(1_234_567)),
            ], typeName: "struct { … }"))

    private static func expand(_ text: String) async throws(TemplateError) -> String {
        let template = try Template(
            definitions + text, name: "__alert_X", functions: Set(functions.keys))
        return try await template.expand(data, functions: functions)
    }

    private static func message(_ text: String) async -> String? {
        do throws(TemplateError) {
            _ = try await expand(text)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("a template is expanded as Go does it", arguments: TemplateTable.texts)
    func texts(template: String, text: String) async throws {
        let result = try await Self.expand(template)
        #expect(result == text, "\(template)")
    }

    @Test("a failing template tells place and reason as Go does", arguments: TemplateTable.failures)
    func failures(template: String, text: String) async {
        let message = await Self.message(template)
        let parts = text.split(separator: ": ", maxSplits: 1)
        let expected = "template: __alert_X:\(parts[0]): executing \"__alert_X\" at \(parts[1])"
        #expect(message == expected, "\(template)")
    }

    @Test("a text that is no template is refused with Go's words", arguments: TemplateTable.syntaxErrors)
    func syntaxErrors(template: String, text: String) async {
        let message = await Self.message(template)
        #expect(message == "template: __alert_X:\(text)", "\(template)")
    }

    // Go 1.22 and 1.23, which Prometheus 3.5 is built with, have more than the version the table is from.
    @Test func rangeOverAnInteger() async throws {
        let text = try await Self.expand(
            "{{ range 3 }}{{ . }}{{ else }}x{{ end }}{{ range $i := 2 }}<{{ $i }}>{{ end }}")
        #expect(text == "012<0><1>")
    }

    @Test func elseWith() async throws {
        let text = try await Self.expand("{{ with 0 }}a{{ else with 5 }}{{ . }}{{ else }}c{{ end }}")
        #expect(text == "5")
    }

    @Test(
        "a template that would not end is stopped",
        arguments: [
            #"{{ range 1000000000 }}{{ end }}"#,
            #"{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}"#,
            #"{{ define "T" }}{{ template "T" }}{{ end }}{{ template "T" }}"#,
            #"{{ $x := "abcdefgh" }}{{ range 100 }}{{ $x = printf "%s%s" $x $x }}{{ end }}"#,
            #"{{ printf "%1000000d%1000000d" 1 2 }}"#,
            #"{{ range 100000 }}{{ "some text that is not that short" }}{{ end }}"#,
        ])
    func bounds(template: String) async {
        let message = await Self.message(template)
        #expect(message != nil)
    }

    @Test func nestingIsBounded() async {
        let parentheses = String(repeating: "(", count: 10_000)
        #expect(await Self.message("{{ \(parentheses) }}") != nil)
        #expect(await Self.message(String(repeating: "{{ if 1 }}", count: 10_000)) != nil)
    }

    // Cutting and changing texts at every place finds what indexes wrongly.
    @Test("no text makes the parser or a run trap")
    func noTraps() async {
        let seeds = TemplateTable.texts.map(\.template) + TemplateTable.syntaxErrors.map(\.template)
        let insertions: [Character] = ["{", "}", "\"", "(", ")", "|", ".", "$", "-", "%", "é", "\\", "'", "`", "\0"]
        var count = 0
        for (offset, seed) in seeds.enumerated() {
            let place = seed.index(seed.startIndex, offsetBy: offset % max(seed.count, 1))
            _ = await Self.message(String(seed[..<place]))
            _ = await Self.message(String(seed[place...]))
            for insertion in insertions {
                var changed = seed
                changed.insert(insertion, at: place)
                _ = await Self.message(changed)
                count += 1
            }
        }
        #expect(count > 1000)
    }
}
