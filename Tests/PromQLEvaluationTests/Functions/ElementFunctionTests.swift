import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct ElementFunctionTests {
    private let engine = PromQLEngine(source: FixedSeries(minutes: [(["__name__": "m", "i": "1"], [-2.5])]))

    @Test(
        arguments: [
            ("abs(m)", 2.5), ("ceil(m)", -2), ("floor(m)", -3), ("round(m)", -2), ("round(m, 0.4)", -2.4),
            ("sgn(m)", -1),
            ("clamp(m, -1, 1)", -1), ("clamp_min(m, 0)", 0), ("clamp_max(m, -3)", -3), ("-m", 2.5), ("m % 2", -0.5),
            ("m ^ 2", 6.25), ("exp(m * 0)", 1), ("ln(m * -0.4)", 0), ("log2(m * -3.2)", 3), ("log10(m * -40)", 2),
            ("sqrt(m + 6.5)", 2), ("deg(rad(m))", -2.5), ("vector(scalar(m))", -2.5), ("cos(m * 0)", 1),
            ("m atan2 m", -2.356194490192345), ("timestamp(m)", 0), ("time() - 60", 0), ("pi() - pi()", 0),
            ("10 - m", 12.5), ("m < bool 0", 1), ("0 < bool m", 0),
        ] as [(String, Double)])
    func values(query: String, value: Double) async throws {
        let result = try await engine.number(query, at: 60_000)
        #expect(abs((result ?? .infinity) - value) < 1e-12)
    }

    @Test func namesAreDroppedByWhatComputes() async throws {
        let computed = try await engine.vector("m * 1", at: 0)
        #expect(computed == [["i": "1"]: -2.5])
        let compared = try await engine.vector("m < 0", at: 0)
        #expect(compared == [["__name__": "m", "i": "1"]: -2.5])
    }

    @Test func clampingBetweenBoundsInTheWrongOrderGivesNothing() async throws {
        let result = try await engine.vector("clamp(m, 1, -1)", at: 0)
        #expect(result.isEmpty)
    }

    @Test func absenceHasTheLabelsThatAreKnown() async throws {
        let result = try await engine.vector(#"absent(none{a="1", b=~"2", c="3", c="4"})"#, at: 0)
        #expect(result == [["a": "1"]: 1])
        let there = try await engine.vector("absent(m)", at: 0)
        #expect(there.isEmpty)
        let over = try await engine.vector(#"absent_over_time(none{a="1"}[5m])"#, at: 0)
        #expect(over == [["a": "1"]: 1])
    }
}
