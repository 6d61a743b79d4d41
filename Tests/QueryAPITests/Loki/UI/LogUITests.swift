import LogQL
import PrometheusModel
import QueryEngines
import ServiceLifecycle
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite("the page's questions about logs")
struct LogUITests {
    private func ask(
        _ queries: RecordingLogQueries, _ endpoint: LogUIEndpoint, _ query: String = "", id: String = ""
    ) async -> (status: Int, text: String) {
        var dependencies = LogUIDependencies(queries: queries)
        dependencies.now = { Timestamp(nanoseconds: LokiSamples.now) }
        let answer = await LogUIAPI(dependencies: dependencies).answer(
            LogUIAPI.Question(endpoint: endpoint, id: id, query: query))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test("lines come in one list with their labels apart")
    func lines() async throws {
        let queries = RecordingLogQueries { $0.lines = LokiSamples.lines }
        let answer = await ask(queries, .logs, "query=%7Ba%3D%22b%22%7D&limit=3&direction=forward")
        #expect(
            answer
                == (
                    200,
                    #"{"kind":"entries","entries":[{"time":"1767225599999999999","line":"one\n\u0001"# + "\u{7F}"
                        + #"é","stream":{"service_name":"shop"},"metadata":{"trace_id":"ab"},"#
                        + #""parsed":{"status":"500","x":""}},{"time":"1767225599999999998","line":"two","#
                        + #""stream":{"job":"a\"b","service_name":"bank"},"metadata":{},"parsed":{}},"#
                        + #"{"time":"1767225599999999997","line":"three","stream":{"service_name":"shop"},"#
                        + #""metadata":{"trace_id":"ab"},"parsed":{}}],"#
                        + #""statistics":{"lines":10,"bytes":1000,"matched":3,"seconds":0.5}}"#
                ))
        let request = try #require(queries.record.selects.first)
        #expect(request.limit == 3)
        #expect(request.direction == .forward)
        #expect(request.range == LogTimeRange(start: LokiSamples.now - LokiSamples.hour, end: LokiSamples.now))
    }

    @Test("numbers come as series")
    func series() async throws {
        let queries = RecordingLogQueries {
            $0.metrics = LogMetricsResult(series: [
                .init(
                    labels: [Label("a", "b")], samples: [.init(time: 1000, value: 1.5), .init(time: 2000, value: .nan)])
            ])
        }
        let answer = await ask(queries, .logs, "query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)&step=30s")
        #expect(
            answer
                == (
                    200,
                    #"{"kind":"series","isScalar":false,"series":[{"labels":{"a":"b"},"#
                        + #""samples":[[1000,"1.5"],[2000,"NaN"]]}],"#
                        + #""statistics":{"lines":0,"bytes":0,"matched":0,"seconds":0}}"#
                ))
        #expect(queries.record.metrics.first?.step == 30_000_000_000)
    }

    @Test(
        "the selector may be empty or missing",
        arguments: ["", "%7B%7D", "%7B%20%7D%20", "%20"])
    func everything(query: String) async throws {
        let queries = RecordingLogQueries()
        let answer = await ask(queries, .logs, "query=" + query)
        #expect(answer.status == 200)
        #expect(queries.record.selects.first?.selection == LogSelection(matchers: [], stages: []))
        let filtered = await ask(queries, .logs, "query=" + query + "%7C%3D%20%22x%22")
        #expect(filtered.status == 200)
        let selection = try #require(queries.record.selects.last?.selection)
        #expect(selection.matchers.isEmpty)
        #expect(selection.stages == [.lineFilter(LineFilter(.contains, [.text("x")]))])
    }

    @Test("a mistake is shown at its place")
    func mistakes() async {
        let whole = await ask(RecordingLogQueries(), .logs, "query=%7Ba%3D%22%C3%A9%22%7D%20%7C%20json%20%7C%20%7C")
        #expect(whole.status == 400)
        #expect(whole.text.contains(#""position":{"start":17,"#), "\(whole.text)")
        let without = await ask(RecordingLogQueries(), .logs, "query=%7C%20json%20%7C%20%7C")
        #expect(without.status == 400)
        #expect(without.text.contains(#""position":{"start":9,"#), "\(without.text)")
    }

    @Test(
        "the logs of a trace are found by any form of its id",
        arguments: [
            "0af7651916cd43dd8448eb211c80319c", "0AF7651916CD43DD8448EB211C80319C",
            "0af76519-16cd-43dd-8448-eb211c80319c",
            "0af7651916cd43dd8448eb211c80319c0af7651916cd43dd8448eb211c80319c", "CvdlGRbNQ92ESOshHIAxnA==",
            "CvdlGRbNQ92ESOshHIAxnA",
        ])
    func trace(id: String) async throws {
        let queries = RecordingLogQueries()
        let answer = await ask(queries, .ofTrace, "", id: id)
        #expect(answer.status == 200)
        let request = try #require(queries.record.selects.first)
        let matcher = LabelMatcher(equal: "trace_id", "0af7651916cd43dd8448eb211c80319c")
        #expect(request.selection.matchers.isEmpty)
        #expect(request.selection.stages == [.labelFilter(.matcher(matcher))])
        #expect(request.range.start == 0)
        #expect(request.range.end > LokiSamples.now)
    }

    @Test("what is no id of a trace is refused", arguments: ["", "xyz", "0", "00000000000000000000000000000000", "é"])
    func noTrace(id: String) async {
        let answer = await ask(RecordingLogQueries(), .ofTrace, "", id: id)
        #expect(answer.status == 400)
    }

    @Test("patterns come with counts and examples, and say what they were found in")
    func patterns() async throws {
        let queries = RecordingLogQueries {
            $0.patterns = LogPatternsResult(
                patterns: [
                    .init(pattern: "a <_>", level: "warn", count: 7, samples: [(10, 3), (20, 4)], example: "a \"b\"")
                ], lines: 100, linesTotal: 1000)
        }
        let answer = await ask(queries, .patterns, "limit=5")
        #expect(
            answer
                == (
                    200,
                    #"{"patterns":[{"pattern":"a <_>","level":"warn","count":7,"samples":[[10,3],[20,4]],"#
                        + #""example":"a \"b\""}],"lines":100,"linesTotal":1000}"#
                ))
        #expect(queries.record.patterns.first?.limit == 5)
    }

    @Test(
        "bounds are kept", arguments: ["limit=0", "limit=10001", "limit=x", "start=2&end=1", "start=x", "direction=up"])
    func bounds(query: String) async {
        let answer = await ask(RecordingLogQueries(), .logs, query)
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix(#"{"error":{"kind":"invalid","message":""#))
    }

    @Test("failures of the engine keep their kind")
    func failures() async {
        let queries = RecordingLogQueries { $0.failure = LogQueryError(.overLimit, "too many lines") }
        let answer = await ask(queries, .logs)
        #expect(answer == (422, #"{"error":{"kind":"overLimit","message":"too many lines"}}"#))
    }
}

@Suite("the page's questions about logs through a socket")
struct LogUISurfaceTests {
    @Test("a tail is a stream of events, which ends with the server")
    func tail() async throws {
        let queries = RecordingLogQueries {
            $0.pieces = [LogTailPiece(streams: LokiSamples.streams, entries: [LokiSamples.entries[2]])]
        }
        try await LokiSurfaceTests.withSurface(queries) { port, group in
            try await LokiConnection.ask(port, "/api/ui/logs/tail?query=%7C%3D%22x%22&limit=5", []) { client in
                let head = try await client.head()
                #expect(head.hasPrefix("http/1.1 200 "))
                #expect(head.contains("content-type: text/event-stream"))
                _ = try await client.text(upTo: "event: entries\ndata: ")
                let data = try await client.text(upTo: "\n\n")
                #expect(
                    data
                        == #"{"streams":[{"stream":{"service_name":"shop"},"values":[["1767225599999999997","#
                        + #""three",{"structuredMetadata":{"trace_id":"ab"}}]]}],"dropped_entries":null,"#
                        + #""encodingFlags":["categorize-labels"]}"#)
                await group.triggerGracefulShutdown()
                let rest = try await client.text(upTo: "0\r\n\r\n")
                #expect(!rest.contains("event:"))
            }
        }
        #expect(queries.record.tails.first?.limit == 5)
        #expect(queries.record.tailsEnded == 1)
    }

    @Test("a tail that fails says why, and one that cannot begin is refused")
    func failures() async throws {
        let queries = RecordingLogQueries { $0.tailFailure = LogQueryError(.overloaded, "too many tails") }
        try await LokiSurfaceTests.withSurface(queries) { port, _ in
            let answer = try await LokiConnection.answer(port, "/api/ui/logs/tail")
            #expect(
                answer.text.contains(
                    "event: error\ndata: {\"error\":{\"kind\":\"overloaded\",\"message\":\"too many tails\"}}\n\n"))
            let refused = try await LokiConnection.answer(
                port, "/api/ui/logs/tail?query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)")
            #expect(refused.head.hasPrefix("http/1.1 400 "))
            let posted = try await LokiConnection.answer(port, "/api/ui/logs", method: "POST")
            #expect(posted.head.hasPrefix("http/1.1 405 "))
            let trace = try await LokiConnection.answer(port, "/api/ui/trace/CvdlGRbNQ92ESOshHIAxnA%3D%3D/logs")
            #expect(trace.head.hasPrefix("http/1.1 200 "))
        }
    }
}
