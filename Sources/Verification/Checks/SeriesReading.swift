import Recordings

/// What the points of a series say.
struct SeriesReading {
    let series: RecordedSeries
    /// Numbers of points that have one, with their times; of histograms and summaries the count.
    let numbers: [(number: Number, point: RecordedPoint)]

    init(_ series: RecordedSeries) {
        self.series = series
        numbers = series.points.compactMap { point in Self.number(point).map { ($0, point) } }
    }

    /// Values of gauges and sums only.
    var values: [Number] { hasNumbers ? numbers.map(\.number) : [] }

    private var hasNumbers: Bool { series.kind == .gauge || series.kind == .sum }

    private var isDelta: Bool { series.temporality == .delta }

    /// nil when there are too few points to tell.
    ///
    /// - Parameter windowStart: a cumulative series that began at or after it grew from zero.
    /// - Spec: OTLP metrics data model, "Resets and Gaps": a new start time, or a lower value, is a new beginning.
    func increase(windowStart: UInt64?) -> Number? {
        guard let first = numbers.first else { return nil }
        if isDelta { return Self.sum(numbers.map(\.number)) }
        if series.kind == .gauge {
            guard numbers.count > 1, let last = numbers.last else { return nil }
            return Self.difference(last.number, first.number)
        }
        var parts: [Number] = []
        let start = first.point.startTime
        let beganInWindow = start != 0 && start >= (windowStart ?? 0)
        if beganInWindow { parts.append(first.number) }
        for (before, after) in zip(numbers, numbers.dropFirst()) {
            parts.append(
                isRestart(before, after) ? after.number : Self.difference(after.number, before.number))
        }
        return parts.isEmpty ? nil : Self.sum(parts)
    }

    /// Places at which a cumulative value is below the one before without a restart, or a delta is negative, and how
    /// many places were looked at.
    var decreases: (found: [String], examined: Int) {
        if isDelta {
            let negative = numbers.filter { $0.number.order(.int(0)) == .below }
            return (negative.map { "a change of \($0.number.text)" }, numbers.count)
        }
        var found: [String] = []
        for (before, after) in zip(numbers, numbers.dropFirst())
        where after.number.order(before.number) == .below && !hasNewStart(before.point, after.point) {
            found.append("from \(before.number.text) to \(after.number.text)")
        }
        return (found, max(0, numbers.count - 1))
    }

    /// Nanoseconds between one point and the next.
    var intervals: [UInt64] {
        zip(series.points, series.points.dropFirst()).map { $1.time >= $0.time ? $1.time - $0.time : 0 }
    }

    private func isRestart(
        _ before: (number: Number, point: RecordedPoint), _ after: (number: Number, point: RecordedPoint)
    ) -> Bool {
        hasNewStart(before.point, after.point)
            || (series.isMonotonic || !hasNumbers) && after.number.order(before.number) == .below
    }

    private func hasNewStart(_ before: RecordedPoint, _ after: RecordedPoint) -> Bool {
        before.startTime != 0 && after.startTime > before.startTime && after.startTime >= before.time
    }

    private static func number(_ point: RecordedPoint) -> Number? {
        switch point.value {
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .histogram(let histogram): Number(clamping: histogram.count)
        case .summary(let count, _, _): Number(clamping: count)
        case .none: nil
        }
    }

    /// Whole numbers stay whole as long as they fit.
    static func sum(_ numbers: [Number]) -> Number {
        numbers.reduce(.int(0)) { sum, number in
            if case .int(let left) = sum, case .int(let right) = number {
                let (result, overflow) = left.addingReportingOverflow(right)
                if !overflow { return .int(result) }
            }
            return .double(sum.double + number.double)
        }
    }

    private static func difference(_ left: Number, _ right: Number) -> Number {
        if case .int(let left) = left, case .int(let right) = right {
            let (result, overflow) = left.subtractingReportingOverflow(right)
            if !overflow { return .int(result) }
        }
        return .double(left.double - right.double)
    }
}
