import TelemetryModel

/// Lines of logs for people.
///
/// ```
/// 2026-01-02T03:04:05.678Z ERROR checkout  payment refused
///     at pay (pay.js:12)
/// ```
struct LogLineView {
    /// A longer name of a service pushes the message to the right.
    private static let serviceWidthMax = 24
    /// Said already, in columns or by the time.
    private static let shownNames: Set<String> = [
        "service_name", "detected_level", "level", "severity_text", "severity_number", "observed_timestamp", "flags",
    ]

    var colors = false
    /// Whether labels follow the message.
    var labels = false
    /// Columns of the names of services; grows with what comes.
    private(set) var serviceWidth = 0

    init(colors: Bool = false, labels: Bool = false) {
        self.colors = colors
        self.labels = labels
    }

    /// Makes room for the services of these lines.
    mutating func fit(_ lines: some Sequence<LogRecordLine>) {
        for line in lines {
            serviceWidth = max(
                serviceWidth, min(Self.serviceWidthMax, TerminalText.width(TerminalText.escaped(line.service))))
        }
    }

    /// With a line feed at the end.
    func text(_ line: LogRecordLine) -> String {
        let level = line.level
        let name = level == .unknown ? "" : level == .critical ? "CRIT" : level.name.uppercased()
        var text = paint(Timestamp(nanoseconds: line.time).rfc3339, 90) + " "
        text += paint(TerminalText.padded(name, to: 5), Self.color(of: level)) + " "
        if serviceWidth > 0 {
            text += paint(TerminalText.padded(TerminalText.escaped(line.service), to: serviceWidth), 36) + "  "
        }
        let body = LogTerminalText.lines(line.line)
        let isFaint = level == .debug || level == .trace
        text += isFaint ? paint(body.first ?? "", 90) : body.first ?? ""
        if labels {
            let fields = Self.fields(of: line)
            if !fields.isEmpty { text += "  " + paint(fields, 90) }
        }
        text += "\n"
        for more in body.dropFirst() { text += "    \(isFaint ? paint(more, 90) : more)\n" }
        return text
    }

    /// `key=value` of what is not shown in a column.
    private static func fields(of line: LogRecordLine) -> String {
        (line.parsed + line.metadata + line.stream).filter { !shownNames.contains($0.name) && !$0.value.isEmpty }.map {
            let value = TerminalText.escaped(LogTerminalText.withoutSequences($0.value))
            return "\(TerminalText.escaped($0.name))=\(value.contains(" ") ? "\"\(value)\"" : value)"
        }.joined(separator: " ")
    }

    private static func color(of level: LogLevel) -> Int {
        switch level {
        case .fatal, .critical, .error: 31
        case .warn: 33
        case .info: 32
        case .debug, .trace: 90
        case .unknown: 0
        }
    }

    private func paint(_ text: String, _ color: Int) -> String {
        colors && color > 0 && !text.isEmpty ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text
    }

    /// Whether to colour: on a terminal, unless the user does not want it (no-color.org).
    static func wantsColors(isTerminal: Bool, environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}

extension LogLineView {
    /// Lines that were found, and how many there are.
    static func text(
        _ lines: some Collection<LogRecordLine>, limit: Int, isForward: Bool, colors: Bool, labels: Bool
    ) -> String {
        guard !lines.isEmpty else { return "no lines in that time; --since looks further back\n" }
        var view = LogLineView(colors: colors, labels: labels)
        view.fit(lines)
        var text = ""
        for line in lines { text += view.text(line) }
        if lines.count >= limit {
            text += "\n\(TraceFacts.number(lines.count, "line")), the \(isForward ? "oldest" : "newest"); "
            text += "there may be more: --limit\n"
        }
        return text
    }
}
