import ArgumentParser
import PrometheusModel
import Testing

@testable import martlet

@Suite struct PromQLCommandTests {
    private static func answer(_ data: String) throws -> PromQLAnswer {
        try PromQLAnswer(Array("{\"status\":\"success\",\"data\":\(data),\"warnings\":[\"w\"],\"infos\":[\"i\"]}".utf8))
    }

    @Test(
        "times are taken as they are or relative to now",
        arguments: [
            ("now", "1700000000.123"), ("-5m", "1699999700.123"), ("now-1h", "1699996400.123"),
            ("+1s", "1700000001.123"), ("now+1500ms", "1700000001.623"), ("-1700000001s", "-0.877"),
            ("1700000000", "1700000000"), ("1.5", "1.5"), ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ])
    func times(argument: String, text: String) throws {
        let time = try #require(TimeArgument(argument: argument))
        #expect(time.text(now: 1_700_000_000_123) == text)
    }

    @Test("what is no time is refused", arguments: ["", "x", "nowhere", "-", "-5", "now5m", "-5mm", "T", "now-0s"])
    func noTimes(argument: String) {
        #expect(TimeArgument(argument: argument) == nil || Double(argument) != nil)
    }

    @Test func `a relative time does not look like an option`() throws {
        let command = try PromQLCommand.parse(["up", "--start", "-1h", "--end", "-5m", "--step", "15s", "--json"])
        #expect(command.start == TimeArgument(argument: "-1h") && command.end == TimeArgument(argument: "-5m"))
        #expect(throws: (any Error).self) { try PromQLCommand.parse(["up", "--time", "1", "--start", "1"]) }
        #expect(throws: (any Error).self) { try PromQLCommand.parse(["up", "--end", "1"]) }
    }

    @Test func `an answer that is not the API's is explained`() {
        #expect(
            PromQLCommand.problem(status: 401, "a token is needed", url: "http://h:1")
                == "http://h:1 asks for a token: set MARTLET_AUTH_TOKEN, or auth.token in the configuration file")
        #expect(
            PromQLCommand.problem(status: 404, "404 page\u{1B}\nmore", url: "http://h:1").hasPrefix(
                "http://h:1 answers with status 404, which is no answer to a query: 404 page"))
        #expect(!PromQLCommand.problem(status: 404, "a\u{1B}", url: "u").contains("\u{1B}"))
        #expect(PromQLCommand.problem(status: 502, "", url: "u").hasSuffix("no answer to a query"))
    }

    @Test func `a form is encoded`() {
        #expect(
            FormText.encoded([("query", "a{b=\"ü\"} + 1"), ("x", "1.5")])
                == "query=a%7Bb%3D%22%C3%BC%22%7D%20%2B%201&x=1.5")
    }

    @Test func `a vector is a table of labels and values`() throws {
        let answer = try Self.answer(
            #"""
            {"resultType":"vector","result":[
            {"metric":{"__name__":"up","job":"a"},"value":[1,"1"]},
            {"metric":{"__name__":"up","instance":"h"},"value":[1,"NaN"]}]}
            """#)
        #expect(answer.warnings == ["w"] && answer.infos == ["i"])
        #expect(
            PromQLTable.text(answer, width: nil) == """
                metric  instance  job  value
                ──────  ────────  ───  ─────
                up                a        1
                up      h                NaN

                2 series

                """)
    }

    @Test func `of many labels the series is one column`() throws {
        let answer = try Self.answer(
            #"""
            {"resultType":"vector","result":[
            {"metric":{"__name__":"m","a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"},"value":[1,"0.5"]}]}
            """#)
        #expect(PromQLTable.text(answer, width: nil).contains(#"m{a="1", b="2", c="3", d="4", e="5", f="6"}    0.5"#))
    }

    @Test func `a histogram is one line with its buckets as bars`() throws {
        let answer = try Self.answer(
            #"""
            {"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"12","sum":"18.4","buckets":
            [[1,"-1","-0.7071067811865475","4"],[3,"-0.001","0.001","8"],[0,"0.5","0.7071067811865475","1"]]}]}]}
            """#)
        #expect(PromQLTable.text(answer, width: nil).contains("count 12, sum 18.4, -1 ▄█▁ 0.707107\n"))
    }

    @Test func `a matrix is a line of bars for each series`() throws {
        let answer = try Self.answer(
            #"""
            {"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1,"0"],[2,"7"],[3,"3.123456789"]]}]}
            """#)
        #expect(
            PromQLTable.text(answer, width: nil) == """
                series        min  max         last
                ───────  ───  ───  ───  ───────────
                {a="1"}  ▁█▄    0    7  3.123456789

                1 series

                """)
    }

    @Test func `scalars and strings are printed as they are, made harmless`() throws {
        let scalar = try Self.answer(#"{"resultType":"scalar","result":[1,"2"]}"#)
        #expect(PromQLTable.text(scalar, width: nil) == "2\n")
        let string = try Self.answer(#"{"resultType":"string","result":[1,"a\u001b[2J"]}"#)
        #expect(PromQLTable.text(string, width: nil) == "a\\u{1B}[2J\n")
        #expect(
            String(decoding: scalar.dataJSON, as: UTF8.self) == "{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}\n")
    }

    @Test func `series are ordered by labels unless the query orders them`() throws {
        let data = #"""
            {"resultType":"vector","result":[{"metric":{"a":"2"},"value":[1,"1"]},{"metric":{"a":"1"},"value":[1,"2"]}]}
            """#
        var answer = try Self.answer(data)
        answer.sort(for: "sum by (a) (x)")
        #expect(
            String(decoding: answer.dataJSON, as: UTF8.self) == #"""
                {"resultType":"vector","result":[{"metric":{"a":"1"},"value":[1,"2"]},
                 {"metric":{"a":"2"},"value":[1,"1"]}]}

                """#)
        var ordered = try Self.answer(data)
        ordered.sort(for: " sort(x)")
        #expect(ordered.series.map(\.labels) == [["a": "2"], ["a": "1"]])
    }

    @Test func `a wrong query is shown with a caret at the place`() {
        let message = "invalid parameter \"query\": 2:6: parse error: unexpected x"
        #expect(
            PromQLProblem.text(message, query: "sum(\n日 \"a")
                == "2:6: parse error: unexpected x\n  日 \"a\n      ^")
        #expect(PromQLProblem.text("1:9: parse error: y", query: "ab") == "1:9: parse error: y\n  ab\n    ^")
        for text in ["something else", "9:1: parse error: z", "unknown position: parse error: q"] {
            #expect(PromQLProblem.text(text, query: "x") == text)
        }
    }

    @Test(
        "short numbers keep six digits",
        arguments: [
            (0.123456789, "0.123457"), (1234.56789, "1234.57"), (3, "3"), (1e-9, "1e-9"), (.nan, "NaN"),
            (-2.5, "-2.5"), (1e20, "100000000000000000000"), (123456789.25, "123456789"),
        ] as [(Double, String)])
    func shortNumbers(value: Double, text: String) {
        #expect(PromQLTable.shortText(value) == text)
    }

    @Test func `an answer that is no JSON is refused`() {
        #expect(throws: CommandFailure.self) { try PromQLAnswer(Array("404 page not found\n".utf8)) }
    }
}
