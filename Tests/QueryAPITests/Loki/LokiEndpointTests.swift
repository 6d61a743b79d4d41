import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

@Suite("labels, figures and finds of the Loki API")
struct LokiEndpointTests {
    private static let now = LokiSamples.now

    @Test("names and values of labels, of six hours when no time is given")
    func labels() async throws {
        let queries = RecordingLogQueries { $0.names = ["app", "jöb"] }
        for endpoint in [LokiEndpoint.labels, .label] {
            let names = await LokiSamples.ask(queries, endpoint)
            #expect(names == (200, #"{"status":"success","data":["app","jöb"]}"#))
        }
        let values = await LokiSamples.ask(
            queries, .labelValues, [("query", "{a=\"b\",c=~\"d.*\"}"), ("start", "1767220000")], name: "app")
        #expect(values == (200, #"{"status":"success","data":["app","jöb"]}"#))
        let record = queries.record.labels
        #expect(record[0].matchers.isEmpty)
        #expect(record[0].range == LogTimeRange(start: Self.now - 6 * LokiSamples.hour, end: Self.now))
        #expect(record[2].name == "app")
        #expect(record[2].matchers.map(\.description) == [#"a="b""#, #"c=~"d.*""#])
        #expect(record[2].range.start == 1_767_220_000_000_000_000)
        let everything = await LokiSamples.ask(queries, .labels, [("query", "{}")])
        #expect(everything.status == 200)
        let broken = await LokiSamples.ask(queries, .labels, [("query", "{a=\"b\"} |= \"x\"")])
        #expect(broken.status == 400)
    }

    @Test("streams of several selectors")
    func series() async {
        let queries = RecordingLogQueries { $0.series = LokiSamples.streams }
        let answer = await LokiSamples.ask(queries, .series, [("match[]", "{a=\"b\"}"), ("match[]", "{c!=\"\"}")])
        #expect(
            answer
                == (
                    200,
                    #"{"status":"success","data":[{"service_name":"shop"},{"job":"a\"b","service_name":"bank"}]}"#
                ))
        #expect(queries.record.series.first?.selectors.map { $0.map(\.description) } == [[#"a="b""#], [#"c!="""#]])
        let all = await LokiSamples.ask(queries, .series)
        #expect(all.status == 200)
        #expect(queries.record.series.last?.selectors.isEmpty == true)
        let both = await LokiSamples.ask(queries, .series, [("match[]", "{a=\"b\"}"), ("match[]", "{}")])
        #expect(both.status == 200)
        #expect(queries.record.series.last?.selectors.isEmpty == true)
        let empty = await LokiSamples.ask(queries, .series, [("match[]", "")])
        #expect(empty == (400, "parse error : syntax error: unexpected $end"))
    }

    @Test("figures of streams are whole numbers at the top")
    func statistics() async {
        let queries = RecordingLogQueries {
            $0.statistics = LogStatistics(streams: 2, chunks: 3, entries: 1000, bytes: 40_000)
        }
        let answer = await LokiSamples.ask(queries, .statistics, [("query", "{a=\"b\"}")])
        #expect(answer == (200, #"{"streams":2,"chunks":3,"bytes":40000,"entries":1000}"#))
        let shards = await LokiSamples.ask(
            queries, .shards, [("query", "{a=\"b\"}"), ("targetBytesPerShard", "600MB")])
        #expect(
            shards.text.hasPrefix(
                #"{"shards":[{"bounds":{"min":0,"max":18446744073709551615},"#
                    + #""stats":{"streams":2,"chunks":3,"bytes":40000,"entries":1000}}],"statistics":{"summary":"#))
    }

    @Test("volume is a vector, over a range a matrix")
    func volume() async throws {
        let queries = RecordingLogQueries {
            $0.volume = LogMetricsResult(series: [
                .init(labels: [Label("service_name", "shop")], samples: [.init(time: 1_767_225_600_000, value: 40_000)])
            ])
        }
        let form = [("query", "{service_name=~\".+\"}"), ("limit", "5000")]
        let vector = await LokiSamples.ask(queries, .volume, form)
        #expect(
            LokiSamples.withoutStatistics(vector.text)
                == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"service_name":"shop"},"#
                + #""value":[1767225600,"40000"]}]}}"#)
        let matrix = await LokiSamples.ask(
            queries, .volumeRange,
            [
                ("query", "{}"), ("limit", "0"), ("step", "1m"), ("targetLabels", "a,b"), ("aggregateBy", "labels"),
            ])
        #expect(
            LokiSamples.withoutStatistics(matrix.text)
                == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"service_name":"shop"},"#
                + #""values":[[1767225600,"40000"]]}]}}"#)
        let requests = queries.record.volumes
        #expect(requests[0].limit == 5000)
        #expect(requests[0].step == nil)
        #expect(!requests[0].aggregatesByLabels)
        #expect(requests[1].matchers.isEmpty)
        #expect(requests[1].limit == 100)
        #expect(requests[1].step == 60_000_000_000)
        #expect(requests[1].targetLabels == ["a", "b"])
        #expect(requests[1].aggregatesByLabels)
        let bad = await LokiSamples.ask(queries, .volume, form + [("aggregateBy", "x")])
        #expect(bad == (400, "invalid aggregation option"))
    }

    @Test("detected fields: those of metadata have no parsers")
    func detected() async throws {
        let queries = RecordingLogQueries {
            $0.fields = [
                DetectedField(label: "trace_id", type: "string", cardinality: 5, parsers: []),
                DetectedField(
                    label: "http_status", type: "int", cardinality: 2, parsers: ["json"], jsonPath: ["http", "status"]),
            ]
            $0.names = ["200", "500"]
            $0.labels = [("service_name", 2)]
        }
        let form = [("query", "{a=\"b\"} | json"), ("line_limit", "500")]
        let fields = await LokiSamples.ask(queries, .detectedFields, form)
        #expect(
            fields
                == (
                    200,
                    #"{"fields":[{"label":"trace_id","type":"string","cardinality":5,"parsers":null},"#
                        + #"{"label":"http_status","type":"int","cardinality":2,"parsers":["json"],"#
                        + #""jsonPath":["http","status"]}],"limit":1000}"#
                ))
        for endpoint in [LokiEndpoint.detectedFieldValues, .detectedFieldsValues] {
            let values = await LokiSamples.ask(queries, endpoint, form + [("limit", "10")], name: "http_status")
            #expect(values == (200, #"{"values":["200","500"],"limit":10}"#))
        }
        let requests = queries.record.detects
        #expect(requests[0].request.lineLimit == 500)
        #expect(requests[0].request.selection == (try LokiSamples.selection("{a=\"b\"} | json")))
        #expect(requests[1].name == "http_status")
        #expect(requests[1].request.limit == 10)
        let labels = await LokiSamples.ask(queries, .detectedLabels)
        #expect(labels == (200, #"{"detectedLabels":[{"label":"service_name","cardinality":2}]}"#))
        let metric = await LokiSamples.ask(queries, .detectedFields, [("query", "rate({a=\"b\"}[1m])")])
        #expect(metric == (400, "only log selector is supported"))
    }

    @Test("patterns have samples as pairs of numbers")
    func patterns() async {
        let queries = RecordingLogQueries {
            $0.patterns = LogPatternsResult(
                patterns: [
                    .init(
                        pattern: "took <_> ms", level: "info", count: 7,
                        samples: [(1_767_225_600, 3), (1_767_225_660, 4)])
                ], lines: 7, linesTotal: 7)
        }
        let answer = await LokiSamples.ask(queries, .patterns, [("query", "{a=\"b\"}"), ("step", "60s")])
        #expect(
            answer
                == (
                    200,
                    #"{"status":"success","data":[{"pattern":"took <_> ms","level":"info","#
                        + #""samples":[[1767225600,3],[1767225660,4]]}]}"#
                ))
        #expect(queries.record.patterns.first?.step == 60_000_000_000)
    }

    @Test("a query is laid out, and a mistake in it said as JSON")
    func format() async {
        let good = await LokiSamples.ask(RecordingLogQueries(), .formatQuery, [("query", "{a=\"b\"}|=\"x\"")])
        #expect(good == (200, #"{"status":"success","data":"{a=\"b\"} |= \"x\""}"#))
        let bad = await LokiSamples.ask(RecordingLogQueries(), .formatQuery, [("query", "")])
        #expect(
            bad == (400, #"{"status":"invalid-query","error":"parse error : syntax error: unexpected $end"}"#))
    }

    @Test("the version is one of Loki")
    func version() async {
        let answer = await LokiSamples.ask(RecordingLogQueries(), .buildInformation)
        #expect(
            answer
                == (
                    200,
                    #"{"version":"3.5.8","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""}"#
                ))
        let limits = await LokiSamples.ask(RecordingLogQueries(), .drilldownLimits)
        #expect(limits.text.hasPrefix(#"{"limits":{"discover_log_levels":true,"#))
        #expect(limits.text.hasSuffix(#"},"pattern_ingester_enabled":true,"version":"3.5.8"}"#))
    }

    @Test("what there is not is said")
    func unsupported() async {
        for endpoint in LokiEndpoint.allCases {
            let answer = await LokiSamples.ask(RecordingLogQueries(), endpoint)
            switch endpoint {
            case .delete, .configuration, .services, .ring, .logLevel, .flush:
                #expect(answer == (501, "\(endpoint.path) is not supported"))
            case .rules, .prometheusRules, .prometheusAlerts, .oldRules, .oldQuery, .oldLabels, .oldLabelValues,
                .oldSeries, .oldTail:
                #expect(answer.status == 404)
            default: #expect(answer.status == 200 || answer.status == 400, "\(endpoint)")
            }
        }
    }
}
