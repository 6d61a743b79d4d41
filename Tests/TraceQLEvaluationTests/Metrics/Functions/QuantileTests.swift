import Testing
import TraceQLEvaluation

@Suite struct QuantileTests {
    @Test func liesBetweenTheClosestRanks() {
        let values: [Double] = [1, 2, 3, 4]
        #expect([0, 0.5, 0.9, 1, -3, 7].map { Quantile.value($0, of: values[...]) } == [1, 2.5, 3.7, 4, 1, 4])
        #expect(Quantile.value(0.5, of: [7]) == 7)
    }

    @Test func ofNothingAndOfNaNIsNaN() {
        #expect(Quantile.value(0.5, of: []).isNaN)
        #expect(!Quantile.value(.nan, of: [1, 2]).isInfinite)
    }
}
