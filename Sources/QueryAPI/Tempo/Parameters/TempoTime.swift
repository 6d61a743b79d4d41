package import QueryEngines
import TelemetryModel

/// Times as the Tempo API takes them.
package enum TempoTime {
    /// Whole seconds since the Unix epoch.
    static func seconds(_ text: String, name: String) throws(TraceQueryError) -> Int64 {
        guard let value = Int64(text) else {
            throw TraceQueryError(.invalid, "invalid \(name): \(quoted(text)) is no whole number of seconds")
        }
        return value
    }

    /// The range between two times in seconds; nil stands for a time that was not given.
    ///
    /// - Parameter needsBoth: one without the other is an error; else it bounds one side.
    package static func range(
        start: Int64?, end: Int64?, needsBoth: Bool
    ) throws(TraceQueryError) -> TraceTimeRange {
        // Tempo's protocol buffers have no other way to say that no time is given.
        if start == 0, end == 0 { return .all }
        if needsBoth, (start == nil) != (end == nil) {
            throw TraceQueryError(
                .invalid,
                "invalid request: \(start == nil ? "end" : "start") is given without \(start == nil ? "start" : "end")")
        }
        if let start, let end, end <= start {
            throw TraceQueryError(
                .invalid, "http parameter start must be before end. received start=\(start) end=\(end)")
        }
        return TraceTimeRange(
            start: try nanoseconds(start, name: "start"), end: try nanoseconds(end, name: "end"))
    }

    private static func nanoseconds(_ seconds: Int64?, name: String) throws(TraceQueryError) -> Int64? {
        guard let seconds else { return nil }
        let (value, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows, seconds >= 0 else {
            throw TraceQueryError(.invalid, "invalid \(name): \(seconds) is no time in seconds")
        }
        return value
    }

    /// Nanoseconds of seconds (also with a fraction), of nanoseconds, or of a date and time in RFC 3339.
    ///
    /// Whole numbers of up to ten digits are seconds, as in Tempo: the year 2286 ends there.
    static func instant(_ text: String, name: String) throws(TraceQueryError) -> Int64 {
        if let number = Int64(text) {
            if text.utf8.count > 10 { return number }
            let (nanoseconds, overflows) = number.multipliedReportingOverflow(by: 1_000_000_000)
            if !overflows { return nanoseconds }
        }
        if text.utf8.contains(UInt8(ascii: ".")), let seconds = FloatText.parse(text), abs(seconds) < 9e9 {
            let whole = seconds.rounded(.down)
            // To milliseconds: a double has no more than that to tell.
            return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1000).rounded()) * 1_000_000
        }
        if let milliseconds = RFC3339Text.parse(text) {
            let (value, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            if !overflows { return value }
        }
        throw TraceQueryError(
            .invalid,
            "could not parse '\(name)' parameter: \(quoted(text)) is no time in seconds, nanoseconds or RFC 3339")
    }

    /// A text of a request as a message may carry it: bounded, and on one line.
    static func quoted(_ text: String) -> String {
        let clean = text.prefix(60).map { $0.isNewline || $0 == "\"" ? " " : String($0) }.joined()
        return "\"\(clean)\(text.count > 60 ? "…" : "")\""
    }
}
