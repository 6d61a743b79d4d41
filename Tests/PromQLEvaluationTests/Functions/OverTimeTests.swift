import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct OverTimeTests {
    private let engine = PromQLEngine(
        source: FixedSeries(minutes: [
            (["__name__": "m"], [9, 2, .nan, 5, 1]), (["__name__": "s"], [1, StaleMarker.value, 3]),
        ]))

    @Test(
        arguments: [
            ("min_over_time(m[4m])", 1), ("max_over_time(m[4m])", 5), ("count_over_time(m[4m])", 4),
            ("last_over_time(m[4m])", 1), ("present_over_time(m[4m])", 1), ("sum_over_time(m[2m])", 6),
            ("avg_over_time(m[2m])", 3), ("stdvar_over_time(m[2m])", 4), ("stddev_over_time(m[2m])", 2),
            ("quantile_over_time(0.25, m[2m])", 2), ("mad_over_time(m[2m])", 2), ("changes(m[5m])", 4),
            ("resets(m[5m])", 2), ("ts_of_min_over_time(m[5m])", 240), ("ts_of_max_over_time(m[2m])", 180),
            ("ts_of_last_over_time(m[5m])", 240), ("deriv(m[2m])", -4 / 60.0), ("predict_linear(m[2m], 60)", -3),
            ("double_exponential_smoothing(m[2m], 0.5, 0.5)", 1),
        ] as [(String, Double)])
    func floats(query: String, value: Double) async throws {
        let result = try await engine.number(query, at: 240_000)
        #expect(abs((result ?? .infinity) - value) < 1e-12)
    }

    @Test func staleMarkersAreNoSamples() async throws {
        let count = try await engine.number("count_over_time(s[5m])", at: 120_000)
        #expect(count == 2)
        let gone = try await engine.number("s", at: 60_000)
        #expect(gone == nil)
    }

    @Test func factorsOfSmoothingAreBetweenZeroAndOne() async {
        let failure = await engine.failure("double_exponential_smoothing(m[5m], 1, 0.5)", at: 240_000)
        #expect(failure == "invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000")
        let trend = await engine.failure("double_exponential_smoothing(m[5m], 0.5, -2)", at: 240_000)
        #expect(trend == "invalid trend factor. Expected: 0 < tf < 1, got: -2.000000")
    }

    @Test func histogramsBesideFloatsAreToldOf() async throws {
        let box = HistogramBox(NativeHistogram(count: 1, sum: 1))
        let source = FixedSeries([
            FixedSeries.Series(
                labels: ["__name__": "mix"], times: [0, 1000, 2000], values: [1, 2, 0], histograms: [nil, nil, box])
        ])
        let engine = PromQLEngine(source: source)
        let ignored = try await engine.instant("max_over_time(mix[1m])", at: 2000)
        #expect(
            ignored.infos == [
                "PromQL info: ignored histograms in a range containing both floats and histograms for metric name "
                    + "\"mix\" (1:15)"
            ])
        let mixed = try await engine.instant("sum_over_time(mix[1m])", at: 2000)
        guard case .vector(let samples) = mixed.value else { throw Unexpected("no vector") }
        #expect(samples.isEmpty)
        #expect(
            mixed.warnings == [
                "PromQL warning: encountered a mix of histograms and floats for metric name \"mix\" (1:15)"
            ])
    }
}
