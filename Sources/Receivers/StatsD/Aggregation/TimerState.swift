/// Values of one timer, histogram or distribution: sums over the life of the process, and those since the last flush.
struct TimerState: Sendable {
    /// Values that an interval keeps one by one. With more, quantiles come from buckets of 2.2 % width.
    static let exactValuesMax = 256

    private(set) var count = 0.0
    private(set) var sum = 0.0
    private(set) var buckets = ExponentialBuckets(schema: 3, bucketsMax: 160)
    private var interval = TimerInterval()

    /// - Parameters:
    ///   - value: finite.
    ///   - weight: 1 / sample rate.
    ///   - exactValuesLeft: how many values all timers together may still keep in this interval.
    /// - Returns: false, and nothing is changed, when the sum is too large for a number.
    mutating func add(_ value: Double, weight: Double, exactValuesLeft: inout Int) -> Bool {
        let newSum = sum + value * weight
        guard newSum.isFinite else { return false }
        count += weight
        sum = newSum
        buckets.add(value, weight: weight)
        interval.add(value, weight: weight, exactValuesLeft: &exactValuesLeft)
        return true
    }

    /// Ends the interval.
    mutating func takeInterval() -> TimerInterval {
        let ended = interval
        interval = TimerInterval()
        return ended
    }
}

/// What a timer got between two flushes: its values as they came while they are few and not sampled, else buckets.
package struct TimerInterval: Sendable, Equatable {
    private var values: [Double] = []
    private var buckets: ExponentialBuckets?
    private var low = Double.infinity
    private var high = -Double.infinity

    var isEmpty: Bool { low > high }

    @inline(__always)
    fileprivate mutating func add(_ value: Double, weight: Double, exactValuesLeft: inout Int) {
        low = min(low, value)
        high = max(high, value)
        if buckets == nil {
            if weight == 1, exactValuesLeft > 0, values.count < TimerState.exactValuesMax {
                exactValuesLeft -= 1
                values.append(value)
                return
            }
            moveToBuckets()
        }
        buckets?.add(value, weight: weight)
    }

    private mutating func moveToBuckets() {
        var moved = ExponentialBuckets(schema: 5, bucketsMax: 640)
        for value in values { moved.add(value, weight: 1) }
        values = []
        buckets = moved
    }

    /// Values for the fractions, by nearest rank: the smallest value that at least this part of all reaches. Empty when
    /// nothing arrived.
    func quantiles(_ fractions: [Double]) -> [Double] {
        guard !isEmpty else { return [] }
        if let buckets { return fractions.map { min(max(buckets.quantile($0) ?? low, low), high) } }
        let sorted = values.sorted()
        return fractions.map { fraction in
            // The small number undoes what a product like 0.95 × 20 may be too large by.
            let rank = (fraction * Double(sorted.count) - 1e-9).rounded(.up)
            return sorted[min(max(Int(rank), 1), sorted.count) - 1]
        }
    }
}
