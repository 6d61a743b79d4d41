import TelemetryModel
import TraceAnalysis

/// What a trace waits for, drawn with characters: the sections of its critical path in the order of time, then their
/// sums by operation.
///
/// ```
/// checkout  shop · critical path 12.0 ms · 3 sections · 2 operations
///        at       time  share
///      0 ns    4.00 ms   33 %  ████          checkout  shop
///   4.00 ms    7.00 ms   58 %      ████████  pay  bank
///   11.0 ms    1.00 ms    8 %             █  checkout  shop
///
///      time  share  spans
///   7.00 ms   58 %      1  pay  bank
///   5.00 ms   42 %      1  checkout  shop
/// ```
struct CriticalPathView {
    /// Of one operation.
    struct Sum: Equatable {
        var row: Int
        /// Nanoseconds.
        var time: Int64
        /// Spans with a section.
        var spans: Int
    }

    private static let numberWidth = 10
    private static let palette = 36

    let tree: TraceTree
    let path: CriticalPath
    var width: Int
    var colors = false
    /// Sections, and operations, to show at most; nil for all. The longest are shown.
    var limit: Int? = 200

    var lines: [String] {
        var lines: [String] = []
        write { lines.append($0) }
        return lines
    }

    /// The time of each operation, the most first. `row` is the operation's first span on the path.
    var sums: [Sum] {
        var indexes: [UInt64: Int] = [:]
        var seen = Set<Int>()
        var sums: [Sum] = []
        for section in path.sections {
            let key =
                UInt64(tree.skeleton.services[section.row]) << 32 | UInt64(tree.skeleton.operations[section.row])
            let index = indexes[key] ?? sums.count
            if index == sums.count {
                indexes[key] = index
                sums.append(Sum(row: section.row, time: 0, spans: 0))
            }
            sums[index].time += section.duration
            if seen.insert(section.row).inserted { sums[index].spans += 1 }
        }
        return sums.enumerated().sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }.map(\.element)
    }

    func write(_ line: (String) -> Void) {
        guard let root = path.root else { return line("no spans") }
        let sums = sums
        let facts = TraceFacts(tree)
        func fitted(_ text: String) -> String {
            TerminalText.trimmingTrailingSpaces(TerminalText.cut(text, to: max(1, width)))
        }
        line(
            fitted(
                [
                    facts.name(of: root), "critical path \(HumanText.duration(path.duration))",
                    TraceFacts.number(path.sections.count, "section"), TraceFacts.number(sums.count, "operation"),
                ].joined(separator: " · ")))
        guard !path.sections.isEmpty else { return }

        line(fitted(["at", "time"].map(number).joined() + "  share"))
        let barWidth = width >= 72 ? width / 4 : 0
        let bar = TraceBar(start: path.sections[0].from, end: path.sections[0].from + path.duration, width: barWidth)
        let shown = shownSections()
        for section in shown {
            let offset = HumanText.duration(section.from - path.sections[0].from)
            var text = number(offset) + number(HumanText.duration(section.duration)) + share(section.duration) + "  "
            var columns = TerminalText.width(text)
            if barWidth > 0 {
                let (blank, drawn) = bar.text(from: section.from, to: section.to)
                let rest = max(0, barWidth - blank - TerminalText.width(drawn))
                text += String(repeating: " ", count: blank)
                text += colors ? "\u{1B}[\(Self.palette)m\(drawn)\u{1B}[0m" : drawn
                text += String(repeating: " ", count: rest + 2)
                columns += barWidth + 2
            }
            line(text + TerminalText.cut(facts.name(of: section.row), to: max(1, width - columns)))
        }
        if shown.count < path.sections.count {
            line(
                fitted(
                    "  … \(TraceFacts.number(path.sections.count - shown.count, "shorter section")) not shown; --all shows all"
                ))
        }

        line("")
        line(fitted(number("time") + "  share" + number("spans")))
        for sum in sums.prefix(limit ?? .max) {
            let text =
                number(HumanText.duration(sum.time)) + share(sum.time) + number(HumanText.count(sum.spans)) + "  "
            line(text + TerminalText.cut(facts.name(of: sum.row), to: max(1, width - TerminalText.width(text))))
        }
        if let limit, sums.count > limit {
            line(fitted("  … \(TraceFacts.number(sums.count - limit, "more operation")); --all shows all"))
        }
    }

    /// The longest sections in the order of time.
    private func shownSections() -> [CriticalPath.Section] {
        guard let limit, path.sections.count > limit else { return path.sections }
        let longest = path.sections.indices.sorted {
            (path.sections[$1].duration, $0) < (path.sections[$0].duration, $1)
        }
        return longest.prefix(max(0, limit)).sorted().map { path.sections[$0] }
    }

    private func number(_ text: String) -> String { TerminalText.padded(text, to: Self.numberWidth, right: true) }

    private func share(_ time: Int64) -> String {
        let percent = path.duration > 0 ? Int((Double(time) / Double(path.duration) * 100).rounded()) : 0
        // What is there and rounds to nothing is not nothing.
        return TerminalText.padded(percent == 0 ? "< 1 %" : "\(percent) %", to: 7, right: true)
    }
}
