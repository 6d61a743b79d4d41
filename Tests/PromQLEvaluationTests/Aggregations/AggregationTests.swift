import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct AggregationTests {
    private let engine = PromQLEngine(
        source: FixedSeries(minutes: [
            (["__name__": "m", "g": "a", "i": "1"], [1]), (["__name__": "m", "g": "a", "i": "2"], [3]),
            (["__name__": "m", "g": "b", "i": "1"], [5]), (["__name__": "m", "g": "b", "i": "2"], [.nan]),
            (["__name__": "m", "i": "3"], [7]),
        ]))

    @Test func groupsAreMadeByLabelsOrWithoutThem() async throws {
        let by = try await engine.vector("count by (g) (m)", at: 0)
        #expect(by == [["g": "a"]: 2, ["g": "b"]: 2, [:]: 1])
        let without = try await engine.vector("count without (i) (m)", at: 0)
        #expect(without == by)
        let named = try await engine.vector("count by (__name__) (m)", at: 0)
        #expect(named == [["__name__": "m"]: 5])
    }

    @Test func extremesIgnoreNaNBesideNumbers() async throws {
        let least = try await engine.vector("min by (g) (m)", at: 0)
        #expect(least == [["g": "a"]: 1, ["g": "b"]: 5, [:]: 7])
        let greatest = try await engine.vector("max(m)", at: 0)
        #expect(greatest == [[:]: 7])
    }

    @Test func theLargestComeFirstAndNaNLast() async throws {
        guard case .vector(let top) = try await engine.instant("topk(9, m)", at: 0).value else { return }
        #expect(top.map(\.labels["i"]) == ["3", "1", "2", "1", "2"])
        guard case .vector(let bottom) = try await engine.instant("bottomk(2, m)", at: 0).value else { return }
        #expect(bottom.map(\.value) == [1, 3])
    }

    @Test func noneAreKeptOfKBelowOne() async throws {
        for query in ["topk(0, m)", "bottomk(-3, m)", "limitk(0.5, m)", "limit_ratio(0, m)"] {
            let result = try await engine.vector(query, at: 0)
            #expect(result.isEmpty, "\(query)")
        }
    }

    @Test func impossibleParametersAreErrors() async {
        let cases = [
            "topk(NaN, m)": "Parameter value is NaN", "limitk(1e30, m)": "Scalar value 1e+30 overflows int64",
            "limit_ratio(NaN, m)": "Ratio value is NaN",
        ]
        for (query, text) in cases {
            let failure = await engine.failure(query, at: 0)
            #expect(failure == text)
        }
    }

    @Test func aRatioAndItsComplementShareAllSeries() async throws {
        let chosen = try await engine.vector("limit_ratio(0.4, m)", at: 0)
        let others = try await engine.vector("limit_ratio(-0.6, m)", at: 0)
        #expect(chosen.count + others.count == 5)
        #expect(Set(chosen.keys).isDisjoint(with: others.keys))
    }

    @Test func valuesAreCountedByTheirText() async throws {
        let engine = PromQLEngine(
            source: FixedSeries(minutes: [
                (["__name__": "v", "i": "1"], [1e21]), (["__name__": "v", "i": "2"], [1e21]),
                (["__name__": "v", "i": "3"], [0.5]),
            ]))
        let counts = try await engine.vector("count_values(\"value\", v)", at: 0)
        #expect(counts == [["value": "1000000000000000000000"]: 2, ["value": "0.5"]: 1])
    }

    @Test func deviationsAreOfThePopulation() async throws {
        let variance = try await engine.vector("stdvar by (g) (m{g=\"a\"})", at: 0)
        #expect(variance == [["g": "a"]: 1])
        let deviation = try await engine.number("stddev(m{g=\"a\"})", at: 0)
        #expect(deviation == 1)
    }
}
