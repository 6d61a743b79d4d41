import QueryEngines
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite struct TraceUISummaryTests {
    @Test func `a summary tells what stands above the waterfall`() async {
        let text = await UISamples.api(UISamples.small).text(.summary)
        #expect(
            text == """
                {"traceId":"\(UISamples.hex)",\
                "root":{"row":0,"spanId":"0000000000000001","service":"api","name":"GET"},\
                "start":"1000","duration":100,"spans":3,"errors":1,"depth":2,"roots":1,\
                "services":[{"name":"db","spans":2,"errors":1,"self":70},{"name":"api","spans":1,"errors":0,"self":30}],\
                "complete":true,"other":null,"warnings":[],\
                "skeleton":{"url":"/api/ui/trace/\(UISamples.hex)/skeleton?spans=3","pageSpans":100000}}
                """)
    }

    @Test func `what is odd is counted, told and shown`() async {
        let text = await UISamples.api([
            UISpan(1, 0, 5_000_000, 100), UISpan(1, 0, 5_000_001, 100), UISpan(2, 1, 1_900_000, -5),
            UISpan(3, 99, 6_000_000, 1), UISpan(4, 5, 6_000_001, 1), UISpan(5, 4, 6_000_002, 1),
        ]).text(.summary)
        let warnings = text.firstRange(of: "\"warnings\":").map { String(text[$0.lowerBound...]) } ?? ""
        #expect(
            warnings.hasPrefix(
                """
                "warnings":[\
                {"kind":"orphans","count":1,"text":"1 span names a parent that is not stored",\
                "spanIds":["0000000000000003"]},\
                {"kind":"cycles","count":2,"text":"2 spans are their own ancestor; the first is shown as a root",\
                "spanIds":["0000000000000004","0000000000000005"]},\
                {"kind":"duplicates","count":1,"text":"1 span has an id that an earlier span of the trace has",\
                "spanIds":["0000000000000001"]},\
                {"kind":"clock_skew","count":1,\
                "text":"1 span starts before the parent, by up to 3.1 ms; shown as received",\
                "spanIds":["0000000000000002"]},\
                {"kind":"negative_duration","count":1,"text":"1 span ends before the start",\
                "spanIds":["0000000000000002"]}]
                """))
    }

    @Test func `a warning names the first spans only`() async {
        let spans = (1...30).map { UISpan(UInt64($0), 99, Int64($0)) }
        let text = await UISamples.api(spans).text(.summary)
        #expect(text.contains("\"kind\":\"orphans\",\"count\":30"))
        #expect(text.contains("\"000000000000000a\"]") && !text.contains("\"000000000000000b\""))
    }

    @Test func `spans that have lost their parent are no root`() async {
        let text = await UISamples.api([UISpan(1, 9), UISpan(2, 3), UISpan(3, 2)]).text(.summary)
        #expect(text.contains("\"root\":null") && text.contains("\"roots\":2"))
    }

    @Test func `services beyond the limit are added up`() async {
        let spans = (1...1005).map { UISpan(UInt64($0), 0, 0, Int64(2000 - $0), service: "s\($0)", status: 2) }
        let text = await UISamples.api(spans).text(.summary)
        #expect(
            text.contains("\"complete\":false,\"other\":{\"services\":5,\"spans\":5,\"errors\":5,\"self\":4985}"))
    }

    @Test func `names of senders cannot break out of their text`() async {
        let name = "\"}],\u{0}\u{202E}</script>\\\n😀"
        let text = await UISamples.api([UISpan(1, service: name, name: name)]).text(.summary)
        let escaped = #""\"}],\u0000"# + "\u{202E}" + #"</script>\\\n😀""#
        #expect(text.contains("\"service\":\(escaped),\"name\":\(escaped)}"))
    }

    @Test func `a trace that is not there is said to be so`() async {
        let answer = await UISamples.api([]).ask(.summary, id: "1")
        #expect(answer.status == 404)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == "{\"error\":{\"kind\":\"notFound\",\"message\":\"trace 00000000000000000000000000000001 is not stored\"}}"
        )
    }

    @Test(arguments: ["", "0", "xyz", "123456789012345678901234567890123", "%00"])
    func `what is no id is refused`(id: String) async {
        let traces = UIMemoryTraces()
        let answer = await UISamples.api(traces).ask(.summary, id: id)
        #expect(answer.status == 400 && traces.asked.skeletons.isEmpty)
    }

    @Test func `every kind of failure has its status`() async {
        for kind in ErrorKind.allCases {
            let answer = await UISamples.api([]) { $0.failure = .init(kind, "no") }.ask(.summary)
            #expect(answer.status == TraceUIFailure(kind, "").status)
            #expect(
                String(decoding: answer.body, as: UTF8.self)
                    == "{\"error\":{\"kind\":\"\(kind.rawValue)\",\"message\":\"no\"}}")
        }
        #expect(await UISamples.api([]) { $0.failure = .init(.overloaded, "") }.ask(.summary).retryAfter == 1)
    }

    @Test func `nothing is asked while the server starts`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        var dependencies = TraceUIDependencies(queries: traces, analyses: traces)
        dependencies.isReady = { false }
        let answer = await TraceUIAPI(dependencies: dependencies).ask(.summary)
        #expect(answer.status == 503 && answer.retryAfter == 1 && traces.asked.skeletons.isEmpty)
    }

    @Test(arguments: [
        (0, "0 ns"), (999, "999 ns"), (1000, "1 µs"), (1049, "1.04 µs"), (12_345, "12.3 µs"), (3_100_000, "3.1 ms"),
        (123_456_789, "123 ms"), (1_005_000_000, "1 s"), (3_600_000_000_000, "3600 s"),
    ])
    func `durations are told with three digits`(nanoseconds: UInt64, text: String) {
        #expect(ShortDuration.text(nanoseconds) == text)
    }
}
