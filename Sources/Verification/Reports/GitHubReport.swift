import TelemetryModel

/// A report as workflow commands of GitHub Actions, which puts each as an annotation on the file that it names.
///
/// - Spec: GitHub Actions, "Workflow commands". A value escapes `%`, CR and LF, a property `:` and `,` as well
///   (`@actions/core`, `escapeData` and `escapeProperty`).
package struct GitHubReport: ReportRenderer {
    /// Bytes of a step's summary: GitHub refuses more than 1 MiB as a whole, and other steps' tools add to the file.
    package static let stepSummaryBytesMax = 900 << 10
    /// Characters of an annotation's message: the page shows no more than 4 KiB of it.
    private static let messageCharactersMax = 4000

    package init() {}

    package func render(_ report: VerificationReport) -> String {
        let summary = ReportSummary(report)
        var text = ""
        for (suite, check) in summary.failures {
            var properties: [(String, String)] = []
            if let location = check.location {
                properties += [
                    ("file", location.file), ("line", "\(location.line)"), ("col", "\(location.column)"),
                ]
            }
            properties.append(("title", "\(suite.name): \(check.name)"))
            text += Self.command("error", properties, message(check))
        }
        for figure in report.figures where figure.isAcceptable == false {
            text += Self.command(
                "warning", [("title", figure.name)], "\(figure.value), acceptable is \(figure.acceptable)")
        }
        return text
            + Self.command("notice", [("title", "\(report.name): \(summary.verdict.lowercased())")], summary.countsText)
    }

    /// Markdown for the file that `GITHUB_STEP_SUMMARY` names, to be appended to it.
    package func stepSummary(_ report: VerificationReport) -> String {
        let whole = MarkdownReport().render(report)
        if whole.utf8.count <= Self.stepSummaryBytesMax { return whole }
        var short = report
        short.samples = []
        for suite in short.suites.indices {
            for check in short.suites[suite].checks.indices {
                short.suites[suite].checks[check].evidence = []
                short.suites[suite].checks[check].nearestMisses = []
            }
        }
        let text = MarkdownReport().render(short)
        let note = "\nThis summary is cut; the report has the rest.\n"
        let room = Self.stepSummaryBytesMax - note.utf8.count
        if text.utf8.count <= room { return text + note }
        // At the end of a line, so that no character and no mark-up is cut through.
        let lines = text.utf8.prefix(room)
        let end = lines.lastIndex(of: UInt8(ascii: "\n")).map { lines.index(after: $0) } ?? lines.startIndex
        return (String(lines[..<end]) ?? "") + note
    }

    private func message(_ check: CheckReport) -> String {
        var lines = [check.message]
        if check.outcome == .vacuous { lines.append("It looked at nothing.") }
        if !check.expected.isEmpty { lines.append("expected: \(check.expected)") }
        if !check.actual.isEmpty { lines.append("actual: \(check.actual)") }
        lines += check.evidence.map { "evidence: \($0)" }
        lines += check.nearestMisses.map { "nearest miss: \($0)" }
        let text = lines.joined(separator: "\n")
        return text.count > Self.messageCharactersMax ? text.prefix(Self.messageCharactersMax) + "…" : text
    }

    private static func command(_ name: String, _ properties: [(String, String)], _ message: String) -> String {
        let list = properties.map { "\($0.0)=\(escaped($0.1, isProperty: true))" }.joined(separator: ",")
        return "::\(name)\(list.isEmpty ? "" : " ")\(list)::\(escaped(message, isProperty: false))\n"
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            case "\t": result += "    "
            // The log of a job is shown with the colours that escape sequences ask for.
            default: result += TerminalText.escaped("\(scalar)")
            }
        }
        return result
    }
}
