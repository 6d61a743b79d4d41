import ArgumentParser
import TelemetryModel

/// A span of time on the command line of what asks for logs; the last hour without.
struct LogTimeOptions: ParsableArguments {
    private static let sinceDefault: Int64 = 3_600_000_000_000

    @Option(name: .long, help: "Only so far back: 15m, 1h, 7d; 1h without.")
    var since: DurationArgument?

    @Option(
        name: [.customLong("from"), .customLong("start")], parsing: .unconditional,
        help: "First time: Unix seconds, RFC 3339, now, or relative to now: -5m, now-1h.")
    var from: TimeArgument?

    @Option(name: [.customLong("to"), .customLong("end")], parsing: .unconditional, help: "Last time; now without.")
    var to: TimeArgument?

    var isGiven: Bool { since != nil || from != nil || to != nil }

    func validate() throws {
        if since != nil, from != nil || to != nil {
            throw ValidationError("--since is for a span of time up to now; --from and --to are for any other")
        }
        if from == nil, to != nil { throw ValidationError("--from is needed with --to") }
        if let since, since.duration <= .zero { throw ValidationError("--since is more than nothing") }
    }

    /// - Throws: wrong usage.
    func range(now: Timestamp) throws -> TraceTimes {
        // What has come in this moment is of now, too; the end is exclusive.
        let end = now.nanoseconds + 1
        guard let from else {
            let (start, overflow) = end.subtractingReportingOverflow(since?.nanoseconds ?? Self.sinceDefault)
            return TraceTimes(start: overflow ? 0 : max(0, start), end: end)
        }
        let range = TraceTimes(
            start: try Self.nanoseconds(from, "--from", now),
            end: try to.map { try Self.nanoseconds($0, "--to", now) } ?? end)
        guard range.start < range.end else { throw CommandFailure(.usage, "--from is not before --to") }
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
