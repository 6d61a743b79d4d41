import LogQLEvaluation
import PrometheusModel
import Testing

@Suite struct LineTemplateTests {
    static let labels: [String: String] = [
        "msg": "hello world", "level": "Error", "path": "/api/v1/", "padded": " \t padded \n", "count": "42",
        "ratio": "0.25", "took": "1.5s", "size": "1.5KiB", "umlaut": "über", "object": #"{"x": {"y": 1.5}}"#,
        "json": #"[{"query": "a"}, {"query": "b"}]"#,
    ]

    static func expand(_ template: LineTemplate, line: String = "GET /api HTTP") throws(LineTemplate.Failure) -> String
    {
        try String(decoding: bytes(template, line: Array(line.utf8)), as: UTF8.self)
    }

    static func bytes(
        _ template: LineTemplate, line: [UInt8], labels: [String: [UInt8]]? = nil
    ) throws(LineTemplate.Failure) -> [UInt8] {
        let labels = labels ?? Self.labels.mapValues { Array($0.utf8) }
        var names: [String] = []
        if case .some(let wanted) = template.labels { names = wanted }
        var output = Array("before".utf8)
        let line = ContiguousArray(line)
        // The closure gives pointers that stay valid: the storage of these arrays outlives the call.
        let buffers = names.map { name in
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: labels[name]?.count ?? 0)
            _ = buffer.initialize(from: labels[name] ?? [])
            return UnsafeBufferPointer(buffer)
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        let lineBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: line.count)
        _ = lineBuffer.initialize(from: line)
        defer { lineBuffer.deallocate() }
        do throws(LineTemplate.Failure) {
            try template.expand(
                line: UnsafeBufferPointer(lineBuffer), time: 1_767_323_045_678_901_234,
                now: 1_800_000_000_000_000_000, into: &output, label: { buffers[$0] },
                allLabels: { labels.mapValues { String(decoding: $0, as: UTF8.self) } })
        } catch {
            #expect(output == Array("before".utf8), "what a failed template wrote is taken back")
            throw error
        }
        return Array(output.dropFirst(6))
    }

    @Test("a template gives what Loki gives", arguments: LineTemplateTable.texts)
    func texts(source: String, text: String) throws {
        let template = try LineTemplate(source)
        guard text != "!fails" else {
            #expect(throws: LineTemplate.Failure.self) { try Self.expand(template) }
            return
        }
        let all = Self.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value);" }.joined()
        let result = try Self.expand(template)
        #expect(result == (text == "!all" ? all : text), "\(source)")
    }

    /// Method: a variable in front keeps a template from being a list of steps.
    @Test("steps give what the tree gives", arguments: LineTemplateTable.texts)
    func tree(source: String, text: String) throws {
        let steps = try LineTemplate(source)
        let tree = try LineTemplate("{{$unused := 1}}" + source)
        let found = Result { try Self.expand(steps) }
        let wanted = Result { try Self.expand(tree) }
        switch (found, wanted) {
        case (.success(let found), .success(let wanted)): #expect(found == wanted)
        case (.failure, .failure): break
        default: Issue.record("\(source): \(found) \(wanted)")
        }
    }

    @Test("a text that is no template is refused", arguments: LineTemplateTable.refused)
    func refused(source: String, reason: String) {
        do throws(TemplateError) {
            _ = try LineTemplate(source)
            Issue.record("\(source) was taken")
        } catch {
            #expect(error.message == reason)
        }
    }

    @Test("a failure says where and why") func failures() throws {
        let template = try LineTemplate("{{.level}} {{ .count | unixEpoch }}")
        do throws(LineTemplate.Failure) {
            _ = try Self.expand(template)
            Issue.record("it did not fail")
        } catch {
            #expect(
                error.message
                    == #"template: line:1:23: executing "line" at <unixEpoch>: wrong type for value; expected time.Time; got string"#
            )
        }
        let division = try LineTemplate("{{div 1 0}}")
        do throws(LineTemplate.Failure) {
            _ = try Self.expand(division)
            Issue.record("it did not fail")
        } catch {
            #expect(
                error.message
                    == #"template: line:1:2: executing "line" at <div 1 0>: error calling div: runtime error: integer divide by zero"#
            )
        }
    }

    @Test(
        "what a template reads is known",
        arguments: [
            ("plain", LineTemplate.Labels.some([]), false), ("{{.b}}{{.a | upper}}", .some(["a", "b"]), false),
            ("{{__line__}}", .some([]), true), ("{{if .x}}{{$.y}}{{end}}", .some(["x", "y"]), false),
            ("{{with .x}}{{.y}}{{__line__}}{{end}}", .some(["x"]), true), ("{{.}}", .all, false),
            ("{{range $k, $v := .}}{{end}}", .all, false), ("{{index $ \"a\"}}", .all, false),
            ("{{range fromJson .j}}{{.}}{{end}}", .some(["j"]), false),
            ("{{template \"t\" .}}{{define \"t\"}}{{end}}", .all, false),
            ("{{define \"t\"}}{{.z}}{{end}}{{template \"t\" .a}}", .some(["a"]), false),
        ] as [(String, LineTemplate.Labels, Bool)])
    func reading(source: String, labels: LineTemplate.Labels, readsLine: Bool) throws {
        let template = try LineTemplate(source)
        #expect(template.labels == labels)
        #expect(template.readsLine == readsLine)
    }

    @Test("bytes that are no UTF-8 are copied as they are") func bytes() throws {
        let template = try LineTemplate("<{{__line__}}|{{.x}}>")
        let result = try Self.bytes(template, line: [0xFF, 0x00, 0xC2], labels: ["x": [0x80]])
        #expect(result == [0x3C, 0xFF, 0x00, 0xC2, 0x7C, 0x80, 0x3E])
    }

    @Test("a long line fits, a template that multiplies it does not") func bounds() throws {
        let line = [UInt8](repeating: 0x61, count: 3_000_000)
        let whole = try Self.bytes(try LineTemplate("x{{__line__}}"), line: line)
        #expect(whole.count == 3_000_001)
        let upper = try Self.bytes(try LineTemplate("{{__line__ | upper}}"), line: line)
        #expect(upper.count == 3_000_000)
        let source = String(repeating: "{{__line__}}", count: 100)
        let template = try LineTemplate(source)
        #expect(throws: LineTemplate.Failure.self) { try Self.bytes(template, line: line) }
        let endless = try LineTemplate("{{range 100000}}{{range 100000}}{{end}}{{end}}")
        #expect(throws: LineTemplate.Failure.self) { try Self.expand(endless) }
    }

    @Test("no text and no bytes make a template trap") func random() throws {
        var generator = SystemRandomNumberGenerator()
        let words = [
            "{{", "}}", ".msg", ".count", ".", "$", "|", " ", "\"\\xff\"", "1", "-9223372036854775808", "1e300", "0.1",
            "(", ")", "if", "end", "range", "with", "else", "__line__", "__timestamp__", "now", "trunc", "substr",
            "add", "sub", "mul", "div", "mod", "addf", "mulf", "divf", "round", "int", "float64", "date", "toDate",
            "toDateInZone", "\"Europe/Berlin\"", "unixToTime", "unixEpoch", "fromJson", "repeat", "indent", "replace",
            "alignLeft", "count", "regexReplaceAll", "printf", "\"%*d%[9]v%c\"", "slice", "index", "b64dec",
            "urldecode",
            "bytes", "duration", "default", "\"2006-01-02\"", "$x", ":=", "max", "min", "title", "nindent", "eq", "-1",
        ]
        for _ in 0..<20_000 {
            var source = "{{"
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                source += (words.randomElement(using: &generator) ?? "") + " "
            }
            source += "}}"
            guard let template = try? LineTemplate(source) else { continue }
            let line = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = try? Self.bytes(
                template, line: line, labels: ["msg": line, "count": Array("-9223372036854775808".utf8)])
        }
    }
}
