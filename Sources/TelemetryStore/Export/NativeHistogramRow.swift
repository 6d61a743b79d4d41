import ClickHouse
import TelemetryModel

/// A row of the table of native histograms as OTLP's histograms.
struct NativeHistogramRow {
    private let count: Double
    let sum: Double
    private let schema: Int32
    private let zeroThreshold: Double
    private let zeroCount: Double
    private let positive: Side
    private let negative: Side
    private let customBounds: [Double]

    /// Buckets of one side, those between runs among them; a list of more would be made of a single far one.
    private static let bucketsMax = 600_000

    /// - Parameter row: the columns of `PointTable.native` from the fourth on.
    init(_ row: [ResultValue]) {
        count = row[3].number ?? 0
        sum = row[4].number ?? 0
        schema = Int32(truncatingIfNeeded: row[5].integer ?? 0)
        zeroThreshold = row[6].number ?? 0
        zeroCount = row[7].number ?? 0
        positive = Side(offsets: row[8], lengths: row[9], counts: row[10])
        negative = Side(offsets: row[11], lengths: row[12], counts: row[13])
        customBounds = row[14].numbers
    }

    /// Nil when the buckets are too far apart.
    var exponential: StoredPoint.ExponentialHistogram? {
        guard let positive = positive.buckets, let negative = negative.buckets else { return nil }
        var histogram = StoredPoint.ExponentialHistogram()
        histogram.count = Self.whole(count)
        histogram.sum = sum
        histogram.presence = .sum
        histogram.scale = schema
        histogram.zeroCount = Self.whole(zeroCount)
        histogram.zeroThreshold = zeroThreshold
        histogram.positive = positive
        histogram.negative = negative
        return histogram
    }

    /// Of custom bounds: bucket `i` has the upper bound `i`, and the last none.
    var explicit: StoredPoint.Histogram? {
        guard let side = positive.dense else { return nil }
        var histogram = StoredPoint.Histogram()
        histogram.count = Self.whole(count)
        histogram.sum = sum
        histogram.presence = .sum
        histogram.bounds = customBounds
        var counts = [UInt64](repeating: 0, count: customBounds.count + 1)
        for (place, count) in side.counts.enumerated() {
            let index = side.first + Int64(place)
            if index >= 0, index < Int64(counts.count) { counts[Int(index)] = count }
        }
        histogram.bucketCounts = counts
        return histogram
    }

    /// Runs of buckets.
    private struct Side {
        let offsets: [Int64]
        let lengths: [UInt64]
        let counts: [Double]

        init(offsets: ResultValue, lengths: ResultValue, counts: ResultValue) {
            self.offsets = (offsets.items ?? []).map { $0.integer ?? 0 }
            self.lengths = lengths.counts
            self.counts = counts.numbers
        }

        /// The index of the first bucket, and the counts of all from there on.
        var dense: (first: Int64, counts: [UInt64])? {
            var dense: [UInt64] = []
            var first: Int64 = 0
            var index: Int64 = 0
            var next = counts.startIndex
            for (place, (offset, length)) in zip(offsets, lengths).enumerated() {
                index += offset
                if place == 0 { first = index }
                guard length <= UInt64(counts.endIndex - next), index >= first,
                    index - first + Int64(length) <= Int64(NativeHistogramRow.bucketsMax)
                else { return nil }
                while first + Int64(dense.count) < index { dense.append(0) }
                for _ in 0..<length {
                    dense.append(NativeHistogramRow.whole(counts[next]))
                    next += 1
                }
                index += Int64(length)
            }
            return (first, dense)
        }

        /// An OTLP bucket is named by its lower bound, one of Prometheus by its upper: hence one less.
        var buckets: StoredPoint.Buckets? {
            guard let (first, counts) = dense else { return nil }
            guard !counts.isEmpty else { return StoredPoint.Buckets() }
            guard let offset = Int32(exactly: first - 1) else { return nil }
            return StoredPoint.Buckets(offset: offset, counts: counts)
        }
    }

    private static func whole(_ count: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        return UInt64(exactly: count.rounded()) ?? .max
    }
}
