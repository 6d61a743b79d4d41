import PromQLEvaluation
import PrometheusModel
import Testing

@Suite("Quantiles, fractions and deviation of native histograms")
struct NativeHistogramFunctionTests {
    private static func made(
        schema: Int32 = 0, _ buckets: [Double], negative: [Double] = [], zero: Double = 0, sum: Double = 0,
        count: Double? = nil, bounds: [Double] = []
    ) -> NativeHistogram {
        NativeHistogram(
            schema: schema, zeroThreshold: zero > 0 ? 0.001 : 0, zeroCount: zero,
            count: count ?? buckets.reduce(0, +) + negative.reduce(0, +) + zero, sum: sum,
            positiveSpans: buckets.isEmpty ? [] : [.init(offset: 0, length: UInt32(buckets.count))],
            negativeSpans: negative.isEmpty ? [] : [.init(offset: 0, length: UInt32(negative.count))],
            positiveBuckets: buckets, negativeBuckets: negative, customBounds: bounds)
    }

    private static func custom(_ bounds: [Double], _ buckets: [Double]) -> NativeHistogram {
        made(schema: NativeHistogram.customBoundsSchema, buckets, bounds: bounds)
    }

    private func close(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-9 * (abs(left) + abs(right)) }

    @Test("exponential buckets are interpolated in the logarithm, mirrored below zero")
    func exponential() {
        #expect(close(Self.made([1, 2, 1]).quantile(0.5).value, 2.0.squareRoot()))
        #expect(close(Self.made([], negative: [1, 2, 1]).quantile(0.5).value, -(2.0.squareRoot())))
        #expect(Self.made([1, 2, 1]).quantile(1).value == 4)
    }

    @Test("the zero bucket is linear and only as wide as its signs")
    func zero() {
        let both = Self.made([2, 3, 0, 1, 4], negative: [2, 3, 0, 1, 4], zero: 4)
        #expect(both.quantile(0.5).value == 0)
        #expect(close(both.quantile(0.55).value, 0.0006))
        let positive = Self.made([2, 3, 0, 1, 4], zero: 2)
        #expect(positive.quantile(0).value == 0)
        #expect(positive.fraction(from: -0.001, to: 0).value == 0)
        #expect(close(positive.fraction(from: 0, to: 0.0005).value, 1.0 / 12))
    }

    @Test("custom bounds are linear; a bucket open to infinity gives its bound")
    func customBounds() {
        let histogram = Self.custom([5, 10], [1, 2, 1])
        #expect(histogram.quantile(0.5).value == 7.5)
        #expect(histogram.quantile(0.99).value == 10)
        #expect(histogram.quantile(0.1).value == 2)
        #expect(Self.custom([-5, 10], [1, 2, 1]).quantile(0.1).value == -5)
        #expect(histogram.fraction(from: 5, to: 10).value == 0.5)
    }

    @Test("observations of NaN: the result is NaN, or skewed and said so")
    func notNumbers() {
        let some = Self.made([12], sum: .nan, count: 15)
        #expect(some.quantile(1).value.isNaN && some.quantile(1).note == .isNaN)
        #expect(some.quantile(0.8).value == 1 && some.quantile(0.8).note == .isSkewed)
        let fraction = some.fraction(from: -.infinity, to: .infinity)
        #expect(fraction.value == 0.8 && fraction.excludesNaN)
        // Both infinities make the sum NaN, but miss in no bucket.
        let infinities = Self.made([5, 10], sum: .nan)
        #expect(infinities.quantile(0.5).note == nil && !infinities.fraction(from: 0, to: 1).excludesNaN)
        // The value is of the bucket that was found, not of the last.
        #expect(close(Self.made([4, 0, 8], sum: .nan, count: 15).quantile(2.0 / 15).value, 0.5 * 2.0.squareRoot()))
    }

    @Test("without observations all is NaN; quantiles outside of 0 to 1 are infinite")
    func empty() {
        let empty = NativeHistogram()
        #expect(empty.quantile(0.5).value.isNaN && empty.fraction(from: 0, to: 1).value.isNaN)
        #expect(empty.average.isNaN && empty.variance.isNaN && empty.standardDeviation.isNaN)
        #expect(empty.quantile(-1).value == -.infinity && empty.quantile(2).value == .infinity)
        #expect(Self.made([1]).fraction(from: 2, to: 2).value == 0)
    }

    @Test("a fraction is the inverse of a quantile", arguments: [0.05, 0.1, 0.3, 0.5, 0.62, 0.9])
    func inverse(q: Double) {
        let histogram = Self.made([2, 3, 0, 1, 4], negative: [2, 3, 0, 1, 4], zero: 4)
        let value = histogram.quantile(q).value
        #expect(abs(histogram.fraction(from: -.infinity, to: value).value - q) < 1e-9)
    }

    @Test("the deviation takes geometric means of exponential bounds, arithmetic ones of custom bounds")
    func deviation() {
        let exponential = NativeHistogram(
            schema: 2, count: 4, sum: 10, positiveSpans: [.init(offset: 0, length: 9)],
            positiveBuckets: [1, 0, 0, 0, 1, 0, 0, 1, 1])
        #expect(close(exponential.standardDeviation, 1.0787993180043811))
        #expect(close(exponential.variance, 1.163807968526718))
        var custom = Self.custom([0, 2, 4], [0, 1, 1])
        custom.sum = 4
        #expect(custom.variance == 1)
    }
}
