import TelemetryModel
import Testing

@testable import martlet

@Suite struct FoundTracesViewTests {
    private static let text = #"""
        {"traces":[
        {"traceID":"123456789abcdef0123456789abcdef","rootServiceName":"shop","rootTraceName":"checkout",
         "startTimeUnixNano":"1767323045678000000","durationMs":12,
         "spanSet":{"spans":[],"matched":4},
         "spanSets":[{"spans":[
          {"spanID":"0000000000000001","name":"pay","startTimeUnixNano":"1767323045681000000","durationNanos":"7000000",
           "attributes":[{"key":"status","value":{"stringValue":"error"}},
                         {"key":"code","value":{"intValue":"500"}}]},
          {"spanID":"0000000000000002","name":"price 日","startTimeUnixNano":"1767323045678000000",
           "durationNanos":"850000","attributes":[{"key":"q","value":{"stringValue":"a b"}},
           {"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":1.5}]}}}]}],
          "matched":4}],
         "serviceStats":{"shop":{"spanCount":3,"errorCount":1},"bank":{"spanCount":2}}},
        {"traceID":"2","startTimeUnixNano":"1767323045000000000","durationMs":0,"new":{"x":[1]}}
        ],"metrics":{"inspectedTraces":2}}
        """#

    private static func answer(_ text: String = text) throws -> TraceSearchAnswer {
        try TraceSearchAnswer(Array(text.utf8))
    }

    @Test func `traces with their spans and what is shown of them`() throws {
        let answer = try Self.answer()
        #expect(
            FoundTracesView(traces: answer.traces).text == """
                start                     trace                             duration  root            matched  services  errors
                ────────────────────────  ────────────────────────────────  ────────  ──────────────  ───────  ────────  ──────
                2026-01-02T03:04:05.678Z  0123456789abcdef0123456789abcdef   12.0 ms  shop: checkout        4         2       1
                  pay        +3.00 ms    7.00 ms  status=error code=500
                  price 日      +0 ns     850 µs  q="a b" list="[true, 1.5]"
                  … 2 more
                2026-01-02T03:04:05.000Z  00000000000000000000000000000002    < 1 ms                        0         0       0

                2 traces

                """)
    }

    @Test(
        "at any width the id is whole and lines are not wider than the terminal",
        arguments: [80, 90, 100, 120, 200])
    func widths(width: Int) throws {
        let text = FoundTracesView(traces: try Self.answer().traces, limit: 2, width: width).text
        for line in text.split(separator: "\n") { #expect(TerminalText.width(String(line)) <= width) }
        #expect(text.contains("0123456789abcdef0123456789abcdef"))
        #expect(text.contains("shop: checkout"))
        #expect(text.contains("2 traces, the newest; there may be more: --limit\n"))
    }

    @Test func `a narrow terminal gets what matters`() throws {
        let lines = FoundTracesView(traces: try Self.answer().traces, width: 80).text.split(separator: "\n")
        #expect(lines[0] == "start           trace                             duration  root")
        #expect(lines[2] == "01-02 03:04:05  0123456789abcdef0123456789abcdef   12.0 ms  shop: checkout")
        // However narrow, nothing fails.
        _ = FoundTracesView(traces: try Self.answer().traces, width: 1).text
    }

    @Test func `groups stand above their spans`() throws {
        let answer = try Self.answer(
            #"""
            {"traces":[{"traceID":"a","spanSets":[
             {"attributes":[{"key":"by(name)","value":{"stringValue":"x"}}],"spans":[{"name":"x"}],"matched":1},
             {"attributes":[{"key":"by(name)","value":{"stringValue":"y"}}],"spans":[],"matched":3000}]}]}
            """#)
        let lines = FoundTracesView(traces: answer.traces).text.split(separator: "\n")
        #expect(lines[3] == "  by(name)=x · 1 matched")
        #expect(lines[4] == "    x      +0 ns       0 ns")
        #expect(lines[5...6] == ["  by(name)=y · 3,000 matched", "    … 3,000 more"])
        #expect(answer.traces[0].matched == 3001)
    }

    @Test func `hostile names are harmless`() throws {
        let answer = try Self.answer(
            #"""
            {"traces":[{"traceID":"\u001b[2J","rootServiceName":"a\nb","rootTraceName":"\u202e",
            "spanSets":[{"spans":[{"name":"\u001b]0;x\u0007","attributes":[{"key":"\r","value":{"stringValue":"\u009b"}}]}],
            "matched":1}]}]}
            """#)
        for width in [nil, 80] {
            let text = FoundTracesView(traces: answer.traces, width: width).text
            #expect(
                !text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || $0 == "\u{9B}" || $0 == "\u{202E}") })
            #expect(text.contains("a\\nb"))
        }
    }

    @Test func `numbers that do not fit do not trap`() throws {
        let answer = try Self.answer(
            #"""
            {"traces":[{"traceID":"1","startTimeUnixNano":"-9223372036854775808","durationMs":18446744073709551615,
            "spanSets":[{"matched":9223372036854775807,"spans":[{"startTimeUnixNano":"9223372036854775807",
            "durationNanos":"-9223372036854775808"}]},{"matched":9223372036854775807}],
            "serviceStats":{"a":{"spanCount":9223372036854775807,"errorCount":9223372036854775807},
            "b":{"spanCount":9223372036854775807,"errorCount":9223372036854775807}}}]}
            """#)
        #expect(!FoundTracesView(traces: answer.traces, width: 80).text.isEmpty)
        #expect(answer.traces[0].matched == .max)
    }

    @Test func `no traces are said`() throws {
        #expect(FoundTracesView(traces: try Self.answer(#"{"traces":[]}"#).traces).text == "no traces\n")
    }

    @Test func `JSON is the answer's with a trace a line`() throws {
        let answer = try Self.answer(#"{"traces":[{"traceID":"1","x":1.0},{"traceID":"2"}],"metrics":{"a":1}}"#)
        #expect(
            String(decoding: answer.json, as: UTF8.self) == """
                {"traces":[{"traceID":"1","x":1.0},
                 {"traceID":"2"}],
                "metrics":{"a":1}}

                """)
    }

    @Test(
        "what is no answer is refused",
        arguments: [
            "", "404 page not found", "[]", "{}", #"{"traces":1}"#, #"{"traces":[{"durationMs":"x"}]}"#,
            #"{"traces":[]} x"#, #"{"traces":[{"startTimeUnixNano":1.5e300}]}"#,
        ])
    func refused(text: String) {
        #expect(throws: CommandFailure.self) { try Self.answer(text) }
    }
}

@Suite struct TraceSeriesTableTests {
    private static func answer(_ text: String) throws -> TraceSeriesAnswer {
        try TraceSeriesAnswer(Array(text.utf8))
    }

    @Test func `a line of bars and figures for each series, on one axis`() throws {
        let answer = try Self.answer(
            #"""
            {"series":[
            {"labels":[{"key":"__name__","value":{"stringValue":"rate"}}],"samples":[
             {"timestampMs":"3000","value":3},{"timestampMs":"1000","value":0},{"timestampMs":"2000","value":7}]},
            {"labels":[{"key":"a","value":{"stringValue":"x"}},{"key":"p","value":{"doubleValue":0.5}}],"samples":[
             {"timestampMs":"3000","value":"NaN"},{"timestampMs":"2000"}]},
            {"labels":[]}],"metrics":{}}
            """#)
        #expect(
            TraceSeriesTable(answer: answer).text == """
                series                 min      avg  max  last
                ────────────────  ───  ───  ───────  ───  ────
                rate              ▁█▄    0  3.33333    7     3
                {a="x", p="0.5"}                           NaN
                {}

                3 series

                """)
    }

    @Test func `one value for each series of an instant query`() throws {
        let answer = try Self.answer(
            #"{"series":[{"labels":[{"key":"a","value":{"stringValue":"\u001b"}}],"value":0.123456789}]}"#)
        #expect(
            TraceSeriesTable(answer: answer, isInstant: true).text == """
                series           value
                ────────────  ────────
                {a="\\u{1B}"}  0.123457

                1 series

                """)
    }

    @Test func `huge values have a mean`() throws {
        let answer = try Self.answer(
            #"{"series":[{"samples":[{"timestampMs":1,"value":1.7e308},{"timestampMs":2,"value":1.7e308}]}]}"#)
        let text = TraceSeriesTable(answer: answer, width: 80).text
        #expect(!text.contains("Inf") && text.contains("1 series"))
    }

    @Test func `no series are said, and what is no answer is refused`() throws {
        #expect(TraceSeriesTable(answer: try Self.answer(#"{"series":[]}"#)).text == "no series\n")
        for text in ["", "{}", #"{"series":{}}"#, #"{"series":[{"samples":[1]}]}"#] {
            #expect(throws: CommandFailure.self) { try Self.answer(text) }
        }
        let json = try Self.answer(#"{"series":[{"labels":[]},{"value":1}]}"#).json
        #expect(String(decoding: json, as: UTF8.self) == "{\"series\":[{\"labels\":[]},\n {\"value\":1}]}\n")
    }
}
