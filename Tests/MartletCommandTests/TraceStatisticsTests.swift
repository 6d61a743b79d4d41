import ArgumentParser
import TelemetryModel
import Testing

@testable import martlet

@Suite struct TraceStatisticsTests {
    private static let head =
        #""start":"1767323045000000000","end":"1767326645000000000","traces":2,"spans":1234,"limit":200,"#

    private static func view(
        _ kind: TraceStatisticsView.Kind, _ members: String, more: Bool = false, width: Int? = nil
    ) throws -> String {
        let text = "{\(head)\"moreTraces\":\(more),\(members),\"complete\":\(!more)}"
        return TraceStatisticsView(statistics: try TraceStatistics(Array(text.utf8)), kind: kind, width: width).text
    }

    private static let operations = #"""
        "seconds":3600,"operations":[
        {"service":"shop","operation":"checkout","count":1200,"errors":12,"rate":0.3333333,"total":1000,"self":420,
         "min":1,"p50":12000000,"p95":35000000,"p99":81000000,"max":5},
        {"service":"bank","operation":"pay\u001b[2J","count":3,"errors":0,"rate":0.0008,"total":9,"self":1,"p50":1,
         "p95":2,"p99":3}],"otherOperations":{"operations":12,"count":9,"errors":0,"total":1,"self":579}
        """#

    @Test func `operations with rates, errors and quantiles`() throws {
        #expect(
            try Self.view(.operations, Self.operations, more: true) == """
                2 traces · 1,234 spans · 2026-01-02T03:04:05Z to 2026-01-02T04:04:05Z

                service  operation     count      rate  errors      p50      p95      p99   self
                ───────  ────────────  ─────  ────────  ──────  ───────  ───────  ───────  ─────
                shop     checkout      1,200    0.33/s   1.0 %  12.0 ms  35.0 ms  81.0 ms   42 %
                bank     pay\\u{1B}[2J      3  < 0.01/s             1 ns     2 ns     3 ns  < 1 %
                … 12 more operations; --top shows more

                of the newest 2 traces; --limit reads more

                """)
    }

    @Test func `services are the sums of their operations`() throws {
        let text = try Self.view(
            .services,
            #"""
            "operations":[{"service":"a","count":10,"errors":1,"rate":1.5,"self":30},
            {"service":"b","count":1,"rate":0.1,"self":60},{"service":"a","count":10,"rate":2,"self":10}],
            "otherOperations":null
            """#)
        #expect(
            text.split(separator: "\n").dropFirst() == [
                "service  operations  spans   rate  errors  self time  self",
                "───────  ──────────  ─────  ─────  ──────  ─────────  ────",
                "b                 1      1  0.1/s              60 ns  60 %",
                "a                 2     20  3.5/s   5.0 %      40 ns  40 %",
            ])
    }

    @Test func `statements are cut to the width`() throws {
        let members = #"""
            "statements":[{"hash":"0","text":"SELECT *\n  FROM t WHERE a = ? AND b = ?","services":["x"],"count":2,"errors":1,
            "total":3000000,"p50":1000000,"p95":2000000,"p99":1,"max":2000000,"sample":"s"}],"otherStatements":null
            """#
        #expect(
            try Self.view(.statements, members, width: 70).split(separator: "\n").last
                == "    2  3.00 ms  1.00 ms  2.00 ms  2.00 ms    50 %  SELECT * FROM t WH…")
        #expect(try Self.view(.statements, members).contains("SELECT * FROM t WHERE a = ? AND b = ?\n"))
    }

    @Test func `repeated statements with where they happen`() throws {
        let text = try Self.view(
            .repeated,
            #"""
            "repeated":[{"traceId":"0123456789abcdef0123456789abcdef","parent":{"row":3,"spanId":"1","service":"shop",
            "name":"list\u0007"},"place":"sameParent","hash":"0","text":"SELECT ?","count":120,"total":5000000,
            "elapsed":4000000,"pattern":"sequential","rows":[1,2]}],"otherRepeated":{"findings":1}
            """#, width: 80)
        #expect(
            text.split(separator: "\n").dropFirst() == [
                "count    total  elapsed  pattern     trace",
                "─────  ───────  ───────  ──────────  ────────────────────────────────",
                "  120  5.00 ms  4.00 ms  sequential  0123456789abcdef0123456789abcdef",
                "  shop: list\\u{7} → SELECT ?",
                "… 1 more repetition; --top shows more",
            ])
    }

    @Test func `a flame graph is a tree with bars`() throws {
        let text = try Self.view(
            .flame,
            #"""
            "nodes":4,"roots":[{"service":"shop","name":"checkout","count":2,"errors":0,"total":12000000,"self":5000000,
            "children":[{"service":"bank","name":"pay","count":2,"errors":1,"total":6000000,"self":6000000,"children":[]},
            {"service":"shop","name":"\u001b","count":1,"errors":0,"total":1,"self":1,"children":[]}]},
            {"service":"","name":"tick","count":1,"errors":0,"total":4000000,"self":4000000,"children":[]}],
            "otherNodes":{"count":7,"errors":0,"total":1,"self":1}
            """#, width: 80)
        #expect(
            text.split(separator: "\n").dropFirst() == [
                "operation           total  share       self      spans",
                "checkout  shop    12.0 ms   75 %    5.00 ms          2  ██████████████████",
                "  pay  bank !     6.00 ms   38 %    6.00 ms          2  █████████",
                "  \\u{1B}             1 ns  < 1 %       1 ns          1  ▏",
                "tick              4.00 ms   25 %    4.00 ms          1  ██████",
                "… 7 more spans; --top shows more",
            ])
    }

    @Test func `critical paths with their shares`() throws {
        let text = try Self.view(
            .criticalPath,
            #"""
            "total":10,"operations":[{"service":"bank","operation":"pay","time":8000000,"share":0.8,"traces":2},
            {"service":"shop","operation":"checkout","time":2000000,"share":0.2,"traces":1}],"otherOperations":null
            """#)
        #expect(
            text.split(separator: "\n").dropFirst(3) == [
                "8.00 ms   80 %  ████████████████       2  bank     pay",
                "2.00 ms   20 %  ████                   1  shop     checkout",
            ])
    }

    @Test(
        "lines are not wider than the terminal", arguments: TraceStatisticsView.Kind.allCases, [60, 80, 100, 140])
    func widths(kind: TraceStatisticsView.Kind, width: Int) throws {
        let long = String(repeating: "日本 long ", count: 30)
        let members = """
            "operations":[{"service":"\(long)","operation":"\(long)","count":1,"share":1}],
            "statements":[{"text":"\(long)"}],"repeated":[{"traceId":"1","parent":{"service":"\(long)"},"text":"x"}],
            "roots":[{"name":"\(long)","service":"\(long)","children":[]}]
            """
        let text = try Self.view(kind, members, more: true, width: width)
        for line in text.split(separator: "\n") { #expect(TerminalText.width(String(line)) <= width) }
    }

    @Test func `a chain as deep as the server answers is read and drawn`() throws {
        let levels = 500
        let text =
            #""roots":["# + String(repeating: #"{"name":"a","total":1,"children":["#, count: levels)
            + String(repeating: "]}", count: levels) + "]"
        let lines = try Self.view(.flame, text, width: 100).split(separator: "\n")
        #expect(lines.count == levels + 2)
        #expect(lines.allSatisfy { TerminalText.width(String($0)) <= 100 })
    }

    @Test func `numbers that do not fit do not trap`() throws {
        let big = "9223372036854775807"
        let members = #"""
            "operations":[{"count":\#(big),"errors":\#(big),"self":\#(big),"rate":1e308,"share":1e308},
            {"count":\#(big),"errors":\#(big),"self":\#(big),"rate":"NaN","time":-\#(big)}],
            "otherOperations":{"operations":\#(big),"self":\#(big)},
            "roots":[{"total":\#(big),"children":[{"total":-\#(big),"children":[]}]},{"total":\#(big),"children":[]}]
            """#
        for kind in TraceStatisticsView.Kind.allCases {
            #expect(!(try Self.view(kind, members, width: 80)).isEmpty)
        }
    }

    @Test func `that there is nothing is said`() throws {
        let none = try TraceStatistics(Array(#"{"traces":0,"spans":0,"moreTraces":false,"operations":[]}"#.utf8))
        #expect(TraceStatisticsView(statistics: none, kind: .operations).text == "no traces\n")
        #expect(try Self.view(.statements, #""statements":[]"#).hasSuffix("\nno statements\n"))
        #expect(try Self.view(.repeated, #""repeated":[]"#).hasSuffix("\nno repeated statements\n"))
        #expect(try Self.view(.flame, #""roots":[]"#).hasSuffix("\nno spans\n"))
    }

    @Test(
        "what is no answer is refused",
        arguments: ["", "[]", "{}", #"{"traces":"x"}"#, #"{"traces":1,"operations":3}"#, #"{"traces":1,"roots":[1]}"#])
    func refused(text: String) {
        #expect(throws: CommandFailure.self) { try TraceStatistics(Array(text.utf8)) }
    }

    @Test func `shares and errors round to what is not misread`() {
        #expect(TraceStatisticsView.share(0, of: 1) == "0 %" && TraceStatisticsView.share(1, of: 0) == "0 %")
        #expect(TraceStatisticsView.share(0.001, of: 1) == "< 1 %" && TraceStatisticsView.share(1, of: 1) == "100 %")
        #expect(TraceStatisticsView.errors(0, of: 1) == "" && TraceStatisticsView.errors(1, of: 100_000) == "< 0.1 %")
        #expect(TraceStatisticsView.errors(99, of: 1000) == "9.9 %" && TraceStatisticsView.errors(1, of: 2) == "50 %")
    }
}

@Suite struct StatsCommandTests {
    @Test func `arguments become parameters`() throws {
        let path = try TraceStatisticsRequest(
            view: .operations, query: "{ name = \"a\" }", times: TraceTimes(start: 1, end: 2), limit: 7, top: 3,
            onlyMatched: true
        ).path()
        #expect(
            path
                == "/api/ui/traces/operations?q=%7B%20name%20%3D%20%22a%22%20%7D&start=1&end=2&limit=7&top=3&only=matched"
        )
        let paths = try TraceStatisticsView.Kind.allCases.map { try TraceStatisticsRequest(view: $0).path() }
        #expect(
            paths == [
                "/api/ui/traces/operations?top=30", "/api/ui/traces/operations?top=5000",
                "/api/ui/traces/statements?top=30", "/api/ui/traces/repeated-statements?top=30",
                "/api/ui/traces/flame?nodes=30", "/api/ui/traces/critical-path?top=30",
            ])
        // Programs get what the server answers by itself.
        #expect(try TraceStatisticsRequest(view: .flame, isTable: false).path() == "/api/ui/traces/flame")
    }

    @Test func `a wrong query is shown with a caret`() {
        for query in ["{ .a = }", "{ } | rate()"] {
            do {
                _ = try TraceStatisticsRequest(view: .flame, query: query).path()
                Issue.record("\(query) was taken")
            } catch {
                #expect(error.exitCode == .usage)
                #expect(error.message.hasSuffix("^") == (query == "{ .a = }"))
            }
        }
    }

    @Test func `arguments are read`() throws {
        let plain = try #require(try StatsCommand.parseAsRoot(["traces"]) as? StatsCommand.Traces)
        #expect(plain.view == .operations && plain.limit == nil && !plain.json)
        let full = try StatsCommand.Traces.parse(["critical-path", "--query", "{ }", "--since", "1h", "--top", "5"])
        #expect(full.view == .criticalPath && full.top == 5 && full.query == "{ }")
        for wrong in [
            ["nonsense"], ["--limit", "0"], ["--top", "0"], ["flame", "--matched"], ["services", "--top", "3"],
            ["--since", "1h", "--end", "now"],
        ] {
            #expect(throws: (any Error).self) { try StatsCommand.Traces.parse(wrong) }
        }
    }
}
