import ArgumentParser
import TelemetryModel

/// A span of time on the command line of what asks for traces.
struct TraceTimeOptions: ParsableArguments {
    @Option(name: .long, help: "Only so far back: 15m, 1h, 7d.")
    var since: DurationArgument?

    @Option(
        name: .long, parsing: .unconditional,
        help: "First time: Unix seconds, RFC 3339, now, or relative to now: -5m, now-1h.")
    var start: TimeArgument?

    @Option(name: .long, parsing: .unconditional, help: "Last time; now without.")
    var end: TimeArgument?

    func validate() throws {
        if since != nil, start != nil || end != nil {
            throw ValidationError("--since is for a span of time up to now; --start and --end are for any other")
        }
        if start == nil, end != nil { throw ValidationError("--start is needed with --end") }
        if let since, since.duration <= .zero { throw ValidationError("--since is more than nothing") }
    }

    /// Nil when no time was given.
    ///
    /// - Throws: wrong usage.
    func range(now: Timestamp) throws -> TraceTimes? {
        if let since {
            let (nanoseconds, overflow) = now.nanoseconds.subtractingReportingOverflow(since.nanoseconds)
            return TraceTimes(start: overflow ? 0 : max(0, nanoseconds), end: now.nanoseconds)
        }
        guard let start else { return nil }
        let range = TraceTimes(
            start: try Self.nanoseconds(start, "--start", now), end: try Self.nanoseconds(end ?? .now, "--end", now))
        guard range.start < range.end else { throw CommandFailure(.usage, "--start is not before --end") }
        return range
    }

    private static func nanoseconds(_ time: TimeArgument, _ option: String, _ now: Timestamp) throws -> Int64 {
        let text = time.text(now: now.nanoseconds / 1_000_000)
        guard let nanoseconds = TraceTimes.nanoseconds(text), nanoseconds >= 0 else {
            throw CommandFailure(.usage, "\(option) is no time after 1970: \(TerminalText.escaped(text))")
        }
        return nanoseconds
    }
}

extension DurationArgument {
    /// The nearest that fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds) / 1_000_000_000)
    }
}
