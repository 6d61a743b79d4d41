import TelemetryModel
import Testing

@testable import martlet

@Suite struct LogAnswerTests {
    @Test func `entries keep their order and labels apart`() throws {
        let text = #"""
            {"kind":"entries","entries":[{"time":"2000000000","line":"b\u001b[31m","stream":{"service_name":"s"},
            "metadata":{"detected_level":"warn"},"parsed":{"a":"1"}},{"time":"1000000000","line":"a","stream":{},
            "metadata":{},"parsed":{}}],"statistics":{"lines":2}}
            """#
        let lines = try LogAnswer(Array(text.utf8), isForward: false).lines
        #expect(lines.map(\.time) == [2_000_000_000, 1_000_000_000])
        #expect(lines[0].service == "s" && lines[0].level == .warn && lines[1].level == .unknown)
        #expect(
            String(decoding: lines[0].json, as: UTF8.self)
                == #"{"time":"1970-01-01T00:00:02.000000000Z","level":"warn","service":"s","line":"b\u001b[31m","#
                + #""labels":{"service_name":"s"},"metadata":{"detected_level":"warn"},"parsed":{"a":"1"}}"# + "\n")
    }

    @Test func `the streams of a tail are one list in the order of time`() throws {
        let text = #"""
            {"streams":[{"stream":{"service_name":"a"},"values":[["1","x",{"structuredMetadata":{"k":"v"}}],["5","z"]]},
            {"stream":{"service_name":"b"},"values":[["3","y",{"parsed":{"p":"q"}}]]}],
            "dropped_entries":[{"timestamp":"1","labels":{}}],"encodingFlags":["categorize-labels"]}
            """#
        let answer = try LogAnswer(Array(text.utf8), isForward: true)
        #expect(answer.lines.map(\.line) == ["x", "y", "z"] && answer.lines.map(\.service) == ["a", "b", "a"])
        #expect(answer.lines[0].metadata == [.init(name: "k", value: "v")])
        #expect(answer.lines[1].parsed == [.init(name: "p", value: "q")])
        #expect(answer.dropped == 1)
        #expect(try LogAnswer(Array(#"{"streams":null,"dropped_entries":null}"#.utf8), isForward: true).lines.isEmpty)
    }

    @Test func `another answer is refused`() {
        for text in ["", "{}", "[]", #"{"entries":[{"time":"x"}]}"#] {
            #expect(throws: CommandFailure.self) { try LogAnswer(Array(text.utf8), isForward: true) }
        }
    }

    @Test func `patterns come with their counts, the most frequent first`() throws {
        let text = #"""
            {"patterns":[{"pattern":"a <_>","level":"info","count":2,"samples":[[60,2]],"example":"a 1"},
            {"pattern":"b <_>","level":"warn","count":5,"samples":[[60,2],[120,3]],"example":"b 1"}],
            "lines":7,"linesTotal":70}
            """#
        let answer = try LogPatternsAnswer(Array(text.utf8))
        #expect(answer.patterns.map(\.text) == ["b <_>", "a <_>"] && answer.patterns[0].samples.count == 2)
        let view = LogPatternsView(answer: answer, limit: 1, width: nil).text
        #expect(view.contains("    5  ") && view.contains("b <_>") && !view.contains("a <_>"))
        #expect(view.hasSuffix("\n2 patterns of 7 lines, a sample of 70, the most frequent; more with --limit\n"))
    }
}
