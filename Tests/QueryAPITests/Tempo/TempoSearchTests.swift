import QueryEngines
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

@Suite("answers of searches")
struct TempoSearchTests {
    /// As Go's jsonpb writes a `tempopb.SearchResponse`.
    @Test("a found trace is written in the forms of the protocol buffers' JSON")
    func exactAnswer() async {
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(traces: [TempoSamples.found], inspectedTraces: 3, inspectedSpans: 12)
        }
        let answer = await TempoSamples.answer(queries, .search, [("q", "{}")])
        let attributes = [
            #"{"key":"status","value":{"stringValue":"error"}}"#, #"{"key":"kind","value":{"stringValue":"client"}}"#,
            #"{"key":"span.count","value":{"intValue":"-5"}}"#, #"{"key":"span.ratio","value":{"doubleValue":0.5}}"#,
            #"{"key":"span.ok","value":{"boolValue":true}}"#,
            #"{"key":"traceDuration","value":{"stringValue":"1.5s"}}"#,
            #"{"key":"span.none","value":{"stringValue":"nil"}}"#,
            #"{"key":"span.list","value":{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"b"}]}}}"#,
        ].joined(separator: ",")
        let spanset =
            #"{"spans":[{"spanID":"563d623c76514f8e","name":"query","startTimeUnixNano":"1684778327735077898","#
            + #""durationNanos":"446979497","attributes":[\#(attributes)]}],"matched":7,"#
            + #""attributes":[{"key":"by(span.a)","value":{"stringValue":"x"}}]}"#
        let wanted =
            #"{"traces":[{"traceID":"abcdef01234567","rootServiceName":"shop","rootTraceName":"GET /","#
            + #""startTimeUnixNano":"1684778327699392724","durationMs":557,"spanSet":\#(spanset),"#
            + #""spanSets":[\#(spanset),{"spans":[],"matched":0}],"#
            + #""serviceStats":{"db \"x\"":{"spanCount":1},"shop":{"spanCount":3,"errorCount":1}}}],"#
            + #""metrics":{"inspectedTraces":3,"completedJobs":1,"totalJobs":1,"inspectedSpans":"12"}}"#
        #expect(answer.status == 200)
        #expect(answer.type == "application/json")
        #expect(answer.text == wanted)
    }

    @Test("every key is one that Grafana's strict parser knows")
    func knownKeys() async {
        let known: Set<String> = [
            "traces", "traceID", "rootServiceName", "rootTraceName", "startTimeUnixNano", "durationMs", "spanSet",
            "spanSets", "spans", "spanID", "name", "durationNanos", "attributes", "matched", "serviceStats",
            "spanCount", "errorCount", "metrics", "inspectedTraces", "inspectedBytes", "totalBlocks", "completedJobs",
            "totalJobs", "totalBlockBytes", "inspectedSpans", "key", "value", "stringValue", "intValue", "boolValue",
            "doubleValue", "arrayValue", "values",
        ]
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(traces: [TempoSamples.found], inspectedTraces: 3, inspectedSpans: 12)
        }
        let answer = await TempoSamples.answer(queries, .search, [("q", "{}")])
        let keys = JSONKeys.all(answer.text)
        #expect(keys.subtracting(known) == ["shop", #"db \"x\""#])
    }

    @Test("a root that is not stored is said in Tempo's words, and its name is absent")
    func unknownRoot() async {
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(
                traces: [
                    FoundTrace(
                        id: TraceID(high: 1, low: 0), rootService: nil, rootName: nil, start: 5, duration: 999_999,
                        services: [:], spansets: [])
                ], inspectedTraces: 1, inspectedSpans: 1)
        }
        let answer = await TempoSamples.answer(queries, .search)
        let wanted =
            #"{"traces":[{"traceID":"10000000000000000","rootServiceName":"<root span not yet received>","#
            + #""startTimeUnixNano":"5","durationMs":0}],"#
            + #""metrics":{"inspectedTraces":1,"completedJobs":1,"totalJobs":1,"inspectedSpans":"1"}}"#
        #expect(answer.text == wanted)
    }

    @Test("nothing found is an empty list")
    func nothing() async {
        let answer = await TempoSamples.answer(TempoFakeQueries(), .search, [("q", "{}")])
        #expect(
            answer.text
                == #"{"traces":[],"metrics":{"inspectedTraces":0,"completedJobs":1,"totalJobs":1,"inspectedSpans":"0"}}"#
        )
    }

    @Test("what Grafana's search sends is understood")
    func grafana() async {
        let queries = TempoFakeQueries()
        for query in [
            "{}", #"{resource.service.name="a" && name="b" && duration>100ms}"#,
            #"{(resource.a="a" || resource.a="b")}"#,
            #"{resource.a=~"a|b"}"#, "{status=error && kind=server}",
            #"{span.db.name="x" || span.db.system="x" || span.peer.service="x" || span.messaging.system="x" || span.net.peer.name="x"}"#,
        ] {
            let answer = await TempoSamples.answer(
                queries, .search,
                [("q", query), ("limit", "20"), ("spss", "3"), ("start", "1767200000"), ("end", "1767225600")])
            #expect(answer.status == 200, "\(query): \(answer.text)")
        }
        let asked = queries.asked.search
        #expect(asked.count == 6)
        #expect(asked.allSatisfy { $0.limit == 20 && $0.spansPerSpanset == 3 })
        #expect(asked.first?.range.start == 1_767_200_000_000_000_000)
    }

    @Test("an error is one plain sentence with the status of its kind")
    func failures() async {
        let broken = await TempoSamples.answer(TempoFakeQueries(), .search, [("limit", "x")])
        #expect(broken.status == 400)
        #expect(broken.type == "text/plain; charset=utf-8")
        #expect(broken.text == "invalid limit: \"x\" is no whole number")
        let statuses: [(ErrorKind, Int)] = [
            (.invalid, 400), (.unsupported, 501), (.notFound, 404), (.tooLarge, 422), (.overLimit, 422),
            (.overloaded, 429), (.timeout, 504), (.cancelled, 499), (.unavailable, 503), (.denied, 403),
            (.internal, 500),
        ]
        for (kind, status) in statuses {
            let queries = TempoFakeQueries { $0.error = TraceQueryError(kind, "why") }
            let answer = await TempoSamples.answer(queries, .search)
            #expect(answer.status == status)
            #expect(answer.text == "why")
        }
    }

    @Test("a server that starts refuses what reads spans")
    func notReady() async {
        var dependencies = TempoDependencies(queries: TempoFakeQueries(), now: { 0 })
        dependencies.isReady = { false }
        let api = TempoAPI(dependencies: dependencies)
        for (endpoint, status) in [(TempoEndpoint.search, 503), (.trace, 503), (.ready, 503), (.echo, 200)] {
            #expect(await api.answer(TempoAPI.Question(endpoint: endpoint)).status == status)
        }
    }
}

/// Keys of objects in compact JSON, with their escapes.
enum JSONKeys {
    static func all(_ text: String) -> Set<String> {
        var keys: Set<String> = []
        var string: [UInt8]?
        var last: String?
        var isEscaped = false
        for byte in text.utf8 {
            if var open = string {
                if byte == UInt8(ascii: "\""), !isEscaped {
                    last = String(decoding: open, as: UTF8.self)
                    string = nil
                    continue
                }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                open.append(byte)
                string = open
                continue
            }
            if byte == UInt8(ascii: "\"") { string = [] }
            if byte == UInt8(ascii: ":"), let key = last { keys.insert(key) }
            last = nil
        }
        return keys
    }
}
