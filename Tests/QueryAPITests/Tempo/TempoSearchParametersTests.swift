import QueryEngines
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

@Suite("parameters of a search")
struct TempoSearchParametersTests {
    private static func request(_ parameters: [(String, String)]) throws(TraceQueryError) -> TraceSearchRequest {
        try TempoSearchParameters(TempoForm(parameters)).request()
    }

    @Test("what is not given has Tempo's defaults")
    func defaults() throws {
        let request = try Self.request([])
        #expect(request.limit == 20)
        #expect(request.spansPerSpanset == 3)
        #expect(request.range == .all)
        #expect(request.query == Query(body: .search(Pipeline([.spansets(.filter(.literal(.bool(true))))]))))
    }

    @Test("what is given is taken")
    func given() throws {
        let request = try Self.request([
            ("q", "{ .a = 1 }"), ("limit", "5"), ("spss", "0"), ("start", "10"), ("end", "20"),
        ])
        #expect(request.limit == 5)
        #expect(request.spansPerSpanset == 0)
        #expect(request.range == TraceTimeRange(start: 10_000_000_000, end: 20_000_000_000))
        #expect(request.query == (try TraceQLParser.parse("{ .a = 1 }")))
    }

    @Test("zero for both times is no time")
    func zeroTimes() throws {
        #expect(try Self.request([("start", "0"), ("end", "0")]).range == .all)
    }

    @Test("durations narrow a query, too")
    func narrowed() throws {
        let request = try Self.request([("q", "{ .a = 1 }"), ("minDuration", "5ms")])
        #expect(request.query == (try TraceQLParser.parse("{ .a = 1 } | { traceDuration >= 5ms }")))
    }

    @Test("tags may be parameters of their own when there is nothing else")
    func looseTags() throws {
        let loose = try Self.request([("service.name", "bar"), ("limit", "2")])
        #expect(loose.query == (try Self.request([("tags", "service.name=bar")]).query))
        let timed = try Self.request([("service.name", "bar"), ("start", "10"), ("end", "20")])
        #expect(timed.query == (try Self.request([]).query))
    }

    @Test(
        "what is wrong is said in one sentence",
        arguments: [
            ([("q", "{}"), ("tags", "a=b")], "invalid request: can't specify tags and q in the same query"),
            ([("start", "x")], "invalid start: \"x\" is no whole number of seconds"),
            ([("start", "1.5"), ("end", "2")], "invalid start: \"1.5\" is no whole number of seconds"),
            ([("start", "10")], "invalid request: start is given without end"),
            ([("end", "10")], "invalid request: end is given without start"),
            (
                [("start", "20"), ("end", "10")],
                "http parameter start must be before end. received start=20 end=10"
            ),
            (
                [("start", "10"), ("end", "10")],
                "http parameter start must be before end. received start=10 end=10"
            ),
            ([("start", "-5"), ("end", "10")], "invalid start: -5 is no time in seconds"),
            (
                [("start", "1"), ("end", "9223372036854775807")],
                "invalid end: 9223372036854775807 is no time in seconds"
            ),
            ([("limit", "x")], "invalid limit: \"x\" is no whole number"),
            ([("limit", "0")], "invalid limit: must be a positive number"),
            ([("limit", "-1")], "invalid limit: must be a positive number"),
            ([("limit", "10001")], "invalid limit: 10001 exceeds the maximum of 10000"),
            ([("spss", "four")], "invalid spss: \"four\" is no whole number"),
            ([("spss", "-2")], "invalid spss: must be a non-negative number"),
            ([("spss", "10001")], "invalid spss: 10001 exceeds the maximum of 10000"),
            ([("minDuration", "5")], "invalid minDuration: \"5\" is no duration such as 1.5s or 300ms"),
            ([("minDuration", "-5s")], "invalid minDuration: \"-5s\" is no duration such as 1.5s or 300ms"),
            ([("maxDuration", "x")], "invalid maxDuration: \"x\" is no duration such as 1.5s or 300ms"),
            (
                [("minDuration", "2s"), ("maxDuration", "1s")],
                "invalid maxDuration: must be greater than minDuration"
            ),
            (
                [("q", "{} | rate()")],
                "invalid TraceQL query: a metrics query is answered by /api/metrics/query_range and "
                    + "/api/metrics/query, not by a search"
            ),
        ] as [([(String, String)], String)])
    func wrong(parameters: [(String, String)], message: String) {
        do {
            _ = try Self.request(parameters)
            Issue.record("no error")
        } catch {
            #expect(error.message == message)
            #expect(error.kind == .invalid)
        }
    }

    @Test(
        "a query that does not parse or check says where",
        arguments: ["{ .a = }", "{ .a", "x", "{ .a = 1 } | nothing()", "{ 1 + true = 2 }"])
    func brokenQuery(text: String) {
        do {
            _ = try Self.request([("q", text)])
            Issue.record("no error")
        } catch {
            let message = error.message
            #expect(message.hasPrefix("invalid TraceQL query"))
            #expect(message.contains("line 1, column "))
            #expect(!message.contains("\n"))
        }
    }

    @Test("a query of more bytes than any person writes is refused")
    func longQuery() {
        let text = "{ .a = \"" + String(repeating: "x", count: TempoLimits.queryBytesMax) + "\" }"
        #expect(throws: TraceQueryError.self) { try Self.request([("q", text)]) }
    }
}
