import PrometheusModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Counts values in buckets whose bounds grow by 2^(2^-schema), as a Prometheus native histogram has them: bucket `i`
/// holds `2^((i-1)·2^-schema) < value ≤ 2^(i·2^-schema)`.
///
/// When the values spread over more than `bucketsMax` buckets the schema falls and neighbours merge, so that the memory
/// is bounded whatever is sent; at -4, where it ends, all numbers there are fit.
package struct ExponentialBuckets: Sendable, Equatable {
    /// Adjacent buckets from index `first` on.
    struct Run: Sendable, Equatable {
        var first: Int32 = 0
        var counts: [Double] = []
    }

    private static let schemaMin: Int32 = -4
    /// The schema in which bounds are tabulated; no schema is above it.
    private static let schemaMax: Int32 = 5
    /// 2^(k/32), the bounds between 1 and 2.
    private static let bounds: [Double] = (0...32).map { exp2(Double($0) / 32) }
    /// As Prometheus' own clients: 2^-128.
    static let zeroThreshold = 2.938735877055719e-39

    private(set) var schema: Int32
    /// Of positive and negative values each.
    private let bucketsMax: Int
    private(set) var zeroCount = 0.0
    private(set) var positive = Run()
    private(set) var negative = Run()

    /// - Parameters:
    ///   - schema: to begin with, -4 to 5.
    ///   - bucketsMax: at least 136, which the whole range takes in schema -4.
    init(schema: Int32, bucketsMax: Int) {
        self.schema = min(max(schema, Self.schemaMin), Self.schemaMax)
        self.bucketsMax = max(bucketsMax, 136)
    }

    /// - Parameter value: finite.
    mutating func add(_ value: Double, weight: Double) {
        let magnitude = abs(value)
        guard magnitude > Self.zeroThreshold else {
            zeroCount += weight
            return
        }
        while true {
            let index = Self.index(of: magnitude, schema: schema)
            let fits = value < 0 ? negative.add(index, weight, bucketsMax) : positive.add(index, weight, bucketsMax)
            if fits || schema == Self.schemaMin { return }
            schema -= 1
            positive.halve()
            negative.halve()
        }
    }

    /// The bucket of a positive finite value.
    static func index(of value: Double, schema: Int32) -> Int32 {
        let exponent = Int32(truncatingIfNeeded: value.exponent)
        let significand = value.significand
        // 2^x ≤ 1 + x between 0 and 1, so the bound searched for is at this place or up to three after it.
        var place = Int((significand - 1) * 32)
        while place < 32, bounds[place] < significand { place += 1 }
        let fine = exponent * 32 + Int32(truncatingIfNeeded: place)
        return ((fine - 1) >> (schemaMax - schema)) + 1
    }

    /// The value below which a fraction of all counts lies, in geometric interpolation; nil when there are none.
    func quantile(_ fraction: Double) -> Double? {
        let total = zeroCount + positive.total + negative.total
        guard total > 0 else { return nil }
        var rest = fraction * total
        for (offset, count) in negative.counts.enumerated().reversed() {
            if count > 0, count >= rest { return -bound(negative.first + Int32(offset), 1 - rest / count) }
            rest -= count
        }
        if zeroCount > 0, zeroCount >= rest { return 0 }
        rest -= zeroCount
        var last = 0.0
        for (offset, count) in positive.counts.enumerated() where count > 0 {
            let index = positive.first + Int32(offset)
            if count >= rest { return bound(index, rest / count) }
            rest -= count
            last = bound(index, 1)
        }
        return last
    }

    /// The value that lies at a fraction of a bucket.
    private func bound(_ index: Int32, _ fraction: Double) -> Double {
        exp2((Double(index) - 1 + min(max(fraction, 0), 1)) * exp2(-Double(schema)))
    }

    /// - Parameters:
    ///   - count: of all values.
    ///   - sum: of all values.
    func histogram(count: Double, sum: Double) -> NativeHistogram {
        var result = NativeHistogram(
            schema: schema, zeroThreshold: Self.zeroThreshold, zeroCount: zeroCount, count: count, sum: sum)
        (result.positiveSpans, result.positiveBuckets) = positive.spans
        (result.negativeSpans, result.negativeBuckets) = negative.spans
        return result
    }
}

extension ExponentialBuckets.Run {
    var total: Double { counts.reduce(0, +) }

    /// - Returns: false, and nothing is changed, when there would be more than `bucketsMax` buckets.
    mutating func add(_ index: Int32, _ weight: Double, _ bucketsMax: Int) -> Bool {
        if counts.isEmpty {
            first = index
            counts.append(weight)
            return true
        }
        let offset = Int(index) - Int(first)
        if counts.indices.contains(offset) {
            counts[offset] += weight
            return true
        }
        if offset < 0 {
            guard counts.count - offset <= bucketsMax else { return false }
            counts.insert(contentsOf: repeatElement(0, count: -offset), at: 0)
            first = index
            counts[0] = weight
        } else {
            guard offset < bucketsMax else { return false }
            counts.append(contentsOf: repeatElement(0, count: offset + 1 - counts.count))
            counts[offset] = weight
        }
        return true
    }

    /// Merges pairs of buckets: those of the schema one below.
    mutating func halve() {
        guard !counts.isEmpty else { return }
        var merged = Self()
        merged.first = ((first - 1) >> 1) + 1
        for (offset, count) in counts.enumerated() {
            let place = Int(((first + Int32(offset) - 1) >> 1) + 1 - merged.first)
            if place == merged.counts.count { merged.counts.append(count) } else { merged.counts[place] += count }
        }
        self = merged
    }

    /// Runs of buckets that are not empty; gaps of one or two stay in a run, as a span costs as much.
    var spans: ([NativeHistogram.Span], [Double]) {
        var spans: [NativeHistogram.Span] = []
        var values: [Double] = []
        var gap = 0
        for (offset, count) in counts.enumerated() {
            guard count != 0 else {
                gap += 1
                continue
            }
            if spans.isEmpty {
                spans.append(.init(offset: first + Int32(offset), length: 1))
            } else if gap <= 2 {
                values += repeatElement(0, count: gap)
                spans[spans.count - 1].length += UInt32(gap + 1)
            } else {
                spans.append(.init(offset: Int32(gap), length: 1))
            }
            values.append(count)
            gap = 0
        }
        return (spans, values)
    }
}
