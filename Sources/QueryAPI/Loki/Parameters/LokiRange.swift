import TelemetryModel
import QueryEngines

/// `start`, `end` and `since`, and what is derived of them.
extension LokiForm {
    /// Nil when it was not given.
    func time(_ name: String) throws(LokiFailure) -> Int64? {
        guard let text = self[name] else { return nil }
        switch LokiTime.parse(text) {
        case .success(let time): return time
        case .failure(let failure): throw .parameter(name, failure.reason)
        }
    }

    /// The range of a question. An end that was not given is now; a start, `since` before the end, but not after now.
    ///
    /// - Parameter since: what stands for `since` when it was not given.
    func bounds(now: Int64, since: Int64 = LokiLimits.hour) throws(LokiFailure) -> LogTimeRange {
        var since = since
        if let text = self["since"] {
            guard let value = try? LokiTime.duration(text) else {
                throw .parameter("since", "not a valid duration string: \(LokiTime.quoted(text))")
            }
            since = value
        }
        let end = try time("end") ?? now
        let (before, overflows) = min(end, now).subtractingReportingOverflow(since)
        let start = try time("start") ?? max(overflows ? LokiTime.earliest : before, LokiTime.earliest)
        return LogTimeRange(start: start, end: end)
    }

    /// The same, refused when the end is before the start.
    func orderedBounds(now: Int64) throws(LokiFailure) -> LogTimeRange {
        let range = try bounds(now: now)
        guard range.end >= range.start else {
            throw LokiFailure(.invalid, "end timestamp must not be before or equal to start time")
        }
        return range
    }

    /// Nanoseconds between the steps: one in 250 of the range in whole seconds when it was not given.
    func step(_ range: LogTimeRange) throws(LokiFailure) -> Int64 {
        let (length, overflows) = range.end.subtractingReportingOverflow(range.start)
        let span = overflows ? Int64.max : length
        let step: Int64
        if let text = self["step"] {
            step = try LokiTime.duration(text)
        } else {
            step = max(span / 1_000_000_000 / 250, 1) * 1_000_000_000
        }
        guard step > 0 else {
            throw LokiFailure(
                .invalid,
                "zero or negative query resolution step widths are not accepted. Try a positive integer")
        }
        guard span / step <= LokiLimits.pointsMax else {
            throw LokiFailure(
                .invalid,
                "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step "
                    + "parameter")
        }
        return step
    }

    /// Nanoseconds; 0 when it was not given.
    func interval() throws(LokiFailure) -> Int64 {
        guard let text = self["interval"] else { return 0 }
        let interval = try LokiTime.duration(text)
        guard interval >= 0 else { throw LokiFailure(.invalid, "interval must be >= 0") }
        return interval
    }

    func direction() throws(LokiFailure) -> LogSelectRequest.Direction {
        guard let text = self["direction"] else { return .backward }
        guard let direction = LogSelectRequest.Direction(rawValue: text.lowercased()) else {
            throw LokiFailure(.invalid, "invalid direction '\(text.prefix(60))'")
        }
        return direction
    }
}
