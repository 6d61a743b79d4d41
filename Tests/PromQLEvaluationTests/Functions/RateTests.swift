import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct RateTests {
    private func engine(_ values: [Double?]) -> PromQLEngine {
        PromQLEngine(source: FixedSeries(minutes: [(Labels([Label("__name__", "c_total")]), values)]))
    }

    @Test func whatIsLostInResetsIsAdded() async throws {
        // 0 → 4 (+4), reset, 3 (+3), 6 (+3), reset, 1 (+1): eleven in five minutes that are covered.
        let increase = try await engine([0, 4, 3, 6, 1, 1]).number("increase(c_total[5m])", at: 300_000)
        // The window begins after the sample at 0: 4 → 3 → 6 → 1 → 1 is 3 + 3 + 1 + 0 over four minutes of five.
        #expect(increase == 7.0 * 5 / 4)
    }

    @Test func aCounterIsNotExtrapolatedBelowZero() async throws {
        // From 1 it was zero six seconds before the first sample, 60 s after the window began.
        let increase = try await engine([nil, 1, 11, 21]).number("increase(c_total[3m])", at: 180_000)
        #expect(increase == 20 * (120 + 6) / 120.0)
        let gauge = try await engine([nil, 1, 11, 21]).number("delta(c_total[3m])", at: 180_000)
        #expect(gauge == 30)
    }

    @Test func extrapolationEndsHalfADistanceBeyondFarSamples() async throws {
        let increase = try await engine([nil, nil, nil, 100, 110, 120]).number("increase(c_total[10m])", at: 600_000)
        #expect(increase == 20 * (120 + 30 + 30) / 120.0)
    }

    @Test func oneSampleIsNoRate() async throws {
        let rate = try await engine([5]).number("rate(c_total[5m])", at: 60_000)
        #expect(rate == nil)
        let instant = try await engine([5]).number("irate(c_total[5m])", at: 60_000)
        #expect(instant == nil)
    }

    @Test func irateOfAResetIsTheNewValue() async throws {
        let rate = try await engine([1, 50, 6]).number("irate(c_total[5m])", at: 120_000)
        #expect(rate == 0.1)
        let difference = try await engine([1, 50, 6]).number("idelta(c_total[5m])", at: 120_000)
        #expect(difference == -44)
    }

    @Test func onlyNamesOfCountersAreTakenForCounters() async throws {
        let source = FixedSeries(minutes: [
            (["__name__": "gauge", "i": "1"], [1, 2]), (["__name__": "c_sum"], [1, 2]),
        ])
        let result = try await PromQLEngine(source: source).instant("rate({__name__=~\".+\"}[5m])", at: 60_000)
        #expect(result.infos.count == 1)
        #expect(result.infos.first?.contains("\"gauge\" (1:6)") == true)
    }
}
