import TelemetryModel

/// A report for a person at a terminal: a line a check, and below what does not hold why.
package struct TerminalReport: ReportRenderer {
    /// Lines of evidence, and of nearest misses, that are shown of a check.
    private static let detailsMax = 20
    /// Lines that one text may take: a stack trace is cut, the other forms have it whole.
    private static let textLinesMax = 30
    /// A narrower terminal gets longer lines.
    private static let widthMin = 40

    /// Colour is never the only sign: every outcome is a word, too.
    private let isColoured: Bool
    private let width: Int?

    /// - Parameter width: columns of the terminal; nil, for instance when the output is a file, breaks no line.
    package init(isColoured: Bool, width: Int?) {
        self.isColoured = isColoured
        self.width = width.map { max($0, Self.widthMin) }
    }

    package func render(_ report: VerificationReport) -> String {
        let summary = ReportSummary(report)
        var lines = [styled(.bold, ReportText.line(report.name)) + dim("  \(ReportText.line(report.subject))")]
        for suite in summary.suites {
            lines.append("")
            lines.append(styled(.bold, ReportText.line(suite.name)) + dim("  \(ReportText.line(suite.title))"))
            if suite.checks.isEmpty { lines.append("  no checks") }
            for check in suite.checks { lines += self.lines(check) }
        }
        if !report.figures.isEmpty { lines += [""] + figures(report.figures) }
        if !report.files.isEmpty { lines += [""] + files(report.files) }
        lines.append("")
        var last = "\(summary.verdict): \(summary.countsText)"
        if summary.examined > 0 { last += "; \(ReportText.count(summary.examined, "item")) looked at" }
        last += " in \(ReportText.duration(report.duration))"
        let isPassed = summary.isPassed
        lines += wrapped(last, indent: 0, hanging: 2).map {
            styled(isPassed ? .green : .red, isBold: true, $0)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Checks

    private func lines(_ check: CheckReport) -> [String] {
        // Outcomes are 4 to 7 letters; names begin in one column.
        let word = TerminalText.padded(check.outcome.rawValue, to: 7)
        var note: [String] = []
        if check.examined > 0 { note.append(ReportText.count(check.examined, "item")) }
        if check.duration >= .milliseconds(1) { note.append(ReportText.duration(check.duration)) }
        let name = ReportText.line(check.name)
        var result = wrapped(name, indent: 12, hanging: 12)
        let sign = styled(style(check.outcome), "\(check.outcome.sign) \(word)")
        result[0] = "  \(sign)  " + result[0].dropFirst(12)
        if !note.isEmpty { result[result.count - 1] += dim("  (\(note.joined(separator: ", ")))") }
        guard check.outcome != .passed else { return result }

        result += text(check.message, indent: 12)
        guard check.outcome != .skipped else { return result }
        if let location = check.location { result.append("            " + dim("at \(ReportText.line("\(location)"))")) }
        if !check.expected.isEmpty { result += labelled("expected", check.expected) }
        if !check.actual.isEmpty { result += labelled("actual", check.actual) }
        result += details("evidence", check.evidence)
        result += details("nearest misses", check.nearestMisses)
        return result
    }

    private func labelled(_ label: String, _ value: String) -> [String] {
        var lines = text(value, indent: 22)
        lines[0] = "            " + dim(TerminalText.padded(label, to: 10)) + lines[0].dropFirst(22)
        return lines
    }

    private func details(_ label: String, _ details: [String]) -> [String] {
        guard !details.isEmpty else { return [] }
        var lines = ["            " + dim(label)]
        for detail in details.prefix(Self.detailsMax) { lines += text(detail, indent: 14) }
        let rest = details.count - Self.detailsMax
        if rest > 0 { lines.append("              " + dim("and \(rest) more")) }
        return lines
    }

    private func style(_ outcome: CheckReport.Outcome) -> Style {
        switch outcome {
        case .passed: .green
        case .failed: .red
        case .vacuous, .broken: .yellow
        case .skipped: .dim
        }
    }

    // MARK: Tables

    private func figures(_ figures: [FigureReport]) -> [String] {
        let names = figures.map { ReportText.line($0.name) }
        let values = figures.map { ReportText.line($0.value) }
        let columns = (names.map(TerminalText.width).max() ?? 0, values.map(TerminalText.width).max() ?? 0)
        return [styled(.bold, "figures")]
            + figures.indices.map { index in
                let state =
                    switch figures[index].isAcceptable {
                    case true?: styled(.green, "✓ acceptable  ")
                    case false?: styled(.red, "✗ out of range")
                    case nil: dim("– not measured")
                    }
                return "  \(state)  \(TerminalText.padded(names[index], to: columns.0))  "
                    + "\(TerminalText.padded(values[index], to: columns.1))  "
                    + dim("acceptable: \(ReportText.line(figures[index].acceptable))")
            }
    }

    private func files(_ files: [FileReport]) -> [String] {
        let paths = files.map { ReportText.line($0.path) }
        let sizes = files.map { $0.isEmpty ? "empty" : ReportText.bytes($0.bytes) }
        let columns = (paths.map(TerminalText.width).max() ?? 0, sizes.map(TerminalText.width).max() ?? 0)
        return [styled(.bold, "files")]
            + files.indices.map { index in
                let note =
                    files[index].isEmpty
                    ? ReportText.line(files[index].description) : ReportText.count(files[index].items, "item")
                return "  \(TerminalText.padded(paths[index], to: columns.0))  "
                    + "\(TerminalText.padded(sizes[index], to: columns.1, right: true))  " + dim(note)
            }
    }

    // MARK: Lines

    /// The lines of a text, at least one, each broken at the width.
    private func text(_ text: String, indent: Int) -> [String] {
        let lines = ReportText.lines(text)
        var result = lines.prefix(Self.textLinesMax).flatMap { wrapped($0, indent: indent, hanging: indent + 2) }
        if lines.count > Self.textLinesMax {
            result.append(
                String(repeating: " ", count: indent) + dim("and \(lines.count - Self.textLinesMax) more lines"))
        }
        return result
    }

    /// Breaks before a word, or in it when it is longer than a line.
    private func wrapped(_ line: String, indent: Int, hanging: Int) -> [String] {
        let first = String(repeating: " ", count: indent)
        guard let width, TerminalText.width(line) > width - indent else { return [first + line] }
        var lines: [String] = []
        var current = first
        var used = indent
        var isEmpty = true
        func finish() {
            lines.append(TerminalText.trimmingTrailingSpaces(current))
            current = String(repeating: " ", count: hanging)
            used = hanging
            isEmpty = true
        }
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            let columns = TerminalText.width(String(word))
            if !isEmpty, used + 1 + columns > width { finish() }
            if !isEmpty {
                current += " "
                used += 1
            }
            if used + columns <= width {
                current += word
                used += columns
            } else {
                for character in word {
                    let columns = TerminalText.width(String(character))
                    if used + columns > width { finish() }
                    current.append(character)
                    used += columns
                }
            }
            isEmpty = false
        }
        finish()
        return lines
    }

    // MARK: Colour

    private enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    private func styled(_ style: Style, isBold: Bool = false, _ text: String) -> String {
        isColoured ? "\u{1B}[\(isBold ? "1;" : "")\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    private func dim(_ text: String) -> String { styled(.dim, text) }
}
