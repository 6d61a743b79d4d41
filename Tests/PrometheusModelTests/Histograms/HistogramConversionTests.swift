import PrometheusModel
import Testing

@Suite("Histogram conversion")
struct HistogramConversionTests {
    @Test("an OTLP bucket is one index further than its offset; empty ones at the ends are left out")
    func dense() throws {
        let histogram = try NativeHistogram(
            scale: 3, positive: .init(offset: -2, counts: [0, 1, 0, 0, 2, 0, 0, 0, 3, 0]),
            negative: .init(offset: 5, counts: [4]), zeroCount: 7, count: 17, sum: 1.5)
        #expect(histogram.schema == 3 && histogram.zeroThreshold == 1e-128 && histogram.zeroCount == 7)
        #expect(histogram.positiveSpans == [.init(offset: 0, length: 4), .init(offset: 3, length: 1)])
        #expect(histogram.positiveBuckets == [1, 0, 0, 2, 3])
        #expect(histogram.negativeSpans == [.init(offset: 6, length: 1)])
        try histogram.validate(hasIntegerCounts: true)
    }

    @Test("a scale above 8 is reduced to 8, one below -4 is an error")
    func scales() throws {
        let histogram = try NativeHistogram(
            scale: 10, positive: .init(offset: -1, counts: [1, 2, 3, 4, 5, 6]), negative: .init(), zeroCount: 0,
            count: 21, sum: nil)
        // OTLP indexes -1 | 0 1 2 3 | 4 become -1 | 0 | 1.
        #expect(histogram.schema == 8 && histogram.populated == [0: 1, 1: 14, 2: 6])
        #expect(
            throws: HistogramError(
                .unsupportedScale, "cannot convert exponential to native histogram. Scale must be >= -4, was -5")
        ) {
            try NativeHistogram(
                scale: -5, positive: .init(), negative: .init(), zeroCount: 0, count: 0, sum: nil)
        }
        _ = try NativeHistogram(
            scale: .max, positive: .init(offset: .max, counts: [1, 1]), negative: .init(offset: .min, counts: [1]),
            zeroCount: .max, count: .max, sum: 0)
    }

    @Test("the same bounds either way: an OTLP bucket's counts lie between its powers")
    func bounds() throws {
        // scale 0, offset 3: (8, 16]
        let histogram = try NativeHistogram(
            scale: 0, positive: .init(offset: 3, counts: [1]), negative: .init(), zeroCount: 0, count: 1, sum: 9)
        #expect(histogram.allBuckets.first?.lower == 8 && histogram.allBuckets.first?.upper == 16)
    }

    @Test("classic buckets become custom bounds with counts of their own")
    func classic() throws {
        let histogram = try NativeHistogram(
            classicBuckets: [(10, 7), (5, 3), (.infinity, 8), (10, 7)], count: 8, sum: 42)
        #expect(histogram.customBounds == [5, 10] && histogram.positiveBuckets == [3, 4, 1])
        #expect(histogram.count == 8 && histogram.sum == 42)
        // Without +Inf the count is that of all.
        let open = try NativeHistogram(classicBuckets: [(5, 3)], count: 4, sum: 0)
        #expect(open.customBounds == [5] && open.positiveBuckets == [3, 1])
        let bare = try NativeHistogram(classicBuckets: [], count: 4, sum: 0)
        #expect(bare.customBounds.isEmpty && bare.positiveBuckets == [4])
        try bare.validate()
    }

    @Test("classic buckets that contradict themselves are refused")
    func contradictions() {
        #expect(throws: HistogramError.self) {
            try NativeHistogram(classicBuckets: [(5, 3), (10, 2), (.infinity, 3)], count: nil, sum: 0)
        }
        #expect(throws: HistogramError.self) {
            try NativeHistogram(classicBuckets: [(5, 3), (.infinity, 3)], count: 4, sum: 0)
        }
        #expect(throws: HistogramError.self) {
            try NativeHistogram(classicBuckets: [(5, -1), (.infinity, 3)], count: nil, sum: 0)
        }
    }

    @Test("validation says what is wrong in the reference's words")
    func validation() {
        func message(_ histogram: NativeHistogram, integers: Bool = false) -> String? {
            do throws(HistogramError) {
                try histogram.validate(hasIntegerCounts: integers)
                return nil
            } catch { return error.message }
        }
        #expect(message(.made([1, 2])) == nil)
        #expect(
            message(NativeHistogram(positiveSpans: [.init(offset: 0, length: 2)], positiveBuckets: [1]))
                == "positive side: spans need 2 buckets, have 1 buckets: histogram spans specify different number of "
                + "buckets than provided")
        #expect(
            message(
                NativeHistogram(
                    negativeSpans: [.init(offset: 0, length: 1), .init(offset: -1, length: 1)], negativeBuckets: [1, 1])
            )
                == "negative side: span number 2 with offset -1: histogram has a span whose offset is negative")
        #expect(
            message(.made([1, -2]))
                == "positive side: bucket number 2 has observation count of -2: histogram has a bucket whose observation "
                + "count is negative")
        #expect(message(.custom([5, 5], [1]))?.contains("strictly increasing order") == true)
        #expect(message(.custom([5, .nan], [1]))?.contains("strictly increasing order") == true)
        #expect(message(.custom([.infinity], [1]))?.contains("must be finite") == true)
        #expect(message(.custom([5], [1, 2, 3]))?.contains("custom bounds are too few") == true)
        var wrong = NativeHistogram.made([1, 2])
        wrong.count = 4
        #expect(message(wrong) == nil)
        #expect(
            message(wrong, integers: true)
                == "3 observations found in buckets, but the Count field is 4: histogram's observation count should equal "
                + "the number of observations found in the buckets (in absence of NaN)")
        wrong.sum = .nan
        #expect(message(wrong, integers: true) == nil)
        wrong.count = 2
        #expect(message(wrong, integers: true)?.contains("at least") == true)
    }
}
