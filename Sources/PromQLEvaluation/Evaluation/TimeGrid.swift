/// The times at which an expression is evaluated: `start`, `start + step`, …, milliseconds since the Unix epoch.
struct TimeGrid: Hashable, Sendable {
    var start: Int64
    /// Positive; of no meaning when there is one time only.
    var step: Int64
    var count: Int

    /// - Returns: without times when `end` is before `start`.
    init(from start: Int64, through end: Int64, step: Int64) {
        self.start = start
        self.step = max(step, 1)
        let (span, overflows) = end.subtractingReportingOverflow(start)
        if end < start {
            count = 0
        } else {
            let steps = overflows ? Int.max : Int(span / self.step)
            count = steps == .max ? .max : steps + 1
        }
    }

    init(start: Int64, step: Int64, count: Int) {
        self.start = start
        self.step = max(step, 1)
        self.count = count
    }

    /// - Precondition: the grid is not empty.
    var end: Int64 { time(count - 1) }

    @inline(__always)
    func time(_ index: Int) -> Int64 { start &+ Int64(index) &* step }

    /// Only the first time.
    var first: TimeGrid { TimeGrid(start: start, step: step, count: min(count, 1)) }
}

extension Int64 {
    /// The sum, or the nearest value there is: times and durations of a query are any numbers.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }

    func subtracting(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (other < 0 ? .max : .min) : difference
    }
}
