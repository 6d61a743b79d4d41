import QueryEngines
import TelemetryModel
import Testing
import TraceAnalysis
import TraceQL

@testable import QueryAPI

@Suite struct TraceUIAllTracesTests {
    private static let second = TraceID(high: 0, low: 2)
    private static let two = [(UISamples.id, UISamples.small), (second, UISamples.small)]
    private static let all: [TraceUIEndpoint] = [
        .allFlame, .allCriticalPaths, .allOperations, .allStatements, .allRepeatedStatements,
    ]

    @Test(arguments: all)
    func `without parameters the last hour is read`(endpoint: TraceUIEndpoint) async throws {
        let traces = UIMemoryTraces(Self.two)
        let text = await UISamples.api(traces).text(endpoint)
        #expect(
            text.hasPrefix(
                "{\"start\":\"3600000000000\",\"end\":\"7200000000000\",\"traces\":2,\"spans\":6,\"limit\":200,"
                    + "\"moreTraces\":false,"))
        #expect(text.hasSuffix("\"complete\":true}"))
        let visit = try #require(traces.asked.visits.first)
        #expect(visit.range == TraceTimeRange(start: 3_600_000_000_000, end: 7_200_000_000_000))
        #expect(visit.query == (try TraceQLParser.parse("{}")) && visit.limit == 200)
    }

    @Test(arguments: all)
    func `more traces than the limit are told`(endpoint: TraceUIEndpoint) async {
        let text = await UISamples.api(UIMemoryTraces(Self.two)).text(endpoint, "limit=1")
        #expect(text.contains("\"traces\":1,\"spans\":3,\"limit\":1,\"moreTraces\":true,"))
        #expect(text.hasSuffix("\"complete\":false}"))
    }

    @Test(arguments: [
        "start=10&end=20", "start=10000000000000&end=20.0", "start=1970-01-01T00:00:10Z&end=20000000000000000",
    ])
    func `times are taken as seconds, nanoseconds or dates`(query: String) async throws {
        let traces = UIMemoryTraces(Self.two)
        let answer = await UISamples.api(traces).ask(.allFlame, query)
        if query.hasSuffix("end=20.0") {
            // Fourteen digits are nanoseconds.
            #expect(answer.status == 400)
        } else {
            #expect(traces.asked.visits.first?.range.start == 10_000_000_000)
        }
    }

    @Test(arguments: [
        "q=%7B%7D%7Crate()", "q=%7B", "q=%7B+1+%7D", "limit=0", "limit=10001", "limit=x", "start=x", "start=20&end=10",
        "start=10&end=10", "start=-5", "end=0", "top=0&nodes=0", "top=5001&nodes=20001", "only=x&nodes=x&top=x", "q=%",
    ])
    func `what cannot be answered is refused`(query: String) async {
        let traces = UIMemoryTraces(Self.two)
        for endpoint in Self.all { #expect(await UISamples.api(traces).ask(endpoint, query).status == 400) }
        #expect(traces.asked.visits.isEmpty)
    }

    @Test func `a mistake in a query is told with its place`() async {
        let text = await UISamples.api(UIMemoryTraces()).text(.allFlame, "q=%7B%20name%20%3D%20%7D")
        #expect(text.hasPrefix("{\"error\":{\"kind\":\"invalid\",\"message\":"))
        #expect(text.hasSuffix("\"position\":{\"start\":9,\"end\":10,\"line\":1,\"column\":10}}}"))
    }

    @Test func `flame graphs are laid over one another`() async {
        let text = await UISamples.api(UIMemoryTraces(Self.two)).text(.allFlame)
        #expect(
            text.contains(
                "\"nodes\":2,\"roots\":[{\"service\":\"api\",\"name\":\"GET\",\"count\":2,\"errors\":0,\"total\":200,"
                    + "\"self\":60,\"children\":[{\"service\":\"db\",\"name\":\"select\",\"count\":4,\"errors\":2,"
                    + "\"total\":140,\"self\":140,\"children\":[]}]}],\"otherNodes\":null,\"complete\":true"))
    }

    @Test func `critical paths are added up`() async {
        let text = await UISamples.api(UIMemoryTraces(Self.two)).text(.allCriticalPaths)
        #expect(
            text.hasSuffix(
                "\"total\":200,\"operations\":["
                    + "{\"service\":\"db\",\"operation\":\"select\",\"time\":140,\"share\":0.7,\"traces\":2},"
                    + "{\"service\":\"api\",\"operation\":\"GET\",\"time\":60,\"share\":0.3,\"traces\":2}],"
                    + "\"otherOperations\":null,\"complete\":true}"))
        let cut = await UISamples.api(UIMemoryTraces(Self.two)).text(.allCriticalPaths, "top=1")
        #expect(cut.hasSuffix("\"otherOperations\":{\"operations\":1,\"time\":60},\"complete\":false}"))
    }

    @Test func `operations have rates over the time`() async {
        let text = await UISamples.api(UIMemoryTraces(Self.two)).text(.allOperations, "start=0&end=4")
        #expect(
            text.hasSuffix(
                "\"seconds\":4,\"operations\":[{\"service\":\"api\",\"operation\":\"GET\",\"count\":2,\"errors\":0,"
                    + "\"rate\":0.5,\"total\":200,\"self\":60,\"min\":100,\"p50\":100,\"p95\":100,\"p99\":100,"
                    + "\"max\":100},{\"service\":\"db\",\"operation\":\"select\",\"count\":4,\"errors\":2,\"rate\":1,"
                    + "\"total\":140,\"self\":140,\"min\":30,\"p50\":30,\"p95\":40,\"p99\":40,\"max\":40}],"
                    + "\"otherOperations\":null,\"complete\":true}"))
    }

    @Test func `rates of the newest traces are since the earliest of them`() async {
        let late = [UISpan(1, 0, 3_000_000_000, 100)]
        let traces = UIMemoryTraces([(UISamples.id, late), (Self.second, UISamples.small)])
        let text = await UISamples.api(traces).text(.allOperations, "start=0&end=4&limit=1")
        #expect(text.contains("\"seconds\":1,") && text.contains("\"rate\":1,"))
    }

    @Test func `only the spans that match are counted when that is asked`() async {
        let traces = UIMemoryTraces(Self.two) { $0.found = [2] }
        let text = await UISamples.api(traces).text(.allOperations, "only=matched")
        #expect(text.contains("\"operation\":\"select\",\"count\":2,\"errors\":0") && !text.contains("\"GET\""))
    }

    @Test func `statements are counted over traces, with one to open`() async {
        let text = await UISamples.api(UIMemoryTraces(Self.two)).text(.allStatements)
        #expect(
            text.contains("\"text\":\"SELECT a FROM t WHERE id = ?\",\"truncated\":false,\"system\":\"postgresql\","))
        #expect(text.contains("\"count\":4,\"errors\":2,\"total\":140,"))
        #expect(text.contains("\"traceId\":\"\(UISamples.hex)\",\"spanId\":\"0000000000000003\"}]"))
        let cut = await UISamples.api(
            [UISpan(1, 0, 0, 9, statement: "SELECT 1 FROM a"), UISpan(2, 0, 0, 5, status: 2, statement: "SELECT b")]
        ).text(.allStatements, "top=1")
        #expect(
            cut.hasSuffix(
                "\"otherStatements\":{\"statements\":1,\"count\":1,\"errors\":1,\"total\":5},\"complete\":false}"))
    }

    @Test func `what repeats is told trace by trace, the most time first`() async {
        let slow = UISamples.small.map { span in
            var span = span
            if span.id == 3 { span.duration = 45 }
            return span
        }
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small), (Self.second, slow)])
        let api = UISamples.api(traces)
        let text = await api.text(.allRepeatedStatements, "min=2&top=1")
        #expect(text.contains("\"repeated\":[{\"traceId\":\"\(Self.second.hex)\",\"parent\":{\"row\":0,"))
        #expect(text.contains("\"count\":2,\"total\":75,\"elapsed\":75,\"pattern\":\"sequential\",\"rows\":[1,2]}]"))
        #expect(text.hasSuffix("\"otherRepeated\":{\"findings\":1},\"complete\":false}"))
        #expect(await api.text(.allRepeatedStatements).contains("\"repeated\":[],\"otherRepeated\":null"))
    }

    @Test func `many findings keep the greatest whatever their order`() throws {
        let tree = TraceTree(UIMemoryTraces.skeleton(UISamples.small))
        let repeated = RepeatedStatements(tree, statements: [(1, 1), (2, 1)], countMin: 2)
        var finding = try #require(repeated.findings.first)
        var list = RepetitionList(max: 3)
        for total in [5, 9, 1, 7, 3, 8, 2, 6, 4] as [Int64] {
            finding.total = total
            list.add([
                StatementRepetition(
                    trace: UISamples.id, finding: finding, parentSpan: .zero, service: "", name: "", text: "")
            ])
        }
        list.cut()
        #expect(list.found.map(\.finding.total) == [9, 8, 7] && list.omitted == 6)
    }

    @Test func `a large trace among small ones is read like them`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.wide(200_000)), (Self.second, UISamples.small)])
        let text = await UISamples.api(traces).text(.allOperations)
        #expect(text.contains("\"traces\":2,\"spans\":200003,"))
        #expect(text.contains("\"service\":\"s0\",\"operation\":\"n\",\"count\":66666,"))
    }

    @Test func `an error of the engine is the answer`() async {
        for endpoint in Self.all + [.serviceGraph] {
            let answer = await UISamples.api([]) { $0.failure = .init(.timeout, "too slow") }.ask(endpoint)
            #expect(answer.status == 504)
        }
    }
}
