import OTLPMessages

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The buckets of an exponential histogram by their upper bounds.
///
/// With base = 2^(2^-scale), the positive bucket `i` holds values above base^i up to base^(i + 1), a negative one the
/// same below zero, and the zero bucket those up to the threshold on both sides.
///
/// - Empty buckets at the outer ends are left out; a bucket without observations stands before the first, so that each
///   bucket has a lower bound.
/// - Bounds that floating point cannot tell apart are one; what lies past the greatest number is in the last bucket.
/// - Spec: OTLP metrics data model, "ExponentialHistogram".
struct ExponentialBounds {
    private(set) var bounds: [Double] = []
    /// One more than `bounds`.
    private(set) var counts: [UInt64] = [0]

    mutating func add(_ point: OTLPExponentialHistogramDataPoint) {
        let width = exp2(-Double(point.scale))
        /// base^index
        func bound(_ index: Int) -> Double { exp2(Double(index) * width) }

        let negative = Self.trimmed(point.negative)
        if let negative {
            close(at: -bound(negative.offset + negative.counts.count), count: 0)
            for (step, count) in negative.counts.enumerated().reversed() {
                close(at: -bound(negative.offset + step), count: count)
            }
        }
        let threshold = point.zeroThreshold > 0 && point.zeroThreshold.isFinite ? point.zeroThreshold : 0
        let positive = Self.trimmed(point.positive)
        if point.zeroCount > 0 || (negative != nil && positive != nil) {
            // Without negative buckets the zero bucket is the first, and needs no lower bound.
            if threshold > 0, negative != nil { close(at: -threshold, count: 0) }
            close(at: threshold, count: point.zeroCount)
        }
        if let positive {
            close(at: bound(positive.offset), count: 0)
            for (step, count) in positive.counts.enumerated() {
                close(at: bound(positive.offset + step + 1), count: count)
            }
        }
        if bounds.isEmpty, counts == [0] { counts = [] }
    }

    /// Ends the bucket that is open at a bound.
    private mutating func close(at bound: Double, count: UInt64) {
        counts[counts.count - 1] = counts[counts.count - 1].saturatingSum(count)
        guard bound.isFinite else { return }
        if let last = bounds.last, bound <= last {
            let open = counts.removeLast()
            counts[counts.count - 1] = counts[counts.count - 1].saturatingSum(open)
        } else {
            // Zero has one sign here.
            bounds.append(bound == 0 ? 0 : bound)
        }
        counts.append(0)
    }

    /// From the first to the last bucket that holds something; nil when none does.
    private static func trimmed(
        _ buckets: OTLPExponentialHistogramDataPoint.Buckets
    ) -> (offset: Int, counts: ArraySlice<UInt64>)? {
        guard let first = buckets.bucketCounts.firstIndex(where: { $0 > 0 }),
            let last = buckets.bucketCounts.lastIndex(where: { $0 > 0 })
        else { return nil }
        return (Int(buckets.offset) + first, buckets.bucketCounts[first...last])
    }
}

extension UInt64 {
    fileprivate func saturatingSum(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
