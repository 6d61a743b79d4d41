/// Latencies in buckets whose width is at most 1/128 of their value, so that a percentile is off by less than 1 %.
///
/// Bounded: 7424 counts, whatever is recorded. Below 256 ns each nanosecond has its own bucket; above, each power of two
/// is divided into 128.
struct LatencyHistogram: Sendable, Equatable {
    private static let bits: UInt64 = 7
    private static let bucketsPerPower = UInt64(1) << bits
    private static let bucketCount = Int((64 - bits + 1) * bucketsPerPower)

    private var counts = [UInt64](repeating: 0, count: bucketCount)
    private(set) var count: UInt64 = 0
    /// The greatest latency, exactly.
    private(set) var max = Duration.zero

    /// A negative duration counts as zero.
    mutating func record(_ latency: Duration) {
        let nanoseconds = UInt64(clamping: Int64(clamping: latency / .nanoseconds(1)))
        counts[Self.bucket(nanoseconds)] += 1
        count += 1
        if latency > max { max = latency }
    }

    /// The latency that a part `fraction` of all does not exceed (nearest rank); nil when nothing was recorded.
    func percentile(_ fraction: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = Swift.min(count, Swift.max(1, UInt64((Double(count) * fraction).rounded(.up))))
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return Swift.min(max, .nanoseconds(Int64(clamping: Self.middle(bucket)))) }
        }
        return max
    }

    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 2 * bucketsPerPower else { return Int(value) }
        let shift = UInt64(63 - value.leadingZeroBitCount) - bits
        return Int(shift * bucketsPerPower + value >> shift)
    }

    private static func middle(_ bucket: Int) -> UInt64 {
        let bucket = UInt64(bucket)
        guard bucket >= 2 * bucketsPerPower else { return bucket }
        let shift = bucket / bucketsPerPower - 1
        return (bucket - shift * bucketsPerPower) << shift + (UInt64(1) << shift) / 2
    }
}

extension Int64 {
    /// The nearest value; 0 for not a number.
    fileprivate init(clamping value: Double) {
        guard !value.isNaN else {
            self = 0
            return
        }
        self = value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int64(value)
    }
}
