import TelemetryModel
import TraceAnalysis

/// A trace drawn with characters: a line of facts, what is odd about it, then a line per span with the tree, the
/// duration and a bar on a time axis that all spans share.
///
/// ```
/// checkout  shop · 12.0 ms · 3 spans · 1 service (shop) · 1 error
/// checkout  shop            12.0 ms  █████████████████████████
/// ├─ price                  3.00 ms  ██████▎
/// └─ pay — card refused !   7.00 ms           ███████████████
/// ```
///
/// - Each span is shown exactly once, whatever the ids say, or counted in a line that says how many are left out.
/// - `!` marks an error. `~` marks a time that cannot be right: a negative duration, or a span that starts before its
///   parent.
/// - Lines are made and written one by one; only what measures the columns is looked at twice.
struct TraceWaterfallView {
    /// Narrower than this the bars say nothing and are left out.
    private static let barWidthMin = 8
    private static let durationWidth = 9
    /// The column of names is as wide as the widest of so many lines; longer ones below are cut.
    private static let measuredMax = 2000
    private static let palette = [36, 32, 33, 34, 35, 96, 92, 94]
    private static let red = 31

    let tree: TraceTree
    /// What spans say about their status.
    var messages: [SpanID: String] = [:]
    /// The same by row, where the ids of spans are not known.
    var messagesOfRows: [Int: String] = [:]
    /// The columns of the terminal.
    var width: Int
    var colors = false
    /// Spans to draw at most; nil for all.
    var limit: Int? = 200

    /// All lines, each without line feed.
    var lines: [String] {
        var lines: [String] = []
        write { lines.append($0) }
        return lines
    }

    /// Hands over the lines one by one, each without line feed.
    func write(_ line: (String) -> Void) {
        let rows = TraceRows(tree, limit: limit)
        line(TerminalText.cut(TraceFacts(tree).header, to: max(1, width)))
        for warning in TraceFacts(tree).warnings {
            line(paint(TerminalText.cut("! \(warning)", to: max(1, width)), Self.red, true))
        }
        let columns = Columns(self, rows)
        for row in rows { line(text(row, columns)) }
        if rows.hiddenCount > 0 {
            let hidden = HumanText.count(rows.hiddenCount)
            line(
                TerminalText.cut(
                    "\(hidden) of \(TraceFacts.number(tree.count, "span")) not shown; --all shows all",
                    to: max(1, width)))
        }
    }

    // MARK: Columns

    private struct Columns {
        let levelsMax: Int
        let labelWidth: Int
        let bar: TraceBar
        let colors: [Int]

        init(_ view: TraceWaterfallView, _ rows: TraceRows) {
            // Three columns for the first level, two for each further one; a third of the terminal at the most.
            levelsMax = max(1, view.width / 6)
            var needed = 0
            for row in rows.prefix(TraceWaterfallView.measuredMax) {
                needed = max(needed, view.label(row, levelsMax: levelsMax).width)
            }
            // The marks, the duration and the gaps stand between the label and the bar.
            let available = max(0, view.width - 1 - 2 - TraceWaterfallView.durationWidth - 2)
            // The label gives way first, down to half; a short label leaves the bar what it does not need.
            let barMin = TraceWaterfallView.barWidthMin
            var labelWidth = min(needed, max(available / 2, available - max(barMin, view.width / 3)))
            var barWidth = available - labelWidth
            if barWidth < barMin {
                barWidth = 0
                labelWidth = min(needed, max(1, available))
            }
            self.labelWidth = labelWidth
            bar = TraceBar(start: view.tree.start, end: view.tree.end, width: barWidth)
            // In the order in which services appear, so that neighbours differ.
            var colors = Array(repeating: 0, count: view.tree.skeleton.serviceNames.count)
            for (place, service) in view.tree.services.enumerated() where Int(service) < colors.count {
                colors[Int(service)] = TraceWaterfallView.palette[place % TraceWaterfallView.palette.count]
            }
            self.colors = colors
        }
    }

    /// What stands left of the numbers. The flags are kept apart: when the line is cut, the name gives way and not the
    /// remark that something is wrong.
    private struct Label {
        let text: String
        let flags: String
        let width: Int

        init(text: String, flags: String) {
            self.text = text
            self.flags = flags
            width = TerminalText.width(text) + TerminalText.width(flags)
        }

        func text(cutTo columns: Int) -> String {
            if width <= columns { return text + flags }
            let forText = columns - TerminalText.width(flags)
            // A quarter is left to the name: a remark about a span that nobody can recognize is no use either.
            let textWidth = max(forText, columns / 4)
            return TerminalText.cut(TerminalText.cut(text, to: textWidth) + flags, to: columns)
        }
    }

    private func label(_ line: TraceRows.Line, levelsMax: Int) -> Label {
        let guides = line.guides(levelsMax: levelsMax)
        let row: Int
        switch line.content {
        case .span(let span): row = span
        case .hidden(let hidden):
            var text = "\(guides)… \(HumanText.count(hidden.spans)) more"
            if hidden.errors > 0 { text += ", \(TraceFacts.number(hidden.errors, "error"))" }
            return Label(text: text, flags: "")
        }
        var text = guides + TerminalText.escaped(tree.skeleton.operationName(of: row))
        let service = tree.skeleton.serviceName(of: row)
        if !service.isEmpty, service != tree.parent(of: row).map(tree.skeleton.serviceName) {
            text += "  " + TerminalText.escaped(service)
        }
        if let message = messagesOfRows[row] ?? messages[tree.skeleton.spanIDs[row]], !message.isEmpty {
            text += " — " + TerminalText.escaped(message)
        }
        let spanFlags = tree.flags[row]
        var flags = ""
        if spanFlags.contains(.orphan) {
            let parent = tree.skeleton.parentIDs[row]
            flags += parent.isZero ? " (parent missing)" : " (parent \(parent.hex) missing)"
        }
        if spanFlags.contains([.cycleMember, .root]) { flags += " (parent cycle)" }
        if spanFlags.contains(.duplicateID) { flags += " (duplicate id)" }
        return Label(text: text, flags: flags)
    }

    private func text(_ line: TraceRows.Line, _ columns: Columns) -> String {
        let label = TerminalText.padded(
            self.label(line, levelsMax: columns.levelsMax).text(cutTo: columns.labelWidth), to: columns.labelWidth)
        switch line.content {
        case .hidden(let hidden):
            let duration = "≤ " + HumanText.duration(hidden.longest)
            return label + " " + TerminalText.padded(duration, to: Self.durationWidth + 2, right: true)
        case .span(let row):
            let flags = tree.flags[row]
            let isError = flags.contains(.error)
            let isOdd = !flags.isDisjoint(with: [.clockSkew, .negativeDuration])
            let marks = (isError ? "!" : " ") + (isOdd ? "~" : " ")
            let duration = TerminalText.padded(
                HumanText.duration(tree.skeleton.durations[row]), to: Self.durationWidth, right: true)
            let left = "\(label) \(paint(marks, Self.red, isError))\(duration)"
            guard columns.bar.width > 0 else { return TerminalText.trimmingTrailingSpaces(left) }
            let (blank, bar) = columns.bar.text(from: tree.skeleton.starts[row], to: tree.skeleton.end(of: row))
            let service = Int(tree.skeleton.services[row])
            let color = isError ? Self.red : service < columns.colors.count ? columns.colors[service] : 0
            return left + "  " + String(repeating: " ", count: blank) + paint(bar, color, true)
        }
    }

    private func paint(_ text: String, _ color: Int, _ applies: Bool) -> String {
        colors && applies && color > 0 ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text
    }
}
