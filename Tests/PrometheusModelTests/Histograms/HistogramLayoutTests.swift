import PrometheusModel
import Testing

@Suite("Histogram layout")
struct HistogramLayoutTests {
    @Test("all buckets come in ascending order, with the zero bucket and bounds cut at its threshold")
    func allBuckets() {
        let histogram = NativeHistogram.made([1, 2], negative: [3, 4], zero: 5, threshold: 0.75)
        let buckets = histogram.allBuckets
        #expect(buckets.map(\.lower) == [-2, -1, -0.75, 0.75, 1])
        #expect(buckets.map(\.upper) == [-1, -0.75, 0.75, 1, 2])
        #expect(buckets.map(\.count) == [4, 3, 5, 1, 2])
        #expect(buckets.map(\.boundaryRule) == [1, 1, 3, 0, 0])
    }

    @Test("buckets of custom bounds reach from -Inf to +Inf")
    func customBounds() {
        let buckets = NativeHistogram.custom([5, 10], [1, 2, 3]).allBuckets
        #expect(buckets.map(\.lower) == [-.infinity, 5, 10])
        #expect(buckets.map(\.upper) == [5, 10, .infinity])
        #expect(buckets.map(\.boundaryRule) == [3, 0, 0])
    }

    @Test("spans and buckets that disagree end the iteration and trap nothing")
    func malformed() throws {
        let short = NativeHistogram(
            positiveSpans: [.init(offset: .max, length: .max), .init(offset: .max, length: .max)],
            negativeSpans: [.init(offset: .min, length: 0)], positiveBuckets: [1, 2], negativeBuckets: [1])
        #expect(Array(short.positiveCounts).count == 2)
        #expect(Array(short.negativeCounts).isEmpty)
        var sum = short
        try sum.add(short)
        sum.compact(maxEmpty: 2)
        _ = sum.description
        #expect(throws: HistogramError.self) { try short.validate() }
    }

    @Test("compaction drops empty buckets and joins spans that are not further apart than allowed")
    func compaction() {
        var histogram = NativeHistogram(
            positiveSpans: [.init(offset: 0, length: 6), .init(offset: 1, length: 2), .init(offset: 0, length: 1)],
            positiveBuckets: [0, 1, 0, 2, 0, 0, 0, 3, 4])
        var loose = histogram
        histogram.compact(maxEmpty: 0)
        #expect(
            histogram.positiveSpans == [
                .init(offset: 1, length: 1), .init(offset: 1, length: 1), .init(offset: 4, length: 2),
            ])
        #expect(histogram.positiveBuckets == [1, 2, 3, 4])
        loose.compact(maxEmpty: 2)
        #expect(loose.positiveSpans == [.init(offset: 1, length: 3), .init(offset: 4, length: 2)])
        #expect(loose.positiveBuckets == [1, 0, 2, 3, 4])
        var empty = NativeHistogram.made([0, 0])
        empty.compact(maxEmpty: 0)
        #expect(empty.positiveSpans.isEmpty && empty.positiveBuckets.isEmpty)
    }

    @Test("a lower resolution merges buckets; the bound 1 stays a bound")
    func resolution() {
        let histogram = NativeHistogram.made(schema: 2, offset: -4, [1, 2, 3, 4, 5, 6, 7, 8, 9])
        // Indexes -4…4: four make one.
        let reduced = histogram.copied(toSchema: 0)
        #expect(reduced.schema == 0 && reduced.populated == [-1: 1, 0: 14, 1: 30])
        #expect(histogram.copied(toSchema: 5) == histogram)
        var custom = NativeHistogram.custom([1], [1, 2])
        custom.reduceResolution(to: -4)
        #expect(custom == .custom([1], [1, 2]))
    }

    @Test("equality is of bits; empty spans do not matter")
    func equality() {
        let a = NativeHistogram.made([1, 2], sum: .nan)
        var b = a
        b.positiveSpans = [.init(offset: -3, length: 0), .init(offset: 3, length: 2), .init(offset: 9, length: 0)]
        #expect(a.equals(b))
        b.sum = StaleMarker.value
        #expect(!a.equals(b) && b.isStale && !a.isStale)
        b = a
        b.counterReset = .gauge
        #expect(a.equals(b))
        b.zeroCount = -0.0
        #expect(!a.equals(b))
    }

    @Test("the text names count, sum and populated buckets from the lowest up")
    func text() {
        let histogram = NativeHistogram.made(
            [1, 0, 2], negative: [3, 4], zero: 5, threshold: 0.001, sum: 1_234_567)
        #expect(
            histogram.description
                == "{count:15, sum:1.234567e+06, [-2,-1):4, [-1,-0.5):3, [-0.001,0.001]:5, (0.5,1]:1, (2,4]:2}")
        #expect(NativeHistogram.custom([5], [1, 2]).description == "{count:3, sum:0, [-Inf,5]:1, (5,+Inf]:2}")
    }
}
