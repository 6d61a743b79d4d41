/// A comparison as Markdown, for a pull request.
package struct ComparisonMarkdown {
    let result: ComparisonResult
    let failed: [FailCondition]
    let isAll: Bool

    package init(_ result: ComparisonResult, failed: [FailCondition] = [], isAll: Bool = false) {
        self.result = result
        self.failed = failed
        self.isAll = isAll
    }

    package var text: String {
        var text = "# \(Self.escaped(result.a.title)) → \(Self.escaped(result.b.title))\n\n"
        text += "**\(result.summary.prefix(1).uppercased() + result.summary.dropFirst()).**"
        if !failed.isEmpty { text += " Failed: \(failed.map { "`\($0.text)`" }.joined(separator: ", "))." }
        text += "\n\n| | A | B |\n|---|---:|---:|\n"
        let number = { (value: Int) in ComparisonText.number(Double(value), .count) }
        for (name, one, two) in [
            ("traces", result.a.traces, result.b.traces), ("spans", result.a.spans, result.b.spans),
            ("points", result.a.points, result.b.points), ("logs", result.a.logs, result.b.logs),
        ] {
            text += "| \(name) | \(number(one)) | \(number(two)) |\n"
        }
        text += "| duration | \(ComparisonText.duration(result.a.seconds * 1e9)) "
        text += "| \(ComparisonText.duration(result.b.seconds * 1e9)) |\n"
        for (section, findings) in ComparisonSection.sections(result, isAll: isAll) {
            text += "\n## \(section.rawValue)\n\n"
            text += "| what | A | B | change | verdict |\n|---|---:|---:|---:|---|\n"
            for finding in findings {
                let cells = [
                    finding.title, ComparisonText.figure(finding.a, finding.aText, finding.unit),
                    ComparisonText.figure(finding.b, finding.bText, finding.unit), ComparisonText.change(finding),
                    ComparisonText.verdict(finding),
                ]
                text += "| " + cells.map(Self.escaped).joined(separator: " | ") + " |\n"
            }
            for finding in findings where finding.isTree {
                text += "\n\(Self.escaped(finding.title)), \(ComparisonText.verdict(finding)):\n\n"
                text += Self.fenced(finding.lines)
            }
        }
        let notes =
            result.notes + result.a.notes.map { "A: \($0)" } + result.b.notes.map { "B: \($0)" }
        if !notes.isEmpty { text += "\n## Notes\n\n" + notes.map { "- \(Self.escaped($0))\n" }.joined() }
        text += "\n" + ComparisonNote.text(result) + "\n"
        return text
    }

    /// On one line, without anything that Markdown, or HTML in it, would obey.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|", "\\", "`", "*", "_", "<", ">", "[", "]", "#", "~", "&":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": result += " "
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: result += " "
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// A block whose fence is longer than any run of backquotes in it.
    private static func fenced(_ lines: [String]) -> String {
        let longest =
            lines.map { line in
                line.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
            }.max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        let safe = lines.map { line in String(line.map { $0.isNewline ? " " : $0 }) }
        return "\(fence)diff\n" + safe.map { $0 + "\n" }.joined() + "\(fence)\n"
    }
}

/// How the verdicts were found, for readers.
package enum ComparisonNote {
    package static func text(_ result: ComparisonResult) -> String {
        let options = result.options
        let percent = { (share: Double) in ComparisonText.number(share, .share) }
        return "Different: a change of at least \(percent(options.relativeMin)) "
            + "(durations: and \(ComparisonText.duration(options.durationMin)); metrics: "
            + "\(percent(options.metricRelativeMin))) that chance does not explain (Brunner-Munzel for p50, Mood's test "
            + "for other percentiles, Fisher's for shares, conditional binomial for counts; false discovery rate "
            + "\(percent(options.level)) a section, Benjamini-Hochberg). Intervals: \(percent(options.confidence)), "
            + "order statistics."
            + (result.isSameWork ? " Both runs did the same work: what is in one only counts from the first." : "")
    }
}
