import Foundation
import QueryEngines
import Synchronization
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite struct JaegerAPITests {
    private func ask(
        _ queries: MemoryTraceQueries, _ path: String, _ parameters: [(String, String)] = [], method: String = "GET",
        body: String = ""
    ) async throws -> (status: Int, text: String) {
        try await JaegerSamples.ask(queries, path, parameters, method: method, body: body)
    }

    @Test func anEmptyStoreHasAnEmptyListOfServices() async throws {
        let (status, text) = try await ask(MemoryTraceQueries(), "/api/services")
        #expect(status == 200)
        #expect(text == #"{"data":[],"total":0,"limit":0,"offset":0,"errors":null}"#)
    }

    @Test func servicesAndOperationsAreListed() async throws {
        let queries = MemoryTraceQueries([
            JaegerSamples.trace([
                JaegerSamples.span(1, service: "a/b ü", name: "get", kind: .server),
                JaegerSamples.span(2, service: "a/b ü", name: "get", kind: .client),
                JaegerSamples.span(3, service: "", name: "other"),
            ])
        ])
        #expect(
            try await ask(queries, "/api/services").text
                == #"{"data":["a/b ü","missing-service-name"],"total":2,"limit":0,"offset":0,"errors":null}"#)
        #expect(
            try await ask(queries, "/api/services/a%2Fb%20%C3%BC/operations").text
                == #"{"data":["get"],"total":1,"limit":0,"offset":0,"errors":null}"#)
        let both = #"[{"name":"get","spanKind":"server"},{"name":"get","spanKind":"client"}]"#
        #expect(
            try await ask(queries, "/api/operations", [("service", "a/b ü")]).text
                == #"{"data":\#(both),"total":2,"limit":0,"offset":0,"errors":null}"#)
        #expect(
            try await ask(queries, "/api/operations", [("service", "a/b ü"), ("spanKind", "CLIENT")]).text.contains(
                #""data":[{"name":"get","spanKind":"client"}]"#))
        #expect(
            try await ask(queries, "/api/operations", [("service", "missing-service-name")]).text.contains(
                #""data":[{"name":"other","spanKind":""}]"#))
    }

    private static let wrongQuestions: [(question: String, status: Int, words: String)] = [
        ("/api/operations", 400, "parameter 'service' is required"),
        ("/api/operations?service=a&spanKind=x", 400, "unsupported span kind: 'x'"),
        ("/api/traces", 400, "parameter 'service' is required"),
        ("/api/traces?service=x&start=soon", 400, "unable to parse param 'start'"),
        ("/api/traces?service=x&end=99999999999999999999", 400, "unable to parse param 'end'"),
        ("/api/traces?service=x&limit=-1", 400, "unable to parse param 'limit'"),
        ("/api/traces?service=x&limit=ten", 400, "unable to parse param 'limit'"),
        ("/api/traces?service=x&minDuration=10", 400, "has no unit"),
        ("/api/traces?service=x&maxDuration=1x", 400, "unable to parse param 'maxDuration'"),
        ("/api/traces?service=x&minDuration=2s&maxDuration=1s", 400, "'maxDuration' should be greater"),
        ("/api/traces?service=x&tags={", 400, "malformed 'tags' parameter"),
        ("/api/traces?service=x&tags={%22a%22:[]}", 400, "malformed 'tags' parameter"),
        ("/api/traces?service=x&tag=novalue", 400, "malformed 'tag' parameter"),
        ("/api/traces?service=x&raw=maybe", 400, "unable to parse param 'raw'"),
        ("/api/traces?traceID=xyz", 400, "unable to parse param 'traceID'"),
        ("/api/traces/xyz", 400, "hexadecimal"),
        ("/api/traces/000000000000000000000000000000001", 400, "hexadecimal"),
        ("/api/traces/ff", 404, "trace not found"),
        ("/api/traces/0", 404, "trace not found"),
        ("/api/dependencies?endTs=x", 400, "unable to parse param 'endTs'"),
        ("/api/dependencies?lookback=0", 400, "unable to parse param 'lookback'"),
        ("/api/nothing", 404, "no path /api/nothing"),
        ("/api/services/%zz/operations", 400, "invalid escape"),
        ("/api/metrics/calls", 400, "at least one service name"),
        ("/api/metrics/latencies?service=a", 400, "parameter 'quantile' is required"),
        ("/api/metrics/latencies?service=a&quantile=2", 400, "from 0 to 1"),
        ("/api/metrics/calls?service=a&step=0", 400, "unable to parse param 'step'"),
        ("/api/metrics/calls?service=a&step=1", 400, "longer step"),
        ("/api/metrics/calls?service=a&spanKind=x", 400, "unsupported span kind"),
        ("/api/metrics/calls?service=a&endTs=9223372036854775807", 400, "out of range"),
        ("/api/metrics/unknown?service=a", 404, "no path"),
    ]

    @Test(arguments: wrongQuestions)
    func aWrongQuestionIsAnsweredInTheEnvelope(question: String, status: Int, words: String) async throws {
        let parts = question.split(separator: "?", maxSplits: 1).map(String.init)
        let form = try FormParameters(body: nil, query: parts.count > 1 ? parts[1] : nil)
        let parameters = form.parameters.map { ($0.name, $0.value) }
        let answer = try await ask(MemoryTraceQueries(), parts[0], parameters)
        #expect(answer.status == status)
        #expect(answer.text.hasPrefix(#"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":\#(status),"#))
        let errors = try JaegerSamples.json(answer.text)["errors"] as? [[String: Any]] ?? []
        let message = errors.first?["msg"] as? String ?? ""
        #expect(message.contains(words), "\(answer.text)")
    }

    @Test func aPathWithAnotherMethodIsNotAllowed() async throws {
        #expect(try await ask(MemoryTraceQueries(), "/api/services", method: "POST").status == 405)
        #expect(try await ask(MemoryTraceQueries(), "/api/archive/1").status == 405)
        #expect(try await ask(MemoryTraceQueries(), "/api/services", method: "HEAD").status == 200)
    }

    @Test func theRootAnswersProbes() async throws {
        let (status, text) = try await ask(MemoryTraceQueries(), "/")
        #expect(status == 200)
        #expect(text.contains("Jaeger query API"))
    }

    @Test func failuresOfTheEngineKeepTheirKind() async throws {
        let kinds: [(ErrorKind, Int)] = [
            (.invalid, 400), (.unsupported, 501), (.overLimit, 422), (.overloaded, 429), (.timeout, 504),
            (.unavailable, 503), (.internal, 500),
        ]
        for (kind, status) in kinds {
            let queries = MemoryTraceQueries(failure: TraceQueryError(kind, "because"))
            let answer = try await ask(queries, "/api/traces", [("service", "a")])
            #expect(answer.status == status)
            #expect(answer.text.contains(#""msg":"because""#))
        }
    }

    // MARK: Traces

    @Test func aTraceIsShownWithItsNumbersAndSpecialCharacters() async throws {
        var span = JaegerSamples.span(
            0xab, trace: JaegerSamples.id(5, high: 1), name: "say \"hi\"\n\u{1}😀",
            attributes: [
                .init(key: "huge", text: "9223372036854775222", type: .int),
                .init(key: "last exact", text: "9007199254740991", type: .int),
                .init(key: "low", text: "-9007199254740992", type: .int),
                .init(key: "nan", text: "NaN", type: .double),
            ])
        span.startTime = Timestamp(nanoseconds: -1)
        let (status, text) = try await ask(
            MemoryTraceQueries([JaegerSamples.trace([span])]), "/api/traces/10000000000000005",
            [("prettyPrint", "false")])
        #expect(status == 200)
        let id = "00000000000000010000000000000005"
        #expect(
            text.hasPrefix(#"{"data":[{"traceID":"\#(id)","spans":[{"traceID":"\#(id)","spanID":"00000000000000ab","#))
        #expect(text.contains(#""operationName":"say \"hi\"\n\u0001😀","#))
        #expect(text.contains(#"{"key":"huge","type":"int64","value":"9223372036854775222"}"#))
        #expect(text.contains(#"{"key":"last exact","type":"int64","value":9007199254740991}"#))
        #expect(text.contains(#"{"key":"low","type":"int64","value":"-9007199254740992"}"#))
        #expect(text.contains(#"{"key":"nan","type":"float64","value":"NaN"}"#))
        #expect(text.contains(#""startTime":-1,"duration":5,"#))
        #expect(text.hasSuffix(#""warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}"#))
    }

    @Test func startAndEndOfATraceAreHintsOnly() async throws {
        let queries = MemoryTraceQueries([JaegerSamples.trace([JaegerSamples.span(1)])])
        #expect(try await ask(queries, "/api/traces/1", [("start", "1"), ("end", "x")]).status == 200)
    }

    @Test func rawHasNoWarnings() async throws {
        let queries = MemoryTraceQueries([JaegerSamples.trace([JaegerSamples.span(2, parent: 1)])])
        #expect(try await ask(queries, "/api/traces/1").text.contains("is not stored"))
        #expect(try await !ask(queries, "/api/traces/1", [("raw", "true")]).text.contains("is not stored"))
    }

    @Test func tracesAskedForByIDNameThoseThatAreMissing() async throws {
        let queries = MemoryTraceQueries([JaegerSamples.trace([JaegerSamples.span(1)])])
        let (status, text) = try await ask(
            queries, "/api/traces", [("traceID", "1"), ("traceID", "2"), ("traceID", "1")])
        #expect(status == 200)
        let json = try JaegerSamples.json(text)
        #expect((json["data"] as? [Any])?.count == 1)
        #expect(text.hasSuffix(#""errors":[{"code":404,"msg":"trace not found","traceID":"0000000000000002"}]}"#))
    }

    @Test func prettyPrintBreaksLinesAndChangesNothingElse() async throws {
        let queries = MemoryTraceQueries([JaegerSamples.trace([JaegerSamples.span(1, name: "a{\"[:,")])])
        let plain = try await ask(queries, "/api/traces/1").text
        let pretty = try await ask(queries, "/api/traces/1", [("prettyPrint", "true")]).text
        #expect(pretty.hasPrefix("{\n    \"data\": [\n        {\n            \"traceID\": \"0000000000000001\",\n"))
        #expect(pretty.contains("\"references\": [],\n"))
        #expect(pretty.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined().count > plain.count)
        let (first, second) = (try JaegerSamples.json(plain), try JaegerSamples.json(pretty))
        #expect(first as NSDictionary == second as NSDictionary)
    }

    /// Pages are of two spans, and the whole is past what an answer holds.
    @Test func aLargeTraceIsStreamedAndReadsTheSame() async throws {
        let count = JaegerAPI.wholeSpansMax + 1
        var spans: [StoredSpan] = []
        for index in 0..<count {
            let parent = index % 3 == 0 ? 0 : UInt64(index)
            let service = index % 2 == 0 ? "a" : "bb"
            spans.append(
                JaegerSamples.span(
                    UInt64(index + 1), parent: parent, service: service, start: 1_000_000 + Int64(index)))
        }
        spans.append(JaegerSamples.span(999_999, parent: 888_888, start: 9_000_000))
        let queries = MemoryTraceQueries([JaegerSamples.trace(spans)], pageSpans: 999)
        let (status, text) = try await ask(queries, "/api/traces/1")
        #expect(status == 200)
        let json = try JaegerSamples.json(text)
        let trace = (json["data"] as? [[String: Any]] ?? []).first ?? [:]
        let shown = trace["spans"] as? [[String: Any]] ?? []
        #expect(shown.count == count + 1)
        #expect((trace["processes"] as? [String: Any])?.count == 3)
        #expect(shown.count { $0["warnings"] is [String] } == 1)
        #expect(shown[1]["processID"] as? String == "p2")
        let search = try await ask(queries, "/api/traces", [("service", "a"), ("prettyPrint", "1")])
        let found = try JaegerSamples.json(search.text)
        #expect(((found["data"] as? [[String: Any]])?.first?["spans"] as? [Any])?.count == count + 1)
    }

    @Test func severalTracesAreSeparatedInAStream() async throws {
        let traces = (1...3).map { number in
            JaegerSamples.trace((0..<5000).map { JaegerSamples.span($0 + 1, trace: JaegerSamples.id(number)) })
        }
        let (_, text) = try await ask(MemoryTraceQueries(traces), "/api/traces", [("service", "shop")])
        #expect((try JaegerSamples.json(text)["data"] as? [Any])?.count == 3)
    }

    // MARK: Search

    @Test func onlySpansThatStartInTheTimeCount() async throws {
        let queries = MemoryTraceQueries([
            JaegerSamples.trace([JaegerSamples.span(1, start: 1_000_000, duration: 9_000_000)]),
            JaegerSamples.trace([JaegerSamples.span(1, trace: JaegerSamples.id(2), start: 5_000_999)]),
        ])
        func found(_ start: Int, _ end: Int) async throws -> [String] {
            let parameters = [("service", "shop"), ("start", "\(start)"), ("end", "\(end)")]
            let data = try JaegerSamples.json(try await ask(queries, "/api/traces", parameters).text)["data"]
            return (data as? [[String: Any]] ?? []).compactMap { $0["traceID"] as? String }
        }
        #expect(try await found(4000, 5000) == ["0000000000000002"])
        #expect(try await found(1000, 5000) == ["0000000000000002", "0000000000000001"])
        #expect(try await found(1001, 4999) == [])
        #expect(try await found(-9_000_000_000_000_000_000, 9_000_000_000_000_000_000).count == 2)
    }

    @Test func theLimitKeepsTheNewest() async throws {
        let queries = MemoryTraceQueries(
            (1...5).map { number in
                JaegerSamples.trace([
                    JaegerSamples.span(1, trace: JaegerSamples.id(number), start: Int64(number) * 1_000_000)
                ])
            })
        let (_, text) = try await ask(queries, "/api/traces", [("service", "shop"), ("limit", "2")])
        let data = try JaegerSamples.json(text)["data"] as? [[String: Any]] ?? []
        #expect(data.compactMap { $0["traceID"] as? String } == ["0000000000000005", "0000000000000004"])
        #expect(queries.searches.withLock { $0.map(\.limit) } == [2])
    }

    @Test func archivingIsRefusedAloud() async throws {
        let (status, text) = try await ask(MemoryTraceQueries(), "/api/archive/1", method: "POST")
        #expect(status == 501)
        #expect(text.contains("archiving is not supported"))
        #expect(try await ask(MemoryTraceQueries(), "/api/archive/z", method: "POST").status == 400)
    }

    @Test func dependenciesAreOfTheTimeAskedFor() async throws {
        let queries = MemoryTraceQueries(links: [
            ServiceDependency(parent: "a", child: "b", calls: 3, errors: 1),
            ServiceDependency(parent: "", child: "c", calls: 1, errors: 0),
        ])
        let (_, text) = try await ask(queries, "/api/dependencies", [("endTs", "2000"), ("lookback", "500")])
        #expect(
            text == #"{"data":[{"parent":"a","child":"b","callCount":3},"#
                + #"{"parent":"missing-service-name","child":"c","callCount":1}],"#
                + #""total":0,"limit":0,"offset":0,"errors":null}"#)
        #expect(
            queries.ranges.withLock { $0 } == [TraceTimeRange(start: 1_500_000_000, end: 2_000_000_001)])
        _ = try await ask(queries, "/api/dependencies", [("endTs", "-9223372036854775807")])
    }

    @Test func otlpIsTransformed() async throws {
        let body = #"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
            "scopeSpans":[{"scope":{"name":"s"},"spans":[
            {"traceId":"00000000000000010000000000000002","spanId":"0000000000000003","name":"n","kind":2,
            "startTimeUnixNano":"1000","endTimeUnixNano":"3000","attributes":[{"key":"i","value":{"intValue":"7"}}]},
            {"traceId":"00000000000000010000000000000004","spanId":"0000000000000003","name":"m"}]}]}]}
            """#
        let (status, text) = try await ask(MemoryTraceQueries(), "/api/transform", method: "POST", body: body)
        #expect(status == 200)
        let data = try JaegerSamples.json(text)["data"] as? [[String: Any]] ?? []
        #expect(data.count == 2)
        #expect(text.contains(#"{"key":"i","type":"int64","value":7}"#))
        #expect(text.contains(#"{"key":"span.kind","type":"string","value":"server"}"#))
        for broken in ["", "{", #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00"}]}]}]}"#] {
            let answer = try await ask(MemoryTraceQueries(), "/api/transform", method: "POST", body: broken)
            #expect(answer.status == 400)
        }
    }
}
