/// A span as the waterfall needs it. Ids are opaque text.
struct WaterfallSpan: Sendable {
    var id: String
    /// nil or empty for a root.
    var parentID: String?
    var name: String
    var service: String
    var startNanoseconds: UInt64
    var durationNanoseconds: Int64
    var isError = false
    var statusMessage = ""

    /// A negative duration is drawn as none, and a sum beyond what fits stays at the latest time there is.
    var endNanoseconds: UInt64 {
        let (end, overflow) = startNanoseconds.addingReportingOverflow(UInt64(max(0, durationNanoseconds)))
        return overflow ? .max : end
    }
}

/// A trace drawn with characters: a line of facts, then a line per span with the tree, the duration and a bar on a
/// time axis that all spans share.
///
/// ```
/// 3 spans · 1 service (shop) · 12.0 ms · 1 error
/// checkout  shop            12.0 ms  █████████████████████████
/// ├─ price                  3.00 ms  ██████▎
/// └─ pay — card refused !   7.00 ms           ███████████████
/// ```
///
/// - Each span is shown exactly once, whatever the ids say; what is odd about it is said on its line.
/// - `!` marks an error. `~` marks a time that cannot be right or is not of the parent's: a negative duration, or a
///   span that starts before its parent or ends after it (which is normal for work that a parent does not wait for).
/// - Depth costs no stack: all walks are loops.
struct Waterfall {
    /// Narrower than this the bars say nothing and are left out.
    private static let barWidthMin = 8
    private static let durationWidth = 9
    private static let palette = [36, 32, 33, 34, 35, 96, 92, 94]
    private static let red = 31

    let spans: [WaterfallSpan]
    /// The columns of the terminal.
    let width: Int
    let colors: Bool

    /// - Cost: a few words of memory per span besides the lines; time n log n for sorting.
    var lines: [String] {
        let tree = WaterfallTree(spans)
        return [header(tree)] + body(tree)
    }

    // MARK: Header

    private func header(_ tree: WaterfallTree) -> String {
        func number(_ count: Int, _ noun: String) -> String {
            "\(HumanText.count(count)) \(noun)\(count == 1 ? "" : "s")"
        }
        let services = tree.services.map { TerminalText.escaped($0) }
        // Four names are enough to recognize a trace.
        let names = services.prefix(4).joined(separator: ", ") + (services.count > 4 ? ", …" : "")
        var facts = [
            number(spans.count, "span"), number(services.count, "service") + (names.isEmpty ? "" : " (\(names))"),
            HumanText.duration(Int64(clamping: tree.end - tree.start)), number(spans.count { $0.isError }, "error"),
        ]
        let skewed = tree.nodes.count { $0.isSkewed }
        if skewed > 0 { facts.append("\(HumanText.count(skewed)) with odd times (~)") }
        return TerminalText.cut(facts.joined(separator: " · "), to: max(1, width))
    }

    // MARK: Body

    private func body(_ tree: WaterfallTree) -> [String] {
        // Three columns for the first level, two for each further one; a third of the terminal at the most.
        let levelsMax = max(1, width / 6)
        let labels = tree.nodes.map { label($0, levelsMax: levelsMax) }
        let needed = labels.reduce(0) { max($0, $1.width) }
        // The marks, the duration and the gaps stand between the label and the bar.
        let fixed = 1 + 2 + Self.durationWidth + 2
        let available = max(0, width - fixed)
        // The label gives way first, down to half; a short label leaves the bar what it does not need.
        var labelWidth = min(needed, max(available / 2, available - max(Self.barWidthMin, width / 3)))
        var barWidth = available - labelWidth
        if barWidth < Self.barWidthMin {
            barWidth = 0
            labelWidth = min(needed, max(1, available))
        }
        let colorOfService = Dictionary(
            uniqueKeysWithValues: tree.services.enumerated().map {
                ($0.element, Self.palette[$0.offset % Self.palette.count])
            })

        return tree.nodes.indices.map { index in
            let node = tree.nodes[index]
            let span = spans[node.span]
            let color = span.isError ? Self.red : colorOfService[span.service] ?? 0
            let text = TerminalText.padded(labels[index].text(cutTo: labelWidth), to: labelWidth)
            let marks = (span.isError ? "!" : " ") + (node.isSkewed ? "~" : " ")
            let duration = TerminalText.padded(
                HumanText.duration(span.durationNanoseconds), to: Self.durationWidth, right: true)
            let left = "\(text) \(paint(marks, Self.red, span.isError))\(duration)"
            guard barWidth > 0 else { return TerminalText.trimmingTrailingSpaces(left) }
            let (blank, bar) = bar(span, tree, barWidth)
            return left + "  " + String(repeating: " ", count: blank) + paint(bar, color, true)
        }
    }

    private func paint(_ text: String, _ color: Int, _ applies: Bool) -> String {
        colors && applies && color > 0 ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text
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
            return TerminalText.cut(
                TerminalText.cut(text, to: textWidth) + flags, to: columns)
        }
    }

    private func label(_ node: WaterfallTree.Node, levelsMax: Int) -> Label {
        let span = spans[node.span]
        var text = node.guides(levelsMax: levelsMax) + TerminalText.escaped(span.name)
        if let service = node.shownService { text += "  " + TerminalText.escaped(service) }
        if !span.statusMessage.isEmpty { text += " — " + TerminalText.escaped(span.statusMessage) }
        let flags = node.flags.map { flag in
            switch flag {
            // A hostile id could be longer than the terminal.
            case .missingParent(let id): " (parent \(TerminalText.cut(TerminalText.escaped(id), to: 16)) missing)"
            case .cycle: " (parent cycle)"
            case .duplicate: " (duplicate id)"
            }
        }
        return Label(text: text, flags: flags.joined())
    }

    /// The cells before the bar, and the bar.
    ///
    /// Block elements fill a cell from its left side in eighths, so the end is exact to an eighth. For the start
    /// there is only the right half (U+2590): it is exact to half a cell. A bar inside a single cell shows its
    /// length.
    private func bar(_ span: WaterfallSpan, _ tree: WaterfallTree, _ barWidth: Int) -> (blank: Int, bar: String) {
        let total = Double(max(1, tree.end - tree.start))
        let scale = Double(barWidth * 8) / total
        // 2^53 nanoseconds are a hundred days: a Double is exact where a bar can show it.
        let first = Int(Double(span.startNanoseconds - tree.start) * scale)
        let last = Int((Double(span.endNanoseconds - tree.start) * scale).rounded())
        let cell = min(first / 8, barWidth - 1)
        let end = min(max(last, first + 1), barWidth * 8)
        let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        guard end > (cell + 1) * 8 else {
            let length = min(max(end - first, 1), 8)
            return (cell, length == 8 ? "█" : eighths[length])
        }
        let head = first % 8 >= 4 ? "▐" : "█"
        let full = String(repeating: "█", count: end / 8 - cell - 1)
        return (cell, head + full + eighths[end % 8])
    }
}
