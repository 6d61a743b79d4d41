import PromQLEvaluation
import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

@Suite struct PrometheusAPITests {
    private static let success = #"{"status":"success","data":"#

    private func error(_ kind: String, _ message: String) -> String {
        "{\"status\":\"error\",\"errorType\":\"\(kind)\",\"error\":\(message)}"
    }

    @Test func `parameters of a query reach the evaluation`() async {
        let queries = CannedQueries(answers: [
            "q": { asked in
                QueryResult(
                    value: .string(
                        time: 0, value: "\(asked.start) \(asked.end) \(asked.step) \(asked.options)"))
            }
        ])
        let api = PrometheusAPI.test(ListCatalog(), queries)
        func value(_ parameters: [(String, String)]) async -> String {
            let answer = await api.ask(.query, [("query", "q")] + parameters)
            return answer.text
        }
        let plain = await value([])
        #expect(plain.contains("\"1700000000000 1700000000000 0 [300000, 120]\""))
        let adjusted = await value([("time", "4"), ("timeout", "5s"), ("lookback_delta", "1m")])
        #expect(adjusted.contains("\"4000 4000 0 [60000, 5]\""))
        // A longer timeout than the server's own is no longer timeout.
        let long = await value([("timeout", "1h")])
        #expect(long.contains("120]"))
    }

    @Test func `figures of a query are told when they are asked for`() async {
        let api = PrometheusAPI.test()
        let without = await api.ask(.query, [("query", "1")])
        #expect(!without.text.contains("stats"))
        let with = await api.ask(.query, [("query", "1"), ("stats", "all")])
        #expect(with.text.contains(#""stats":{"timings":{"evalTotalTime":"#))
        #expect(with.text.contains(#""samples":{"totalQueryableSamples":0,"peakSamples":0}}}}"#))
    }

    @Test(
        "kinds of failures have their status",
        arguments: [
            (QueryError(.invalid, "m"), 400, "bad_data", #""invalid parameter \"query\": m""#),
            (QueryError(.execution, "m"), 422, "execution", "\"m\""),
            (QueryError(.timeout, "m"), 503, "timeout", "\"m\""),
            (QueryError(.cancelled, "m"), 499, "canceled", "\"m\""),
            (QueryError(.storage, "m"), 500, "internal", "\"m\""),
        ] as [(QueryError, Int, String, String)])
    func failures(failure: QueryError, status: Int, kind: String, message: String) async {
        let queries = CannedQueries(answers: ["q": { (_) throws(QueryError) in throw failure }])
        let answer = await PrometheusAPI.test(ListCatalog(), queries).ask(.query, [("query", "q")])
        #expect(answer.status == status)
        #expect(answer.text == error(kind, message))
    }

    @Test func `a query that takes longer than its timeout ends with it`() async {
        let queries = CannedQueries(answers: [
            "q": { (_) throws(QueryError) in
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    throw QueryError(.cancelled, "cancelled")
                }
                return QueryResult(value: .vector([]))
            }
        ])
        let answer = await PrometheusAPI.test(ListCatalog(), queries).ask(
            .query, [("query", "q"), ("timeout", "1ms")])
        #expect(answer.status == 503)
        #expect(answer.text == error("timeout", #""query timed out in expression evaluation""#))
        let none = await PrometheusAPI.test().ask(.query, [("query", "1"), ("timeout", "0")])
        #expect(none.status == 503)
    }

    @Test(
        "a range has at most 11,000 steps",
        arguments: [
            ("0", "11000", "1", 200), ("0", "11001", "1", 400), ("-1e300", "1e300", "1", 400),
            ("0", "1", "0.0001", 400), ("0", "0", "1", 200),
        ])
    func points(start: String, end: String, step: String, status: Int) async {
        let answer = await PrometheusAPI.test().ask(
            .queryRange, [("query", "vector(1)"), ("start", start), ("end", end), ("step", step)])
        #expect(answer.status == status)
    }

    @Test func `lists of names tell when they are cut`() async {
        let api = PrometheusAPI.test(ListCatalog(list: [["__name__": "a", "x": "1"], ["__name__": "b", "x": "2"]]))
        let all = await api.ask(.labels)
        #expect(all.text == Self.success + #"["__name__","x"]}"#)
        let values = await api.ask(.labelValues, [("limit", "1")], name: "x")
        #expect(values.text == Self.success + #"["1"],"warnings":["results truncated due to limit"]}"#)
        let none = await api.ask(.labelValues, [("limit", "0")], name: "nothing")
        #expect(none.text == Self.success + "[]}")
        let series = await api.ask(.series, [("match[]", "a"), ("match[]", "{x=~\"1|2\"}"), ("limit", "1")])
        #expect(
            series.text == Self.success
                + #"[{"__name__":"a","x":"1"}],"warnings":["results truncated due to limit"]}"#)
    }

    @Test func `a label's name in the path may be escaped in both ways`() async {
        let api = PrometheusAPI.test(ListCatalog(list: [["http.status": "200"]]))
        for name in ["U__http_2e_status", "http.status", "http%2Estatus"] {
            let answer = await api.ask(.labelValues, name: name)
            #expect(answer.text == Self.success + #"["200"]}"#)
        }
    }

    @Test func `selectors that select everything are refused`() async {
        let api = PrometheusAPI.test()
        let series = await api.ask(.series, [("match[]", "{a=~\".*\"}")])
        #expect(
            series.text
                == error(
                    "bad_data",
                    #""invalid parameter \"match[]\": match[] must contain at least one non-empty matcher""#))
        let labels = await api.ask(.labels, [("match[]", "{}")])
        #expect(labels.text == error("bad_data", #""match[] must contain at least one non-empty matcher""#))
        let broken = await api.ask(.labels, [("match[]", "{")])
        #expect(broken.status == 400 && broken.text.contains("parse error"))
        let all = await api.ask(.series, [("match[]", "{__name__!=\"\"}")])
        #expect(all.status == 200)
    }

    @Test func `metadata is limited by metrics and by descriptions`() async {
        let catalog = ListCatalog(known: [
            "a": [
                MetricMetadata(type: .counter, help: "h", unit: "s"), MetricMetadata(type: .gauge, help: "", unit: ""),
            ], "b": [MetricMetadata()],
        ])
        let api = PrometheusAPI.test(catalog)
        let first = await api.ask(.metadata, [("limit", "1"), ("limit_per_metric", "1")])
        #expect(first.text == Self.success + #"{"a":[{"type":"counter","unit":"s","help":"h"}]}}"#)
        let one = await api.ask(.metadata, [("metric", "b")])
        #expect(one.text == Self.success + #"{"b":[{"type":"unknown","unit":"","help":""}]}}"#)
        let broken = await api.ask(.metadata, [("limit_per_metric", "x")])
        #expect(broken.text == error("bad_data", #""limit_per_metric must be a number""#))
    }

    @Test func `exemplars are listed by series, and times far away do no harm`() async {
        let catalog = ListCatalog(exemplarList: [
            (
                ["__name__": "test"],
                [Exemplar(labels: ["trace_id": "0a"], value: 0.25, time: 1_600_000_000_123)]
            )
        ])
        let api = PrometheusAPI.test(catalog)
        let answer = await api.ask(
            .queryExemplars, [("query", "rate(test[5m])"), ("start", "1764000000000"), ("end", "1764001800000")])
        #expect(
            answer.text == Self.success
                + #"[{"seriesLabels":{"__name__":"test"},"exemplars":["#
                + #"{"labels":{"trace_id":"0a"},"value":"0.25","timestamp":1600000000.123}]}]}"#)
        let none = await api.ask(.queryExemplars, [("query", "1")])
        #expect(none.status == 204 && none.text.isEmpty)
        let turned = await api.ask(.queryExemplars, [("query", "a"), ("start", "2"), ("end", "1")])
        #expect(turned.text == error("bad_data", #""end timestamp must not be before start timestamp""#))
    }

    @Test func `queries are printed and shown as trees`() async {
        let api = PrometheusAPI.test()
        let printed = await api.ask(.formatQuery, [("query", "sum by(a)(foo)/bar")])
        #expect(printed.text == Self.success + #""sum by (a) (foo) / bar"}"#)
        let tree = await api.ask(
            .parseQuery, [("query", "sum by(a)(rate(foo{b!=\"c\"}[5m] offset 1m)) > bool -(1 @ 5)")])
        #expect(tree.status == 400)
        let right = await api.ask(.parseQuery, [("query", "sum by(a)(rate(foo{b!=\"c\"}[5m] offset 1m)) > bool 2")])
        #expect(
            right.text == Self.success
                + #"{"bool":true,"lhs":{"expr":{"args":[{"matchers":[{"name":"b","type":"!=","value":"c"},"#
                + #"{"name":"__name__","type":"=","value":"foo"}],"name":"foo","offset":60000,"range":300000,"#
                + #""startOrEnd":null,"timestamp":null,"type":"matrixSelector"}],"func":{"argTypes":["matrix"],"#
                + #""name":"rate","returnType":"vector","variadic":0},"type":"call"},"grouping":["a"],"op":"sum","#
                + #""param":null,"type":"aggregation","without":false},"matching":null,"op":">","#
                + #""rhs":{"type":"numberLiteral","val":"2"},"type":"binaryExpr"}}"#)
    }

    @Test func `what is not there says so as Prometheus does`() async {
        let api = PrometheusAPI.test()
        let admin = await api.ask(.deleteSeries, method: .post)
        #expect(admin.status == 503 && admin.text == error("unavailable", #""admin APIs disabled""#))
        let delete = await api.ask(.series, method: .delete)
        #expect(delete.status == 500 && delete.text == error("internal", #""not implemented""#))
        let reload = await api.ask(.reload, method: .post)
        #expect(reload.status == 403 && reload.text == "Lifecycle API is not enabled.")
        let get = await api.ask(.quit, method: .get)
        #expect(get.status == 405)
    }

    @Test func `reloading tells its failure`() async {
        let api = PrometheusAPI.test { dependencies in
            dependencies.reload = { throw PrometheusFailure(.badData, "line 3") }
        }
        let answer = await api.ask(.reload, method: .put)
        #expect(answer.status == 500)
        #expect(answer.text.hasPrefix("failed to reload config: "))
    }

    @Test func `before the server is ready nothing but its health is answered`() async {
        let api = PrometheusAPI.test { $0.isReady = { false } }
        for endpoint in [PrometheusEndpoint.query, .ready] {
            let answer = await api.ask(endpoint, [("query", "1")])
            #expect(answer.status == 503 && answer.text == "Service Unavailable\n")
        }
        let healthy = await api.ask(.healthy)
        #expect(healthy.status == 200)
    }

    @Test func `build information has a version and no features`() async {
        let answer = await PrometheusAPI.test().ask(.buildInformation)
        #expect(answer.text.hasPrefix(Self.success + #"{"version":"3.5.0","#))
        #expect(!answer.text.contains("features"))
    }

    @Test func `statistics of the store are cut to the limit`() async {
        let figures = CatalogStatistics(
            seriesCount: 3, labelPairCount: 4, oldest: 1, newest: 2, seriesByMetricName: [("a", 2), ("b", 1)])
        let api = PrometheusAPI.test(ListCatalog(figures: figures))
        let answer = await api.ask(.storage, [("limit", "1")])
        #expect(
            answer.text == Self.success
                + #"{"headStats":{"numSeries":3,"numLabelPairs":4,"chunkCount":0,"minTime":1,"maxTime":2},"#
                + #""seriesCountByMetricName":[{"name":"a","value":2}],"labelValueCountByLabelName":[],"#
                + #""memoryInBytesByLabelName":[],"seriesCountByLabelValuePair":[]}}"#)
        let broken = await api.ask(.storage, [("limit", "0")])
        #expect(broken.text == error("bad_data", #""limit must be a positive number""#))
    }
}
