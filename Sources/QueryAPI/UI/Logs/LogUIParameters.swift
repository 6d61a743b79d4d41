import LogQL
import QueryEngines
import TelemetryModel

/// The parameters of a URL by their types; an empty one is as good as none.
struct LogUIParameters: Sendable {
    private let form: LokiForm

    init(_ query: String?) throws(TraceUIFailure) {
        do throws(LokiFailure) {
            form = try LokiForm(query: query)
        } catch {
            throw LogUIFailure.of(error)
        }
    }

    /// How much of something, from 1 to a maximum.
    func count(_ name: String, default ordinary: Int, max: Int) throws(TraceUIFailure) -> Int {
        guard let text = form[name] else { return ordinary }
        guard let count = Int(text), count > 0 else {
            throw .parameter(name, "has to be a whole number from 1 on")
        }
        guard count <= max else { throw .parameter(name, "is \(count), limit is \(max)") }
        return count
    }

    /// `start` and `end` as the Loki API takes them; an absent end is now, a start an hour before it.
    func range(now: Timestamp) throws(TraceUIFailure) -> LogTimeRange {
        let end = try time("end") ?? now.nanoseconds
        return try ordered(try time("start") ?? end - LogUILimits.rangeDefault, end)
    }

    /// The same where a question without times is about all there is.
    func rangeOfAll(now: Timestamp) throws(TraceUIFailure) -> LogTimeRange {
        try ordered(try time("start") ?? 0, try time("end") ?? now.nanoseconds &+ LogUILimits.clockSkewMax)
    }

    private func ordered(_ start: Int64, _ end: Int64) throws(TraceUIFailure) -> LogTimeRange {
        guard start < end else { throw TraceUIFailure(.invalid, "parameter start has to be before end") }
        return LogTimeRange(start: start, end: end)
    }

    func time(_ name: String) throws(TraceUIFailure) -> Int64? {
        do throws(LokiFailure) {
            return try form.time(name)
        } catch {
            throw LogUIFailure.of(error)
        }
    }

    func direction() throws(TraceUIFailure) -> LogSelectRequest.Direction {
        do throws(LokiFailure) {
            return try form.direction()
        } catch {
            throw LogUIFailure.of(error)
        }
    }

    /// Nanoseconds between the steps of a series.
    func step(_ range: LogTimeRange) throws(TraceUIFailure) -> Int64 {
        let (length, overflows) = range.end.subtractingReportingOverflow(range.start)
        let span = overflows ? Int64.max : length
        guard let text = form["step"] else {
            return max(span / 1_000_000_000 / LogUILimits.stepsDefault, 1) * 1_000_000_000
        }
        guard let step = try? LokiTime.duration(text), step > 0 else {
            throw .parameter("step", "has to be a duration such as 30s")
        }
        guard span / step <= LogUILimits.stepsMax else {
            throw .parameter("step", "makes \(span / step) steps of the range, limit is \(LogUILimits.stepsMax)")
        }
        return step
    }

    /// `query`. Other than for Loki, the selector may be empty or left out, so that a query may begin with its pipeline;
    /// without any query all lines are meant.
    func query() throws(TraceUIFailure) -> LogQLQuery {
        let text = form["query"] ?? ""
        var rest = text[...].drop { $0.isWhitespace }
        var isEmptySelector = rest.isEmpty || rest.first == "|" || rest.first == "!"
        if rest.first == "{" {
            let inside = rest.dropFirst().drop { $0.isWhitespace }
            if inside.first == "}" {
                rest = inside.dropFirst()
                isEmptySelector = true
            }
        }
        // The parser wants a condition; this one is taken out again.
        let selector = "{x=\"x\"} "
        do throws(LogQLError) {
            guard isEmptySelector else { return try LogQLParser.parse(text) }
            let query = try LogQLParser.parse(selector + rest)
            guard case .log(var selection) = query else { return query }
            selection.matchers = []
            return .log(selection)
        } catch {
            let dropped = text.utf8.count - rest.utf8.count
            throw LogUIFailure.of(error, in: text, shift: isEmptySelector ? selector.utf8.count - dropped : 0)
        }
    }

    /// A query of lines.
    func selection() throws(TraceUIFailure) -> LogSelection {
        guard case .log(let selection) = try query() else {
            throw TraceUIFailure(.invalid, "this query is one of numbers; a query that finds lines is needed")
        }
        return selection
    }
}
