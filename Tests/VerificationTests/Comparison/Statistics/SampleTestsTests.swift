import Testing

@testable import Verification

@Suite("Tests of samples")
struct SampleTestsTests {
    /// Conover, Practical Nonparametric Statistics: of 20 values the ranks 6 and 15 hold the median with 95.9 %.
    @Test(
        "the interval of the median has the ranks of the tables",
        arguments: [(20.0, 6.0, 15.0), (10, 2, 9), (100, 40, 61)])
    func ranks(count: Double, low: Double, high: Double) throws {
        let ranks = try #require(QuantileInterval.ranks(0.5, count: count, tail: 0.025))
        #expect(ranks.lowerBound == low)
        #expect(ranks.upperBound == high)
    }

    @Test("few values have no interval, and a quantile is the nearest rank")
    func few() {
        #expect(QuantileInterval.interval(0.5, sorted: [1, 2, 3]) == nil)
        #expect(QuantileInterval.interval(0.99, sorted: (1...100).map(Double.init)) == nil)
        #expect(QuantileInterval.quantile(0.5, sorted: [1, 2, 3, 4]) == 2)
        #expect(QuantileInterval.quantile(0.99, sorted: [1, 2, 3, 4]) == 4)
    }

    /// The pain scores of the paper (Brunner and Munzel 2000, table 1): t = 3.1375, 17.683 degrees of freedom,
    /// p = 0.005786, P = 0.788961.
    @Test("the test of Brunner and Munzel gives the paper's answer")
    func paper() {
        let one = Observations(values: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1])
        let two = Observations(values: [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4])
        let result = LocationTest.compare(one, two)
        #expect(abs(result.superiority - 0.788_961) < 1e-6)
        #expect(abs(result.pValue - 0.005_786) < 1e-5)
    }

    @Test("equal samples have a p value of 1, in each test")
    func equal() {
        let values = (0..<500).map { Double($0 * 7919 % 1000) }
        let one = Observations(values: values)
        #expect(LocationTest.compare(one, one).pValue == 1)
        for fraction in [0.5, 0.95, 0.99] { #expect(QuantileTest.compare(fraction, one, one).pValue > 0.99) }
    }

    @Test("few values say nothing")
    func smallSamples() {
        let result = LocationTest.compare(
            Observations(values: [1, 2, 3, 4, 5]), Observations(values: [100, 200, 300, 400, 500]))
        #expect(result.pValue == 1)
        #expect(result.smallestPValue == 1)
        let quantile = QuantileTest.compare(
            0.99, Observations(values: (0..<50).map(Double.init)), Observations(values: (100..<150).map(Double.init)))
        #expect(quantile.smallestPValue > 0.1)
    }

    @Test("values that come in clumps count less than as many independent ones")
    func clumps() {
        // Ten spans of each of twenty traces, all alike, spread over the whole run.
        let one = (0..<200).map { Double($0 * 7 % 20) }
        let two = (0..<200).map { Double($0 * 7 % 20) + 5 }
        let groups = (0..<200).map { UInt64($0 % 20) }
        let independent = LocationTest.compare(Observations(values: one), Observations(values: two))
        let clustered = LocationTest.compare(
            Observations(values: one, groups: groups), Observations(values: two, groups: groups))
        #expect(clustered.pValue > independent.pValue)
        let hits = one.map { $0 > 10 }
        let clusters = groups.map { Int32($0) }
        #expect(Clusters.designEffect(hits: hits, clusters: clusters, count: 20) > 9)
        #expect(Clusters.dispersion(clumps: [10, 10, 10]) == 10)
        #expect(Clusters.dispersion(clumps: [1, 1, 1]) == 1)
    }
}
