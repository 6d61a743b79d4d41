import Testing

@testable import PromQLEvaluation

@Suite struct SummationTests {
    @Test func smallValuesBesideLargeOnesAreNotLost() {
        var summation = Summation()
        for value in [1, 1e100, 1, -1e100] { summation.add(value) }
        #expect(summation.total == 2)
    }

    @Test func aMeanDoesNotOverflowWithItsSum() {
        var mean = Mean(first: 1e308)
        for _ in 0..<3 { mean.add(1e308) }
        #expect(abs(mean.value / 1e308 - 1) < 1e-12)
    }

    @Test func aMeanOfInfinitiesIsInfiniteOrUndefined() {
        var mean = Mean(first: .infinity)
        mean.add(1)
        #expect(mean.value == .infinity)
        mean.add(-.infinity)
        #expect(mean.value.isNaN)
    }

    @Test func quantilesAreLinearBetweenNeighbours() {
        var values = [4.0, 0, 1]
        #expect(Quantile.value(0.75, of: &values) == 2.5)
        #expect(Quantile.value(-1, of: &values) == -.infinity)
        #expect(Quantile.value(2, of: &values) == .infinity)
        #expect(Quantile.value(.nan, of: &values).isNaN)
        var none: [Double] = []
        #expect(Quantile.value(0.5, of: &none).isNaN)
        var odd = [3, .nan, 1.0]
        #expect(Quantile.value(1, of: &odd) == 3)
    }
}
