import Foundation
import QueryEngines
import Synchronization
import TelemetryModel
import Testing
import TraceQL

@testable import QueryAPI

@Suite struct JaegerMetricsTests {
    private static func function(_ request: TraceMetricsRequest) -> MetricsFunction? {
        guard case .metrics(.pipeline(_, let function)) = request.query.body else { return nil }
        return function
    }

    private static func series(
        _ service: String, _ samples: [(Int64, Double)], more: [(String, Value)] = []
    ) -> TraceMetricsResult.Series {
        TraceMetricsResult.Series(
            labels: [("resource.service.name", .string(service))] + more.map { ($0.0, $0.1) },
            samples: samples.map { ($0.0 * 1_000_000_000, $0.1) })
    }

    private func values(_ text: String) throws -> [[Double?]] {
        let metrics = try JaegerSamples.json(text)["metrics"] as? [[String: Any]] ?? []
        return metrics.map { metric in
            (metric["metricPoints"] as? [[String: Any]] ?? []).map { point in
                ((point["gaugeValue"] as? [String: Any])?["doubleValue"] as? NSNumber)?.doubleValue
            }
        }
    }

    /// Points at 10, 20 and 30 s, each over the 20 s before it.
    private static let times = [
        ("service", "a"), ("endTs", "30000"), ("lookback", "20000"), ("step", "10000"), ("ratePer", "20000"),
    ]

    @Test func callsAreSpansPerSecondOfTheWindow() async throws {
        let asked = Mutex<TraceMetricsRequest?>(nil)
        let queries = MemoryTraceQueries { request in
            asked.withLock { $0 = request }
            return [Self.series("a", [(-10, 99), (0, 4), (10, 0), (20, 20), (30, 2)])]
        }
        let (status, text) = try await JaegerSamples.ask(queries, "/api/metrics/calls", Self.times)
        #expect(status == 200)
        #expect(
            text == #"{"name":"service_call_rate","type":"GAUGE","help":"calls/sec, grouped by service","metrics":["#
                + #"{"labels":[{"name":"service_name","value":"a"}],"metricPoints":["#
                + #"{"gaugeValue":{"doubleValue":0.2},"timestamp":"1970-01-01T00:00:10Z"},"#
                + #"{"gaugeValue":{"doubleValue":1},"timestamp":"1970-01-01T00:00:20Z"},"#
                + #"{"gaugeValue":{"doubleValue":1.1},"timestamp":"1970-01-01T00:00:30Z"}]}]}"#)
        let request = asked.withLock { $0 }
        #expect(request?.start == -10_000_000_000)
        #expect(request?.end == 30_000_000_000)
        #expect(request?.step == 10_000_000_000)
    }

    @Test func operationsAreASecondLabel() async throws {
        let queries = MemoryTraceQueries { request in
            #expect(Self.function(request)?.groups.count == 2)
            return [
                Self.series("a", [(10, 20)], more: [("name", .string("get"))]),
                Self.series("a", [(10, 40)], more: [("name", .string("delete"))]),
            ]
        }
        let (_, text) = try await JaegerSamples.ask(
            queries, "/api/metrics/calls", Self.times + [("groupByOperation", "true")])
        #expect(text.hasPrefix(#"{"name":"service_operation_call_rate","#))
        #expect(text.contains(#""labels":[{"name":"operation","value":"delete"},{"name":"service_name","value":"a"}]"#))
        #expect(try values(text) == [[2, 2, 0], [1, 1, 0]])
    }

    @Test func errorsAreAFractionOfTheCalls() async throws {
        let queries = MemoryTraceQueries { request in
            let isOfErrors = "\(request.query)".contains("status")
            return [Self.series("a", isOfErrors ? [(20, 1)] : [(20, 4)])]
        }
        let (_, text) = try await JaegerSamples.ask(queries, "/api/metrics/errors", Self.times)
        // Where there are no calls there is no fraction: NaN, which is no JSON number.
        #expect(try values(text) == [[nil, 0.25, 0.25]])
        #expect(text.contains(#"{"doubleValue":"NaN"}"#))
    }

    @Test func latenciesOverSeveralStepsAreMadeOfHistograms() async throws {
        let second = 1.073741824
        let queries = MemoryTraceQueries { request in
            guard case .histogramOverTime? = Self.function(request)?.kind else { return [] }
            return [
                Self.series("a", [(10, 1), (20, 1)], more: [("__bucket", .double(second))]),
                Self.series("a", [(20, 2)], more: [("__bucket", .double(second * 2))]),
            ]
        }
        let (_, text) = try await JaegerSamples.ask(
            queries, "/api/metrics/latencies", Self.times + [("quantile", "0.5")])
        #expect(text.contains(#""help":"0.5th quantile latency, grouped by service""#))
        let points = try #require(try values(text).first)
        let half = second / 2 * 2.0.squareRoot() * 1000
        #expect(abs((points[0] ?? 0) - half) < 1e-6)
        #expect(abs((points[1] ?? 0) - second * 1000) < 1e-6)
        #expect(abs((points[2] ?? 0) - second * 1000 * pow(2, 0.25)) < 1e-6)
    }

    @Test func latenciesOfOneStepAreExact() async throws {
        let queries = MemoryTraceQueries { request in
            guard case .quantileOverTime(_, [0.95])? = Self.function(request)?.kind else { return [] }
            return [Self.series("a", [(20, 0.25)], more: [("p", .double(0.95))])]
        }
        let times = [("service", "a"), ("endTs", "30000"), ("lookback", "20000"), ("step", "10000"), ("ratePer", "1")]
        let (_, text) = try await JaegerSamples.ask(queries, "/api/metrics/latencies", times + [("quantile", "0.95")])
        #expect(try values(text) == [[nil, 250, nil]])
    }

    @Test func aLastPointPastTheEndIsAtTheEnd() async throws {
        let queries = MemoryTraceQueries { _ in [Self.series("a", [(40, 20)])] }
        let times = [
            ("service", "a"), ("endTs", "30500"), ("lookback", "10000"), ("step", "10000"), ("ratePer", "10000"),
        ]
        let (_, text) = try await JaegerSamples.ask(queries, "/api/metrics/calls", times)
        #expect(text.hasSuffix(#"{"gaugeValue":{"doubleValue":2},"timestamp":"1970-01-01T00:00:30.500Z"}]}]}"#))
    }

    @Test func theStepMayBeAMillisecond() async throws {
        let (_, text) = try await JaegerSamples.ask(MemoryTraceQueries(), "/api/metrics/minstep")
        #expect(text == #"{"data":1,"total":0,"limit":0,"offset":0,"errors":null}"#)
    }

    @Test func extremeTimesDoNotOverflow() async throws {
        for end in ["-9223372036854775808", "-1", "0", "2305843009213"] {
            for lookback in ["1", "1152921504606"] {
                let parameters = [
                    ("service", "a"), ("endTs", end), ("lookback", lookback), ("step", "1000000000"), ("ratePer", "1"),
                ]
                let answer = try await JaegerSamples.ask(MemoryTraceQueries(), "/api/metrics/calls", parameters)
                #expect([200, 400].contains(answer.status))
            }
        }
    }
}
