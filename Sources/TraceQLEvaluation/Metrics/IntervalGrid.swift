import TelemetryModel

/// The intervals of a metrics query.
///
/// Tempo 2.8 and later: with a step, the sample at time T counts spans that start in (T − step, T]; T runs over the
/// multiples of the step from `start` rounded down to `end` rounded up, so that refreshing a graph does not move its
/// points. The first sample therefore looks back a step before `start`, and spans at the rounded end itself are left
/// out. Without a step (an instant query) there is one interval, `start` inclusive, `end` exclusive, whose sample is at
/// `end`.
///
/// All times are nanoseconds since the Unix epoch.
package struct IntervalGrid: Sendable, Equatable {
    /// Nil for an instant query.
    package let step: Int64?
    package let count: Int
    /// Spans that start in this range count: the first inclusive, the last exclusive.
    package let spansStart: Int64
    package let spansEnd: Int64
    private let firstTime: Int64

    /// - Throws: `.invalid` when the end is not after the start or the step is not positive, `.overLimit` for more than
    ///   `limits.intervalsMax` intervals.
    package init(
        start: Int64, end: Int64, step: Int64?, limits: EvaluationLimits = .standard
    ) throws(TraceQLEvaluationError) {
        guard start < end else { throw TraceQLEvaluationError(.invalid, "end must be after start") }
        self.step = step
        guard let step else {
            count = 1
            spansStart = start
            spansEnd = end
            firstTime = end
            return
        }
        guard step > 0 else { throw TraceQLEvaluationError(.invalid, "step must be greater than zero") }
        guard start >= Int64.min + step else { throw TraceQLEvaluationError(.invalid, "time range is too large") }
        let first = start - Self.remainder(start, step)
        let rest = Self.remainder(end, step)
        let (last, isPast) = rest == 0 ? (end, false) : end.addingReportingOverflow(step - rest)
        let (width, isWide) = last.subtractingReportingOverflow(first)
        let (before, isBefore) = first.subtractingReportingOverflow(step)
        guard !isPast, !isWide, !isBefore else {
            throw TraceQLEvaluationError(.invalid, "time range is too large")
        }
        guard width / step < Int64(limits.intervalsMax) else {
            throw TraceQLEvaluationError(
                .overLimit, "query range has \(width / step + 1) intervals, limit is \(limits.intervalsMax)")
        }
        count = Int(width / step) + 1
        firstTime = first
        spansStart = before + 1
        spansEnd = last
    }

    /// The time of an interval's sample.
    package func time(of interval: Int) -> Int64 { firstTime + Int64(interval) * (step ?? 0) }

    /// The interval that counts a span that starts at a time; nil outside of the range.
    package func interval(of start: Int64) -> Int? {
        guard start >= spansStart, start < spansEnd else { return nil }
        guard let step else { return 0 }
        return start <= firstTime ? 0 : Int((start - firstTime - 1) / step) + 1
    }

    /// Length of an interval: what `rate` divides by.
    package var seconds: Double { (step.map(Double.init) ?? (Double(spansEnd) - Double(spansStart))) / 1e9 }

    /// As `%` for positive numbers, and never negative.
    private static func remainder(_ value: Int64, _ step: Int64) -> Int64 {
        let rest = value % step
        return rest < 0 ? rest + step : rest
    }
}
