/// The times at which a metric query is evaluated: `start`, `start + step`, … up to `end`; nanoseconds since the Unix
/// epoch.
package struct StepGrid: Sendable, Equatable {
    package let start: Int64
    package let end: Int64
    /// Positive.
    package let step: Int64
    package let count: Int

    /// - Returns: nil when the end is before the start, or there would be more steps than that.
    package init?(start: Int64, end: Int64, step: Int64, stepsMax: Int = 1 << 20) {
        let step = max(step, 1)
        let (length, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, length >= 0, length / step < Int64(stepsMax) else { return nil }
        self.start = start
        self.end = end
        self.step = step
        count = Int(length / step) + 1
    }

    /// One step.
    package init(at time: Int64) {
        start = time
        end = time
        step = 1
        count = 1
    }

    package func time(_ index: Int) -> Int64 { start &+ Int64(index) &* step }
}
