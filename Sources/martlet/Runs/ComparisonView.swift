import TelemetryModel
import Verification

/// A comparison for a terminal: a sentence, what was compared, and a table a section with the most important first.
struct ComparisonView {
    /// Lines of a table; the rest is counted. JSON has all.
    private static let rowsMax = 40
    private static let treesMax = 5

    let result: ComparisonResult
    let failed: [FailCondition]
    /// Also what is the same, and as many lines as there are.
    let isAll: Bool
    /// Of the terminal; nil cuts nothing.
    let width: Int?

    var text: String {
        var text = "A  \(side(result.a))\nB  \(side(result.b))\n"
        for (section, findings) in ComparisonSection.sections(result, isAll: isAll) {
            let shown = isAll ? findings : Array(findings.prefix(Self.rowsMax))
            text += "\n" + table(section, shown)
            if shown.count < findings.count {
                text += "… \(HumanText.count(findings.count - shown.count)) more; --all shows them\n"
            }
            for finding in findings.filter(\.isTree).prefix(isAll ? .max : Self.treesMax) {
                text += "\n\(TerminalText.escaped(finding.title)), \(ComparisonText.verdict(finding)):\n"
                for line in finding.lines { text += "  \(TerminalText.escaped(line))\n" }
            }
        }
        let notes = result.notes + result.a.notes.map { "A: \($0)" } + result.b.notes.map { "B: \($0)" }
        if !notes.isEmpty { text += "\n" + notes.map { "note: \(TerminalText.escaped($0))\n" }.joined() }
        text += "\n" + result.summary
        if result.isSameWork { text += " (both did the same work: what is in one only counts from the first)" }
        text += "\n"
        if !failed.isEmpty { text += "failed: " + failed.map(\.text).joined(separator: ", ") + "\n" }
        return text
    }

    private func side(_ side: ComparisonResult.Side) -> String {
        let counts = [("traces", side.traces), ("spans", side.spans), ("points", side.points), ("logs", side.logs)]
        return TerminalText.escaped(side.title) + ": "
            + counts.map { "\(HumanText.count($0.1)) \($0.0)" }.joined(separator: ", ") + " in "
            + HumanText.duration(Int64(exactly: (side.seconds * 1e9).rounded()) ?? .max)
    }

    private func table(_ section: ComparisonSection, _ findings: [ComparisonFinding]) -> String {
        TextTable(
            columns: [
                (section.rawValue, .left), ("A", .right), ("B", .right), ("change", .right), ("verdict", .left),
            ],
            rows: findings.map { finding in
                [
                    finding.title, ComparisonText.figure(finding.a, finding.aText, finding.unit),
                    ComparisonText.figure(finding.b, finding.bText, finding.unit), ComparisonText.change(finding),
                    ComparisonText.verdict(finding),
                ]
            }
        ).text(width: width)
    }
}
