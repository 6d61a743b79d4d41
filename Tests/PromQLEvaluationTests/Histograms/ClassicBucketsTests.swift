import PromQLEvaluation
import Testing

@Suite("Quantiles and fractions of classic histograms")
struct ClassicBucketsTests {
    private static func buckets(_ pairs: [(Double, Double)]) -> [ClassicBucket] {
        pairs.map { ClassicBucket(upperBound: $0.0, count: $0.1) }
    }

    private let three = buckets([(.infinity, 12), (1, 11), (0.1, 5), (0.2, 7)])

    @Test("a quantile is linear within its bucket; the lowest begins at 0, in the highest it is the bound below")
    func quantiles() {
        #expect(ClassicBuckets.quantile(0, of: three).value == 0)
        #expect(abs(ClassicBuckets.quantile(0.2, of: three).value - 0.048) < 1e-12)
        #expect(abs(ClassicBuckets.quantile(0.5, of: three).value - 0.15) < 1e-12)
        #expect(ClassicBuckets.quantile(1, of: three).value == 1)
        let negative = Self.buckets([(-0.2, 1), (-0.1, 2), (0.3, 2), (.infinity, 3)])
        #expect(ClassicBuckets.quantile(0.2, of: negative).value == -0.2)
    }

    @Test("quantiles outside of 0 to 1 are infinite, NaN is NaN")
    func outside() {
        #expect(ClassicBuckets.quantile(-0.1, of: three).value == -.infinity)
        #expect(ClassicBuckets.quantile(1.1, of: []).value == .infinity)
        #expect(ClassicBuckets.quantile(.nan, of: three).value.isNaN)
    }

    @Test("without +Inf, with one bucket, or without observations there is no quantile and no fraction")
    func nothing() {
        for buckets in [
            Self.buckets([(1, 5), (2, 6)]), Self.buckets([(.infinity, 0), (1, 0)]), [],
        ] {
            #expect(ClassicBuckets.quantile(0.5, of: buckets).value.isNaN)
            #expect(ClassicBuckets.fraction(from: 0, to: 1, of: buckets).isNaN)
        }
        #expect(ClassicBuckets.quantile(0.5, of: Self.buckets([(.infinity, 5)])).value.isNaN)
    }

    @Test("counts that go down are raised and told; differences of rounding are evened out and not told")
    func monotonic() {
        let falling = Self.buckets([(1, 5), (2, 3), (.infinity, 10)])
        #expect(ClassicBuckets.quantile(0.5, of: falling).isForcedMonotonic)
        let rounding = Self.buckets([(1, 5), (2, 5 - 1e-12), (3, 5 + 1e-12), (.infinity, 10)])
        #expect(!ClassicBuckets.quantile(0.5, of: rounding).isForcedMonotonic)
        #expect(ClassicBuckets.quantile(0.5, of: rounding).value == 1)
    }

    @Test("buckets of one bound are one")
    func sameBounds() {
        let split = Self.buckets([(0.2, 3), (0.2, 4), (1, 11), (.infinity, 12), (0.1, 5)])
        #expect(ClassicBuckets.quantile(0.5, of: split).value == ClassicBuckets.quantile(0.5, of: three).value)
    }

    @Test("a fraction is linear within its buckets")
    func fractions() {
        #expect(abs(ClassicBuckets.fraction(from: 0, to: 0.2, of: three) - 7.0 / 12) < 1e-12)
        #expect(abs(ClassicBuckets.fraction(from: 0.1, to: 0.15, of: three) - 1.0 / 12) < 1e-12)
        #expect(ClassicBuckets.fraction(from: -.infinity, to: .infinity, of: three) == 1)
        #expect(ClassicBuckets.fraction(from: 0.5, to: 0.5, of: three) == 0)
        #expect(ClassicBuckets.fraction(from: 2, to: 1, of: three) == 0)
        #expect(ClassicBuckets.fraction(from: .nan, to: 1, of: three).isNaN)
    }
}
