import TelemetryModel

/// A report as continuous integration reads it: a suite is a `testsuite`, a check a `testcase`.
///
/// What does not hold and what looked at nothing is a `failure` (`type` tells them apart), what could not be carried
/// out an `error`, what was not asked for `skipped`. The end of a command is a suite of its own, so failures and errors
/// together are 0 just when the verification passed.
///
/// - Spec: there is no standard; elements and attributes are those of the schema of Jenkins' xUnit plugin
///   (`junit-10.xsd`), the strictest of those that are checked against. It knows no `file` or `line`, so the place in
///   the document is the first line of a failure's text. XML 1.0, section 2.2: which characters there are.
package struct JUnitReport: ReportRenderer {
    package init() {}

    package func render(_ report: VerificationReport) -> String {
        let summary = ReportSummary(report)
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites" + attribute("name", report.name) + totals(summary.checks)
        xml += attribute("time", ReportText.seconds(report.duration)) + ">\n"
        for (index, suite) in summary.suites.enumerated() {
            xml += "  <testsuite" + attribute("name", suite.name) + totals(suite.checks)
            xml += attribute("skipped", "\(suite.checks.count { $0.outcome == .skipped })")
            xml += attribute("time", ReportText.seconds(suite.checks.reduce(.zero) { $0 + $1.duration }))
            // Without fraction and zone, as ISO 8601 is read by Ant's own report.
            xml += attribute("timestamp", String(report.start.rfc3339.prefix(19)))
            xml += attribute("id", "\(index)") + ">\n"
            xml += "    <properties>\n"
            for (name, value) in [("title", suite.title), ("subject", report.subject)] {
                xml += "      <property\(attribute("name", name))\(attribute("value", value))/>\n"
            }
            xml += "    </properties>\n"
            for check in suite.checks { xml += testCase(check, in: suite, of: report) }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }

    private func totals(_ checks: [CheckReport]) -> String {
        attribute("tests", "\(checks.count)")
            + attribute("failures", "\(checks.count { $0.outcome == .failed || $0.outcome == .vacuous })")
            + attribute("errors", "\(checks.count { $0.outcome == .broken })")
    }

    private func testCase(_ check: CheckReport, in suite: SuiteReport, of report: VerificationReport) -> String {
        var xml = "    <testcase" + attribute("name", check.name)
        // A point would be read as the end of a package's name, and expectations are files with a suffix.
        let className = [report.name, suite.name].map { $0.isEmpty ? "verification" : $0 }.joined(separator: ": ")
        xml += attribute("classname", className.replacing(".", with: "_"))
        xml += attribute("time", ReportText.seconds(check.duration))
        let element: String
        switch check.outcome {
        case .passed: return xml + "/>\n"
        case .failed, .vacuous: element = "failure"
        case .broken: element = "error"
        case .skipped: return xml + ">\n      <skipped\(attribute("message", check.message))/>\n    </testcase>\n"
        }
        xml += ">\n      <\(element)" + attribute("message", check.message)
        xml += attribute("type", check.outcome.rawValue) + ">"
        xml += characterData(details(check)) + "</\(element)>\n"
        return xml + "    </testcase>\n"
    }

    private func details(_ check: CheckReport) -> String {
        var lines: [String] = []
        if let location = check.location { lines.append("\(location)") }
        lines.append(check.message)
        if !check.expected.isEmpty { lines.append("expected: \(check.expected)") }
        if !check.actual.isEmpty { lines.append("actual:   \(check.actual)") }
        if !check.evidence.isEmpty { lines += ["evidence:"] + check.evidence.map { "  \($0)" } }
        if !check.nearestMisses.isEmpty { lines += ["nearest misses:"] + check.nearestMisses.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }

    // MARK: Characters

    private func attribute(_ name: String, _ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            // Unescaped, a parser makes a space of each (XML 1.0, section 3.3.3).
            case "\n": text += "&#10;"
            case "\r": text += "&#13;"
            case "\t": text += "&#9;"
            case _ where Self.isCharacter(scalar): text.unicodeScalars.append(scalar)
            default: text += "\u{FFFD}"
            }
        }
        return " \(name)=\"\(text)\""
    }

    /// Character data by references and not as a CDATA section: `]]>` needs no care then.
    private func characterData(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            // `]]>` may not stand in character data (XML 1.0, section 2.4).
            case ">": text += "&gt;"
            case "\r": text += "&#13;"
            case _ where Self.isCharacter(scalar): text.unicodeScalars.append(scalar)
            default: text += "\u{FFFD}"
            }
        }
        return text
    }

    /// - Spec: XML 1.0, production 2. Control characters can be written in no way at all. The C1 set is allowed but
    ///   discouraged, and a terminal that shows the file would obey it.
    private static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFDCF, 0xFDF0...0xFFFD: true
        // The last two of each plane are no characters.
        case 0x10000...0x10FFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }
}
