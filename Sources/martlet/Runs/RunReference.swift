import TelemetryModel

/// How a run is named on the command line.
///
/// - `since=15m`: the last 15 minutes of the running server.
/// - `START..END`: a window of the running server. A time is Unix seconds, RFC 3339, `now`, or relative to now
///   (`-5m`, `now-1h`); an END that is missing is now.
/// - `service@instance`: a process of which the running server has telemetry, as `martlet runs` lists it; the beginning
///   of the instance will do, and `service@latest` and `service@previous` are the processes that began last.
/// - `./name`, `/path`, or anything with a slash: an export or mirror, a directory or a file.
/// - else the name of a run that `martlet run` kept, or, when there is none, a path.
enum RunReference: Equatable {
    case window(TraceTimes)
    case process(service: String, instance: String)
    case path(String)
    case name(String)

    /// - Throws: wrong usage.
    init(_ text: String, now: Timestamp) throws(CommandFailure) {
        if let since = text.dropping(prefix: "since=") {
            guard let duration = DurationArgument(argument: since), duration.duration > .zero else {
                throw CommandFailure(
                    .usage, "\(TerminalText.escaped(text)) is no window; write for instance since=15m")
            }
            let (start, overflow) = now.nanoseconds.subtractingReportingOverflow(duration.nanoseconds)
            self = .window(TraceTimes(start: overflow ? 0 : max(0, start), end: now.nanoseconds + 1))
        } else if text.contains("/") {
            self = .path(text)
        } else if let window = try Self.window(text, now) {
            self = .window(window)
        } else if let at = text.lastIndex(of: "@") {
            self = .process(service: String(text[..<at]), instance: String(text[text.index(after: at)...]))
        } else if text.isEmpty {
            throw CommandFailure(.usage, "a run has a name that is not empty")
        } else {
            self = .name(text)
        }
    }

    /// Nil when the text is none.
    private static func window(_ text: String, _ now: Timestamp) throws(CommandFailure) -> TraceTimes? {
        let bytes = Array(text.utf8)
        guard let dots = bytes.indices.dropLast().first(where: { bytes[$0] == 0x2E && bytes[$0 + 1] == 0x2E }) else {
            return nil
        }
        let parts = [bytes[..<dots], bytes[(dots + 2)...]].map { String(decoding: $0, as: UTF8.self) }
        guard let start = time(parts[0], now), let end = parts[1].isEmpty ? now.nanoseconds + 1 : time(parts[1], now)
        else {
            throw CommandFailure(
                .usage,
                "\(TerminalText.escaped(text)) is no window; write START..END, for instance -30m..-15m or "
                    + "2026-01-02T03:00:00Z..2026-01-02T03:15:00Z")
        }
        guard start < end else {
            throw CommandFailure(.usage, "the window \(TerminalText.escaped(text)) ends before it starts")
        }
        return TraceTimes(start: start, end: end)
    }

    private static func time(_ text: String, _ now: Timestamp) -> Int64? {
        guard let argument = TimeArgument(argument: text),
            let time = TraceTimes.nanoseconds(argument.text(now: now.nanoseconds / 1_000_000)), time >= 0
        else { return nil }
        return time
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
