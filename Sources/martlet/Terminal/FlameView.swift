import TelemetryModel

/// The call trees of many traces laid over one another, a line for each path of operations.
///
/// ```
/// operation                    total  share     self  spans
/// checkout  shop             12.0 ms  100 %  5.00 ms      1  ████████████████
///   pay  bank !              7.00 ms   58 %  7.00 ms      1  █████████▍
/// ```
struct FlameView {
    private static let numberWidth = 9
    /// A level too deep to be drawn is written as a number instead.
    private static let levelsMax = 24
    private static let nameWidthMax = 60
    private static let widthDefault = 120

    /// A parent before its children.
    let nodes: [TraceStatistics.Node]
    /// Columns of the terminal; nil cuts nothing.
    var width: Int?

    var text: String {
        guard !nodes.isEmpty else { return "no spans\n" }
        let width = width ?? Self.widthDefault
        // Of the roots that are shown: what is left out lies below them nearly always.
        let all = nodes.reduce(0.0) { $0 + ($1.depth == 0 ? Double(max(0, $1.total)) : 0) }
        let labels = labels
        let figures = 3 * (Self.numberWidth + 2) + 7 + 2
        let nameMax = self.width == nil ? Int.max : max(12, min(Self.nameWidthMax, width - figures))
        let nameWidth = min(nameMax, max(9, labels.map(TerminalText.width).max() ?? 0))
        let rest = width - nameWidth - figures
        let barWidth = rest >= 8 ? min(rest, 32) : 0
        var text = line("operation", ["total", "share", "self", "spans"], "", nameWidth)
        for (node, label) in zip(nodes, labels) {
            let bar = Self.bar(all > 0 ? Double(max(0, node.total)) / all : 0, width: barWidth)
            text += line(
                label,
                [
                    HumanText.duration(node.total), TraceStatisticsView.share(Double(node.total), of: all),
                    HumanText.duration(node.own), HumanText.count(node.count),
                ], bar, nameWidth)
        }
        return text
    }

    /// `operation  service`, indented; the service where it is not that of the parent.
    private var labels: [String] {
        var services: [String] = []
        return nodes.map { node in
            services.removeLast(max(0, services.count - node.depth))
            let isNew = !node.service.isEmpty && node.service != services.last
            services.append(node.service)
            let indent =
                node.depth <= Self.levelsMax
                ? String(repeating: "  ", count: node.depth)
                : String(repeating: "  ", count: Self.levelsMax) + "⋯\(node.depth) "
            return indent + TerminalText.escaped(node.name) + (isNew ? "  \(TerminalText.escaped(node.service))" : "")
                + (node.errors > 0 ? " !" : "")
        }
    }

    private func line(_ name: String, _ figures: [String], _ bar: String, _ nameWidth: Int) -> String {
        let widths = [Self.numberWidth, 5, Self.numberWidth, Self.numberWidth]
        var text = TerminalText.padded(TerminalText.cut(name, to: nameWidth), to: nameWidth)
        for (figure, width) in zip(figures, widths) {
            text += "  " + TerminalText.padded(figure, to: width, right: true)
        }
        return TerminalText.trimmingTrailingSpaces(text + "  " + bar) + "\n"
    }

    /// A bar from the left, exact to an eighth of a character; never empty for what is more than nothing.
    static func bar(_ part: Double, width: Int) -> String {
        guard width > 0, part > 0 else { return "" }
        let eighths = max(1, Int((min(part, 1) * Double(width * 8)).rounded()))
        return String(repeating: "█", count: eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    }
}
