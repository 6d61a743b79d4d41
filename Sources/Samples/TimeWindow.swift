/// The time that one batch covers, `start` exclusive, `end` inclusive, in nanoseconds since the Unix epoch.
struct TimeWindow: Sendable {
    static let lengthMax: UInt64 = 60_000_000_000
    /// The step between the points of a metric: short enough that a rate over a minute has six points to work with.
    static let metricInterval: UInt64 = 10_000_000_000
    /// A clock before this is not set. Two hours after the epoch leave room to subtract any duration made here.
    private static let earliestEnd: UInt64 = 7_200_000_000_000

    let start: UInt64
    let end: UInt64

    init(endingAt now: UInt64, after previousEnd: UInt64?) {
        end = max(now, Self.earliestEnd)
        let minuteBefore = end - Self.lengthMax
        // A clock that stands still or goes back would leave no time at all: the batch then covers the same minute
        // again.
        if let previousEnd, previousEnd < end {
            start = max(minuteBefore, previousEnd)
        } else {
            start = minuteBefore
        }
    }

    /// The times of a metric's points, ascending; the last is the end of the window.
    var metricTimes: [UInt64] {
        var times: [UInt64] = []
        var time = end
        while time > start {
            times.append(time)
            time -= Self.metricInterval
        }
        return times.reversed()
    }

    /// A moment inside the window.
    func moment(_ random: inout RandomSource) -> UInt64 {
        end - UInt64(random.below(Int(end - start)))
    }

    /// Moments inside the window in ascending order: traces of one batch are made in the order in which they end.
    func moments(_ count: Int, _ random: inout RandomSource) -> [UInt64] {
        var moments: [UInt64] = []
        moments.reserveCapacity(count)
        for _ in 0..<count {
            moments.append(moment(&random))
        }
        return moments.sorted()
    }
}
