import TelemetryModel

/// A report as lines of the Test Anything Protocol, a check a test point, what went wrong as a YAML block below it.
///
/// - Spec: TAP 14. No subtests: consumers of TAP 13 take them for comments, and would then see no checks.
package struct TAPReport: ReportRenderer {
    package init() {}

    package func render(_ report: VerificationReport) -> String {
        let summary = ReportSummary(report)
        var text = "TAP version 14\n1..\(summary.checks.count)\n"
        var number = 0
        for suite in summary.suites {
            for check in suite.checks {
                number += 1
                text += check.outcome.counts ? "not ok" : "ok"
                text += " \(number) - \(Self.description("\(suite.name): \(check.name)"))"
                if check.outcome == .skipped { text += " # SKIP \(ReportText.line(check.message))" }
                text += "\n"
                if check.outcome.counts { text += diagnostics(check) }
            }
        }
        return text + "# \(ReportText.line(report.name)): \(summary.verdict.lowercased()), \(summary.countsText)\n"
    }

    /// On one line; a `#` would begin a directive (`# SKIP`), and then a check that failed would be none.
    private static func description(_ text: String) -> String {
        let parts = ReportText.line(text).replacing("\\", with: "\\\\").split(
            separator: "#", omittingEmptySubsequences: false)
        // Consumers of TAP 13 know no escapes: for them the word after the sign must not be that of a directive.
        let rest = parts.dropFirst().map { part in
            let word = part.drop { $0 == " " }.prefix(4).lowercased()
            return word == "skip" || word == "todo" ? "-\(part)" : "\(part)"
        }
        return ([String(parts.first ?? "")] + rest).joined(separator: "\\#")
    }

    private func diagnostics(_ check: CheckReport) -> String {
        var yaml = "  ---\n"
        yaml += "  message: \(Self.scalar(check.message))\n"
        yaml += "  severity: \(check.outcome == .broken ? "error" : "fail")\n"
        yaml += "  outcome: \(check.outcome.rawValue)\n"
        if let location = check.location {
            yaml += "  at:\n    file: \(Self.scalar(location.file))\n    line: \(location.line)\n"
            yaml += "    column: \(location.column)\n"
        }
        if !check.expected.isEmpty { yaml += "  expected: \(Self.scalar(check.expected))\n" }
        if !check.actual.isEmpty { yaml += "  actual: \(Self.scalar(check.actual))\n" }
        yaml += "  examined: \(check.examined)\n"
        yaml += "  duration_seconds: \(ReportText.seconds(check.duration))\n"
        for (key, lines) in [("evidence", check.evidence), ("nearest_misses", check.nearestMisses)]
        where !lines.isEmpty {
            yaml += "  \(key):\n"
            for line in lines { yaml += "    - \(Self.scalar(line))\n" }
        }
        return yaml + "  ...\n"
    }

    /// - Spec: YAML 1.2, section 7.3.1, double-quoted scalars: `\xHH`, `\uHHHH` and `\UHHHHHHHH` stand for what is not
    ///   printable (section 5.1).
    private static func scalar(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
                    result += "\\\(letter)" + String(repeating: "0", count: width - digits.utf8.count) + digits
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
