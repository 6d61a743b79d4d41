package import Recordings
import TelemetryModel

/// Whether points of metrics can be what they say they are. Spec: OTLP metrics data model.
///
/// Checks of single points and of series stand here, what metrics say about operations in
/// `MetricAggregationSuite+Operations`.
package struct MetricAggregationSuite: BuiltInSuite {
    package static let name = "metric-aggregation"
    package static let title = "Counters, histograms and units hold together, and operations are counted."

    /// Sums of doubles are compared with this relative tolerance: an SDK adds in another order.
    private static let tolerance = 1e-6

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        let recording = recording.sent
        return SuiteReport(
            Self.self,
            [
                Self.counters(recording),
                Self.deltas(recording),
                Self.histogramCounts(recording),
                Self.histogramSums(recording),
                Self.bounds(recording),
                Self.units(recording),
                Self.operationCounters(recording),
                Self.executionTimes(recording, options.executionTimeMax),
                Self.errorRates(recording),
                Self.spanCounts(recording),
            ])
    }

    // MARK: Points

    /// A monotonic total of a point: a counter's value, a histogram's count.
    static func total(_ point: RecordedPoint) -> Double? {
        switch point.value {
        case .int(let value): Double(value)
        case .double(let value): value
        case .histogram(let histogram): Double(histogram.count)
        case .summary(let count, _, _): Double(count)
        case .none: nil
        }
    }

    static func isCumulative(_ series: RecordedSeries) -> Bool {
        switch series.kind {
        case .sum: series.isMonotonic && series.temporality == .cumulative
        case .histogram, .exponentialHistogram: series.temporality == .cumulative
        case .summary: true
        case .gauge: false
        }
    }

    /// Spec: "Resets and Gaps": a cumulative series that begins again says so by a new start time.
    private static func counters(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        for series in recording.series where isCumulative(series) {
            findings.examined += 1
            var before: (value: Double, point: RecordedPoint)?
            for point in series.points {
                guard let value = total(point) else { continue }
                if let last = before, value < last.value, point.startTime == last.point.startTime {
                    let start = point.startTime == 0 ? "no start time" : "the same start time"
                    findings.problem(
                        "\(recording.describe(series)): from \(number(last.value)) to \(number(value)) at "
                            + "\(time(point.time)) with \(start)")
                    break
                }
                if value < 0 {
                    findings.problem("\(recording.describe(series)): \(number(value)) at \(time(point.time))")
                    break
                }
                before = (value, point)
            }
        }
        return findings.report(
            "cumulative counters do not fall", expected: "a fall only with a new start time",
            noun: "cumulative series", nothing: "no cumulative counter or histogram came",
            isOptional: !recording.series.isEmpty)
    }

    private static func deltas(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        for series in recording.series where series.kind == .sum && series.isMonotonic && series.temporality == .delta {
            for point in series.points {
                guard let value = total(point) else { continue }
                findings.examined += 1
                if value < 0 {
                    findings.problem("\(recording.describe(series)): \(number(value)) at \(time(point.time))")
                }
            }
        }
        return findings.report(
            "deltas of counters are not negative", expected: "0 or more", noun: "delta points",
            nothing: "no delta counter came", isOptional: true)
    }

    private static func eachHistogram(
        _ recording: Recording, _ look: (RecordedSeries, RecordedPoint, RecordedPoint.Histogram) -> Void
    ) {
        for series in recording.series {
            for point in series.points {
                if case .histogram(let histogram) = point.value { look(series, point, histogram) }
            }
        }
    }

    /// Spec: metrics.proto, `HistogramDataPoint.count`: equal to the sum of the counts of the buckets, if there are any.
    private static func histogramCounts(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        eachHistogram(recording) { series, point, histogram in
            findings.examined += 1
            guard !histogram.counts.isEmpty else { return }
            var sum: UInt64 = 0
            for count in histogram.counts { sum = sum.addingReportingOverflow(count).partialValue }
            if sum != histogram.count {
                findings.problem(
                    "\(recording.describe(series)): count \(histogram.count), buckets hold \(sum) at \(time(point.time))"
                )
            } else if histogram.counts.count != histogram.bounds.count + 1 {
                findings.problem(
                    "\(recording.describe(series)): \(histogram.counts.count) buckets for \(histogram.bounds.count) bounds"
                )
            }
        }
        return findings.report(
            "histogram counts are the sum of their buckets", expected: "count = sum of the buckets",
            noun: "histogram points", nothing: "no histogram came", isOptional: !recording.series.isEmpty)
    }

    /// A sum is sent for values that are not negative only (metrics.proto, `HistogramDataPoint.sum`), so each bucket
    /// bounds from both sides what its values add to it.
    private static func histogramSums(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        eachHistogram(recording) { series, point, histogram in
            guard let sum = histogram.sum else { return }
            findings.examined += 1
            guard sum.isFinite else {
                findings.problem("\(recording.describe(series)): sum \(sum) at \(time(point.time))")
                return
            }
            let range = sumRange(histogram)
            let slack = tolerance * max(abs(sum), 1e-9)
            if sum < range.low - slack || sum > range.high + slack {
                findings.problem(
                    "\(recording.describe(series)): sum \(number(sum)) of \(histogram.count) values, possible is "
                        + "\(number(range.low)) to \(number(range.high)), at \(time(point.time))")
            }
        }
        return findings.report(
            "histogram sums fit their buckets", expected: "a sum that values in these buckets can have",
            noun: "histogram points with a sum", nothing: "no histogram with a sum came",
            isOptional: !recording.series.isEmpty)
    }

    /// Between what sums lie that the buckets, the least and the greatest value allow.
    private static func sumRange(_ histogram: RecordedPoint.Histogram) -> (low: Double, high: Double) {
        guard histogram.count > 0 else { return (0, 0) }
        let count = Double(histogram.count)
        var low = histogram.min.map { $0 * count } ?? -Double.infinity
        var high = histogram.max.map { $0 * count } ?? .infinity
        let bounds = histogram.bounds
        guard histogram.counts.count == bounds.count + 1, !bounds.isEmpty, bounds[0] >= 0 else { return (low, high) }
        var least = 0.0
        var most = 0.0
        for (bucket, values) in histogram.counts.enumerated() where values > 0 {
            if bucket > 0 { least += bounds[bucket - 1] * Double(values) }
            most += bucket < bounds.count ? bounds[bucket] * Double(values) : .infinity
        }
        low = max(low, least)
        high = min(high, most)
        return (low, high)
    }

    private static func bounds(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        eachHistogram(recording) { series, point, histogram in
            guard !histogram.bounds.isEmpty else { return }
            findings.examined += 1
            let bounds = histogram.bounds
            for index in bounds.indices.dropFirst() where !(bounds[index - 1] < bounds[index]) {
                findings.problem(
                    "\(recording.describe(series)): bound \(number(bounds[index])) after \(number(bounds[index - 1]))")
                return
            }
        }
        return findings.report(
            "histogram bounds ascend", expected: "each bound above the one before",
            noun: "histogram points with bounds",
            nothing: "no histogram with bounds came", isOptional: !recording.series.isEmpty)
    }

    /// Of names with dots. In names without, as Prometheus has them, the unit is a part of the name.
    private static func units(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        var seen: Set<String> = []
        for series in recording.series.sorted(by: { $0.name < $1.name })
        where series.name.contains(".") && seen.insert("\(series.resource) \(series.name)").inserted {
            findings.examined += 1
            if series.unit.isEmpty {
                findings.problem("\(Recording.cut(series.name)), \(recording.service(series.resource)): no unit")
            }
        }
        return findings.report(
            "metrics have a unit", expected: "a UCUM unit, `1` or `{thing}` for counts", noun: "metrics",
            nothing: "no metric came whose name has no place for its unit", isOptional: !recording.series.isEmpty)
    }

    // MARK: Text

    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    static func time(_ nanoseconds: UInt64) -> String { Timestamp(clamping: nanoseconds).rfc3339 }
}
