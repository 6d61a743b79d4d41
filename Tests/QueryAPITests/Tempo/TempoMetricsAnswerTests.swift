import QueryEngines
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

@Suite("answers of metrics queries")
struct TempoMetricsAnswerTests {
    private static let queries = TempoFakeQueries {
        $0.series = TraceMetricsResult(
            series: [
                .init(
                    labels: [("resource.service.name", .string("a")), ("p", .double(0.9))],
                    samples: [(1_700_000_000_000_000_000, 0), (1_700_000_060_000_000_000, 2.5)],
                    exemplars: [
                        .init(
                            traceID: TempoSamples.id, spanID: SpanID(value: 7), time: 1_700_000_000_999_000_000,
                            value: 0.25)
                    ]),
                .init(
                    labels: [("span.x", .none), ("span.n", .int(3))],
                    samples: [(0, .nan), (1_000_000, .infinity), (2_000_000, -.infinity)]),
                .init(labels: [], samples: []),
            ], inspectedSpans: 9)
    }
    private static let metrics = #""metrics":{"completedJobs":1,"totalJobs":1,"inspectedSpans":"9"}"#

    @Test("series are written in the forms of the protocol buffers' JSON")
    func range() async {
        let answer = await TempoSamples.answer(Self.queries, .metricsRange, [("q", "{} | rate()")])
        let wanted =
            #"{"series":[{"labels":[{"key":"resource.service.name","value":{"stringValue":"a"}},"#
            + #"{"key":"p","value":{"doubleValue":0.9}}],"#
            + #""samples":[{"timestampMs":"1700000000000","value":0},{"timestampMs":"1700000060000","value":2.5}],"#
            + #""exemplars":[{"labels":[{"key":"trace:id","value":{"stringValue":"000000000000000000abcdef01234567"}},"#
            + #"{"key":"span:id","value":{"stringValue":"0000000000000007"}}],"value":0.25,"#
            + #""timestampMs":"1700000000999"}]},"#
            + #"{"labels":[{"key":"span.x","value":{"stringValue":"nil"}},{"key":"span.n","value":{"intValue":"3"}}],"#
            + #""samples":[{"timestampMs":"0","value":"NaN"},{"timestampMs":"1","value":"Infinity"},"#
            + #"{"timestampMs":"2","value":"-Infinity"}]},{"labels":[],"samples":[]}],\#(Self.metrics)}"#
        #expect(answer.status == 200)
        #expect(answer.text == wanted)
    }

    @Test("an instant has a value for each series, and no key besides those that Grafana knows")
    func instant() async {
        let answer = await TempoSamples.answer(Self.queries, .metricsInstant, [("q", "{} | rate()")])
        let wanted =
            #"{"series":[{"labels":[{"key":"resource.service.name","value":{"stringValue":"a"}},"#
            + #"{"key":"p","value":{"doubleValue":0.9}}],"value":0},"#
            + #"{"labels":[{"key":"span.x","value":{"stringValue":"nil"}},{"key":"span.n","value":{"intValue":"3"}}],"#
            + #""value":"NaN"}],\#(Self.metrics)}"#
        #expect(answer.text == wanted)
        let known: Set<String> = [
            "series", "metrics", "status", "message", "labels", "value", "key", "stringValue", "intValue",
            "doubleValue",
            "boolValue", "completedJobs", "totalJobs", "inspectedSpans",
        ]
        #expect(JSONKeys.all(answer.text).subtracting(known).isEmpty)
    }

    @Test("what Grafana and Traces Drilldown send is understood")
    func grafana() async {
        let queries = TempoFakeQueries()
        for query in [
            #"{nestedSetParent<0} | rate() by(resource.service.name)"#, "{true} | quantile_over_time(duration, 0.9)",
            "{status=error} | histogram_over_time(duration) with(sample=true)", "{} | count_over_time()",
            "{} | min_over_time(duration)", "{} | sum_over_time(span.a)",
        ] {
            let parameters = [("q", query), ("start", "1767200000"), ("end", "1767225600")]
            let range = await TempoSamples.answer(
                queries, .metricsRange, parameters + [("step", "30s"), ("exemplars", "100")])
            #expect(range.status == 200, "\(query): \(range.text)")
            let instant = await TempoSamples.answer(queries, .metricsInstant, parameters)
            #expect(instant.status == 200, "\(query): \(instant.text)")
        }
        let asked = queries.asked.metrics
        #expect(asked.count == 12)
        #expect(asked.first?.step == 30_000_000_000)
        #expect(asked.last?.step == nil)
    }
}
