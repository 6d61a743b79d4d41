import PrometheusModel
import QueryEngines
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite("queries of the Loki API")
struct LokiQueryTests {
    private static let now = LokiSamples.now
    private static let selector: [(String, String)] = [("query", "{service_name=~\".+\"}")]

    @Test("without the flag a stream shows all labels, and lines have two elements")
    func plain() async {
        let queries = RecordingLogQueries { $0.lines = LokiSamples.lines }
        let answer = await LokiSamples.ask(queries, .queryRange, Self.selector)
        #expect(answer.status == 200)
        #expect(
            LokiSamples.withoutStatistics(answer.text)
                == #"{"status":"success","data":{"resultType":"streams","result":["#
                + #"{"stream":{"job":"a\"b","service_name":"bank"},"values":[["1767225599999999998","two"]]},"#
                + #"{"stream":{"service_name":"shop","status":"500","trace_id":"ab","x":""},"#
                + #""values":[["1767225599999999999","one\n\u0001"# + "\u{7F}" + #"é"]]},"#
                + #"{"stream":{"service_name":"shop","trace_id":"ab"},"values":[["1767225599999999997","three"]]}"#
                + "]}}")
    }

    @Test("with the flag a stream shows its own labels, and each line has a third element")
    func categorized() async {
        let queries = RecordingLogQueries { $0.lines = LokiSamples.lines }
        let answer = await LokiSamples.ask(queries, .queryRange, Self.selector, categorizes: true)
        #expect(
            LokiSamples.withoutStatistics(answer.text)
                == #"{"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"#
                + #""result":[{"stream":{"job":"a\"b","service_name":"bank"},"#
                + #""values":[["1767225599999999998","two",{}]]},"#
                + #"{"stream":{"service_name":"shop"},"values":["#
                + #"["1767225599999999999","one\n\u0001"# + "\u{7F}" + #"é","#
                + #"{"structuredMetadata":{"trace_id":"ab"},"parsed":{"status":"500","x":""}}],"#
                + #"["1767225599999999997","three",{"structuredMetadata":{"trace_id":"ab"}}]]}]}}"#)
    }

    @Test("what a query cost is said where Loki says it")
    func statistics() async {
        let queries = RecordingLogQueries { $0.lines = LokiSamples.lines }
        let answer = await LokiSamples.ask(queries, .queryRange, Self.selector)
        #expect(
            answer.text.contains(
                #""stats":{"summary":{"bytesProcessedPerSecond":2000,"linesProcessedPerSecond":20,"#
                    + #""totalBytesProcessed":1000,"totalLinesProcessed":10,"execTime":0.5,"queueTime":0,"#
                    + #""subqueries":0,"totalEntriesReturned":3,"splits":0,"shards":0,"totalPostFilterLines":3,"#
                    + #""totalStructuredMetadataBytesProcessed":0},"querier":{"store":{"totalChunksRef":0,"#))
        #expect(answer.text.hasSuffix(#""usedBloomFilters":false}}}}"#))
    }

    @Test("an answer in pieces is the answer as a whole", arguments: [1, 40, 100, 1000])
    func pieces(bytesMax: Int) {
        let metrics = LogMetricsResult(series: [
            .init(labels: [Label("a", "b")], samples: [.init(time: 1000, value: 1), .init(time: 2000, value: 2.5)]),
            .init(labels: [], samples: []), .init(labels: [], samples: [.init(time: 1, value: .nan)]),
        ])
        let all: [any LokiPieces] = [
            LokiStreamsAnswer(LokiSamples.lines, categorizesLabels: false),
            LokiStreamsAnswer(LokiSamples.lines, categorizesLabels: true), LokiMetricsAnswer(metrics, as: .matrix),
            LokiMetricsAnswer(metrics, as: .vector), LokiMetricsAnswer(metrics, as: .scalar),
        ]
        for whole in all {
            var pieces = whole
            var text: [UInt8] = []
            var isMore = true
            while isMore { isMore = JSONPiece.write(&pieces, bytesMax: bytesMax, into: &text) }
            #expect(String(decoding: text, as: UTF8.self) == String(decoding: whole.bytes(), as: UTF8.self))
        }
    }

    @Test("the request reaches the engine as it was meant")
    func request() async throws {
        let queries = RecordingLogQueries()
        _ = await LokiSamples.ask(
            queries, .queryRange,
            [
                ("query", "{a=\"b\"} |= \"x\""), ("start", "1767220000000000000"), ("end", "1767225600"),
                ("limit", "5000"), ("direction", "FORWARD"), ("interval", "30s"),
            ])
        let request = try #require(queries.record.selects.first)
        #expect(request.selection == (try LokiSamples.selection("{a=\"b\"} |= \"x\"")))
        #expect(request.range == LogTimeRange(start: 1_767_220_000_000_000_000, end: Self.now))
        #expect(request.limit == 5000)
        #expect(request.direction == .forward)
        #expect(request.interval == 30_000_000_000)
        _ = await LokiSamples.ask(queries, .queryRange, [("query", "{a=\"b\"}")])
        let ordinary = try #require(queries.record.selects.last)
        #expect(ordinary.limit == 100)
        #expect(ordinary.direction == .backward)
    }

    @Test("a metric query over a range is a matrix, its numbers without exponents")
    func matrix() async throws {
        let queries = RecordingLogQueries {
            $0.metrics = LogMetricsResult(series: [
                .init(
                    labels: [Label("level", ""), Label("name", "x")],
                    samples: [
                        .init(time: 1_767_225_600_000, value: 0.013333333333333334),
                        .init(time: 1_767_225_600_500, value: 1e21), .init(time: 1_767_225_601_000, value: 1e-7),
                        .init(time: 1_767_225_602_000, value: .infinity),
                    ])
            ])
        }
        let answer = await LokiSamples.ask(
            queries, .queryRange, [("query", "sum by (level) (rate({a=\"b\"}[1m]))"), ("step", "60000ms")])
        #expect(
            LokiSamples.withoutStatistics(answer.text)
                == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"level":"","name":"x"},"#
                + #""values":[[1767225600,"0.013333333333333334"],[1767225600.500,"1000000000000000000000"],"#
                + #"[1767225601,"0.0000001"],[1767225602,"+Inf"]]}]}}"#)
        let request = try #require(queries.record.metrics.first)
        #expect((request.start, request.end, request.step) == (Self.now - LokiSamples.hour, Self.now, 60_000_000_000))
    }

    /// Grafana's "Save & test".
    @Test("the data source test of Grafana is answered, read as 1970 or as 2096", arguments: ["4", "4000000000"])
    func health(time: String) async throws {
        let queries = RecordingLogQueries {
            $0.metrics = LogMetricsResult(series: [.init(labels: [], samples: [.init(time: 4000, value: 2)])])
        }
        let answer = await LokiSamples.ask(
            queries, .query, [("query", "vector(1)+vector(1)"), ("time", time), ("direction", "backward")])
        #expect(
            LokiSamples.withoutStatistics(answer.text)
                == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[4,"2"]}]}}"#)
        let request = try #require(queries.record.metrics.first)
        let nanoseconds: Int64 = time == "4" ? 4_000_000_000 : 4_000_000_000_000_000_000
        #expect((request.start, request.end) == (nanoseconds, nanoseconds))
    }

    @Test("an expression of numbers is a scalar at one time")
    func scalar() async {
        let queries = RecordingLogQueries {
            $0.metrics = LogMetricsResult(
                isScalar: true, series: [.init(labels: [], samples: [.init(time: 4500, value: 2)])])
        }
        let answer = await LokiSamples.ask(queries, .query, [("query", "1+1"), ("time", "4.5")])
        #expect(
            LokiSamples.withoutStatistics(answer.text)
                == #"{"status":"success","data":{"resultType":"scalar","result":[4.500,"2"]}}"#)
    }

    @Test("lines at one time are those of the hour before it")
    func instantLines() async throws {
        let queries = RecordingLogQueries { $0.lines = LokiSamples.lines }
        let answer = await LokiSamples.ask(queries, .query, Self.selector + [("time", "1767225600"), ("limit", "2")])
        #expect(answer.text.hasPrefix(#"{"status":"success","data":{"resultType":"streams","result":["#))
        let request = try #require(queries.record.selects.first)
        #expect(request.range == LogTimeRange(start: Self.now - LokiSamples.hour, end: Self.now + 1))
    }

    @Test("no lines are an empty list")
    func nothing() async {
        let lines = await LokiSamples.ask(RecordingLogQueries(), .queryRange, Self.selector)
        #expect(
            LokiSamples.withoutStatistics(lines.text)
                == #"{"status":"success","data":{"resultType":"streams","result":[]}}"#)
        let vector = await LokiSamples.ask(
            RecordingLogQueries(), .query, [("query", "count_over_time({a=\"b\"}[1m])")])
        #expect(
            LokiSamples.withoutStatistics(vector.text)
                == #"{"status":"success","data":{"resultType":"vector","result":[]}}"#)
    }

    @Test(
        "failures of the engine have Loki's statuses",
        arguments: [
            (ErrorKind.invalid, 400), (.unsupported, 501), (.tooLarge, 400), (.overLimit, 400), (.overloaded, 429),
            (.timeout, 504), (.cancelled, 499), (.unavailable, 503), (.internal, 500), (.notFound, 404),
            (.denied, 403),
        ])
    func failures(kind: ErrorKind, status: Int) async {
        let queries = RecordingLogQueries { $0.failure = LogQueryError(kind, "something is wrong") }
        let answer = await LokiSamples.ask(queries, .queryRange, Self.selector)
        #expect(answer == (status, "something is wrong"))
    }

    @Test("while the server starts, logs are not read")
    func starting() async {
        var dependencies = LokiDependencies(queries: RecordingLogQueries(), now: { Self.now })
        dependencies.isReady = { false }
        let api = LokiAPI(dependencies: dependencies)
        #expect(await api.answer(.init(endpoint: .labels)).status == 503)
        #expect(await api.answer(.init(endpoint: .ready)).status == 503)
        #expect(await api.answer(.init(endpoint: .buildInformation)).status == 200)
    }
}
