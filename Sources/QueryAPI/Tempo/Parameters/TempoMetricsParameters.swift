package import QueryEngines
import TelemetryModel
import TraceQL

/// What a metrics query is asked with, whatever carries it; nil is what was not given.
package struct TempoMetricsParameters: Sendable {
    package var query: String?
    /// Nanoseconds since the Unix epoch.
    package var start: Int64?
    package var end: Int64?
    /// Nanoseconds back from the end, or from now when the end is later; instead of `start`.
    package var since: Int64?
    /// Nanoseconds; 0 counts as absent.
    package var step: Int64?
    package var exemplars: Int?

    package init(
        query: String? = nil, start: Int64? = nil, end: Int64? = nil, since: Int64? = nil, step: Int64? = nil,
        exemplars: Int? = nil
    ) {
        self.query = query
        self.start = start
        self.end = end
        self.since = since
        self.step = step
        self.exemplars = exemplars
    }

    private static let sinceDefault: Int64 = 3_600_000_000_000

    /// The request for series with a step. The range is widened to whole steps, so that a graph that is drawn again a
    /// moment later has its samples at the same times.
    ///
    /// - Parameter now: nanoseconds since the Unix epoch.
    package func rangeRequest(now: Int64) throws(TraceQueryError) -> TraceMetricsRequest {
        let query = try checkedQuery()
        let (start, end) = try bounds(now: now)
        let step = try checkedStep(start: start, end: end)
        let alignedStart = start - remainder(start, step)
        let rest = remainder(end, step)
        let (alignedEnd, overflows) = end.addingReportingOverflow(rest == 0 ? 0 : step - rest)
        guard !overflows else { throw TraceQueryError(.invalid, "invalid end: too late") }
        return TraceMetricsRequest(
            query: query, start: alignedStart, end: alignedEnd, step: step, exemplars: try exemplarCount(query))
    }

    /// The request for one value of each series.
    package func instantRequest(now: Int64) throws(TraceQueryError) -> TraceMetricsRequest {
        let query = try checkedQuery()
        let (start, end) = try bounds(now: now)
        return TraceMetricsRequest(query: query, start: start, end: end, step: nil)
    }

    private func checkedQuery() throws(TraceQueryError) -> Query {
        guard let query else { throw TraceQueryError(.invalid, "invalid request: q, the TraceQL query, is missing") }
        return try TempoQueryText.metrics(query)
    }

    private func bounds(now: Int64) throws(TraceQueryError) -> (Int64, Int64) {
        let end = end ?? now
        guard end >= 0 else { throw TraceQueryError(.invalid, "invalid end: must not be negative") }
        let since = since ?? Self.sinceDefault
        guard since >= 0 else { throw TraceQueryError(.invalid, "invalid since: must not be negative") }
        // A range that ends in the future goes back from now.
        let last = max(0, min(end, now))
        let start = start ?? last - min(since, last)
        guard start >= 0 else { throw TraceQueryError(.invalid, "invalid start: must not be negative") }
        guard start < end else {
            throw TraceQueryError(.invalid, "end must be greater than start. received start=\(start) end=\(end)")
        }
        return (start, end)
    }

    private func checkedStep(start: Int64, end: Int64) throws(TraceQueryError) -> Int64 {
        let range = end - start
        guard let step, step != 0 else { return Self.defaultStep(range) }
        guard step > 0 else { throw TraceQueryError(.invalid, "invalid step: must be a positive duration") }
        guard range / step <= TempoLimits.samplesMax else {
            throw TraceQueryError(
                .invalid,
                "step of \(TempoDuration.print(step)) is too small, minimum step for given range is "
                    + TempoDuration.print(range / TempoLimits.samplesMax + 1))
        }
        return step
    }

    /// About 240 steps: multiples of five seconds, for short ranges of one.
    ///
    /// - Spec: Tempo, "TraceQL Metrics": "the default behavior chooses a dynamic step based on the time range".
    static func defaultStep(_ range: Int64) -> Int64 {
        let second: Int64 = 1_000_000_000
        let wanted = range / 240
        if wanted >= 5 * second { return wanted - wanted % (5 * second) }
        return max(wanted - wanted % second, second)
    }

    /// What the hint `exemplars` says goes before the parameter, as in Tempo.
    private func exemplarCount(_ query: Query) throws(TraceQueryError) -> Int {
        if let exemplars, exemplars < 0 {
            throw TraceQueryError(.invalid, "invalid exemplars: must be a non-negative number")
        }
        var count = min(exemplars ?? TempoLimits.exemplarsMax, TempoLimits.exemplarsMax)
        for hint in query.hints where hint.name == "exemplars" {
            switch hint.value {
            case .bool(false): count = 0
            case .bool(true): if count == 0 { count = TempoLimits.exemplarsMax }
            case .int(let number): count = Int(min(max(number, 0), Int64(TempoLimits.exemplarsMax)))
            default: break
            }
        }
        return count
    }

    private func remainder(_ time: Int64, _ step: Int64) -> Int64 {
        let rest = time % step
        return rest < 0 ? rest + step : rest
    }
}

extension TempoMetricsParameters {
    /// The parameters of `/api/metrics/query_range` and `/api/metrics/query`; `query` is an older name of `q`.
    init(_ form: TempoForm) throws(TraceQueryError) {
        self.init(query: form["q"] ?? form["query"])
        if let text = form["start"] { start = try TempoTime.instant(text, name: "start") }
        if let text = form["end"] { end = try TempoTime.instant(text, name: "end") }
        if let text = form["since"] {
            guard let value = TempoDuration.parse(text, takesLongUnits: true) else {
                throw TraceQueryError(
                    .invalid, "could not parse 'since' parameter: \(TempoTime.quoted(text)) is no duration")
            }
            since = value
        }
        if let text = form["step"] {
            guard let value = TempoDuration.parseSecondsOrDuration(text) else {
                throw TraceQueryError(.invalid, "cannot parse \(TempoTime.quoted(text)) to a valid duration")
            }
            guard value > 0 else { throw TraceQueryError(.invalid, "invalid step: must be a positive duration") }
            step = value
        }
        if let text = form["exemplars"] { exemplars = try TempoCount.parse(text, name: "exemplars") }
    }
}
