/// Durations of which quantiles are asked: exact for the first ones, then a sketch of bounded size.
///
/// The sketch counts durations in buckets whose width grows with the duration: each power of two is divided into 50
/// equal parts, so that a bucket's representative is within 1 % of every duration in it (a part is 2 % of its lower
/// bound wide). The same idea as DDSketch (Masson, Rim, Lee, VLDB 2019) with the "linearly interpolated" mapping, which
/// needs no logarithm. Two distributions can be merged without loss.
///
/// - Negative durations count as 0.
/// - Memory: `exactMax` durations, or 4 bytes for each bucket between the lowest and the highest; at most 13 KB.
package struct DurationDistribution: Sendable, Equatable {
    /// Up to so many durations the quantiles are exact. 128 are a kilobyte.
    package static let exactMax = 128
    private static let partsPerPower: UInt64 = 50

    package private(set) var count = 0
    /// Nanoseconds; stays at the largest number when it does not fit.
    package private(set) var total: Int64 = 0
    /// 0 without durations.
    package private(set) var min: Int64 = 0
    package private(set) var max: Int64 = 0

    private var exact: [Int64] = []
    /// Durations of 0, which have no logarithm.
    private var zeros: UInt32 = 0
    /// The bucket number of `buckets[0]`.
    private var firstBucket = 0
    private var buckets: [UInt32] = []

    package init() {}

    package var isExact: Bool { count <= Self.exactMax }

    package mutating func add(_ nanoseconds: Int64) {
        let value = Swift.max(0, nanoseconds)
        min = count == 0 ? value : Swift.min(min, value)
        max = Swift.max(max, value)
        count += 1
        total = total.addingClamped(value)
        if count <= Self.exactMax {
            exact.append(value)
        } else {
            leaveExact()
            addToSketch(value, 1)
        }
    }

    package mutating func merge(_ other: DurationDistribution) {
        guard other.count > 0 else { return }
        min = count == 0 ? other.min : Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        count += other.count
        total = total.addingClamped(other.total)
        if count <= Self.exactMax {
            exact += other.exact
            return
        }
        leaveExact()
        for value in other.exact { addToSketch(value, 1) }
        zeros = zeros.addingClamped(other.zeros)
        for (index, number) in other.buckets.enumerated() where number > 0 {
            add(number, toBucket: other.firstBucket + index)
        }
    }

    /// The smallest duration that is not below a fraction of all (the nearest rank), in nanoseconds; 0 without
    /// durations.
    package func quantile(_ fraction: Double) -> Int64 { quantiles([fraction])[0] }

    /// Like `quantile`, for several fractions at once: the exact durations are sorted once.
    package func quantiles(_ fractions: [Double]) -> [Int64] {
        guard count > 0 else { return fractions.map { _ in 0 } }
        let sorted = isExact ? exact.sorted() : []
        return fractions.map { fraction in
            let fraction = fraction.isNaN ? 0 : Swift.min(Swift.max(fraction, 0), 1)
            let rank = Swift.max(1, Int((fraction * Double(count)).rounded(.up)))
            if isExact { return sorted[Swift.min(rank, sorted.count) - 1] }
            return sketchedValue(rank: rank)
        }
    }

    // MARK: Sketch

    private mutating func leaveExact() {
        guard !exact.isEmpty else { return }
        for value in exact { addToSketch(value, 1) }
        exact = []
    }

    private mutating func addToSketch(_ value: Int64, _ number: UInt32) {
        if value == 0 {
            zeros = zeros.addingClamped(number)
        } else {
            add(number, toBucket: Self.bucket(of: UInt64(value)))
        }
    }

    private mutating func add(_ number: UInt32, toBucket bucket: Int) {
        if buckets.isEmpty {
            firstBucket = bucket
            buckets = [0]
        } else if bucket < firstBucket {
            buckets.insert(contentsOf: repeatElement(0, count: firstBucket - bucket), at: 0)
            firstBucket = bucket
        } else if bucket >= firstBucket + buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: bucket - firstBucket - buckets.count + 1))
        }
        buckets[bucket - firstBucket] = buckets[bucket - firstBucket].addingClamped(number)
    }

    private func sketchedValue(rank: Int) -> Int64 {
        // The ends are known exactly.
        if rank >= count { return max }
        var passed = Int(zeros)
        if rank <= passed { return 0 }
        for (index, number) in buckets.enumerated() {
            passed += Int(number)
            if rank <= passed {
                return Swift.min(Swift.max(Self.representative(of: firstBucket + index), min), max)
            }
        }
        return max
    }

    /// - Parameter value: not zero.
    static func bucket(of value: UInt64) -> Int {
        let power = 63 - value.leadingZeroBitCount
        let rest = value & ~(1 << UInt64(power))
        // Fifty times the rest has to fit 64 bits; what is cut off moves the bounds of a bucket by less than 2^-50.
        let shift = Swift.max(0, power - 56)
        let part = ((rest >> UInt64(shift)) * partsPerPower) >> UInt64(power - shift)
        return power * Int(partsPerPower) + Int(part)
    }

    /// The number that differs from both bounds of the bucket by the same ratio: 2ab / (a + b).
    static func representative(of bucket: Int) -> Int64 {
        let power = bucket / Int(partsPerPower)
        let part = Double(bucket % Int(partsPerPower))
        let parts = Double(partsPerPower)
        let base = Double(UInt64(1) << UInt64(power))
        let (low, high) = (base * (1 + part / parts), base * (1 + (part + 1) / parts))
        return Int64(exactly: (2 * low * high / (low + high)).rounded()) ?? .max
    }
}

extension FixedWidthInteger {
    /// The sum, or the number nearest to it that fits.
    func addingClamped(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
