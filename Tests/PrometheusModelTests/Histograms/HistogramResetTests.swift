import PrometheusModel
import Testing

@Suite("Counter resets of histograms")
struct HistogramResetTests {
    @Test("what is a reset and what is none")
    func table() {
        let before = NativeHistogram.made([1, 2, 1], zero: 2, threshold: 0.001)
        let cases: [(String, NativeHistogram, Bool)] = [
            ("the same", before, false),
            ("more in a bucket", .made([1, 5, 1], zero: 2, threshold: 0.001), false),
            ("a new bucket", .made([1, 2, 1, 1], zero: 2, threshold: 0.001), false),
            ("less of all", .made([1, 2], zero: 2, threshold: 0.001), true),
            ("less in one bucket, more in another", .made([1, 1, 3], zero: 2, threshold: 0.001), true),
            ("a bucket gone", .made([1, 3], zero: 2, threshold: 0.001), true),
            ("less in the zero bucket", .made([2, 2, 1], zero: 1, threshold: 0.001), true),
            ("a finer resolution", .made(schema: 1, offset: -1, [1, 1, 1, 1, 1, 1], zero: 2, threshold: 0.001), true),
            ("a coarser resolution", .made(schema: -1, [1, 3], zero: 2, threshold: 0.001), false),
            ("a coarser resolution with less", .made(schema: -1, [2, 2], zero: 2, threshold: 0.001), true),
            ("a narrower zero bucket", .made([1, 2, 1], zero: 2, threshold: 0), true),
            ("a wider zero bucket", .made(offset: 1, [2, 1], zero: 3, threshold: 1), false),
            ("a wider zero bucket with less", .made(offset: 1, [3, 1], zero: 2, threshold: 1), true),
            ("a zero bucket that ends in a bucket", .made(offset: 1, [2, 2], zero: 3, threshold: 0.75), true),
            ("custom bounds", .custom([1, 2], [9, 9, 9]), true),
        ]
        for (name, histogram, isReset) in cases {
            #expect(histogram.detectReset(previous: before) == isReset, "\(name)")
        }
    }

    @Test("a known counter reset answers at once; a gauge is looked at")
    func hints() {
        let before = NativeHistogram.made([5])
        #expect(!NativeHistogram.made([1], counterReset: .notReset).detectReset(previous: before))
        #expect(NativeHistogram.made([9], counterReset: .reset).detectReset(previous: before))
        #expect(NativeHistogram.made([1], counterReset: .gauge).detectReset(previous: before))
        #expect(!NativeHistogram.made([9], counterReset: .gauge).detectReset(previous: before))
    }

    @Test("other custom bounds are a reset, an empty bucket gone is none")
    func layouts() {
        #expect(NativeHistogram.custom([5], [9]).detectReset(previous: .custom([5, 10], [1])))
        #expect(!NativeHistogram.custom([5, 10], [9]).detectReset(previous: .custom([5, 10], [1, 0])))
        #expect(!NativeHistogram.made([1]).detectReset(previous: .made([1, 0, 0])))
    }
}
