/// What a report comes to: the same words and numbers in every form.
struct ReportSummary {
    /// The suites with what the command's end and the absence of checks mean as checks of their own, so that whoever
    /// counts failures in a form comes to the same verdict as `VerificationReport.isPassed`.
    let suites: [SuiteReport]
    let isPassed: Bool
    let checks: [CheckReport]

    private let report: VerificationReport

    init(_ report: VerificationReport) {
        self.report = report
        isPassed = report.isPassed
        var suites = report.suites
        if let command = report.command { suites.insert(Self.suite(command), at: 0) }
        let isUnjudged = report.checks.allSatisfy { $0.outcome == .skipped }
        if isUnjudged, report.command == nil || !report.suites.isEmpty {
            suites.append(
                SuiteReport(
                    name: "verification", title: "Something was checked.",
                    checks: [
                        CheckReport(
                            name: "something is checked", outcome: .vacuous,
                            message: report.checks.isEmpty
                                ? "there was no check, so nothing is proved" : "every check was skipped")
                    ]))
        }
        self.suites = suites
        checks = suites.flatMap(\.checks)
    }

    private static func suite(_ command: CommandReport) -> SuiteReport {
        var check = CheckReport(
            name: "the command ends with 0", outcome: command.isPassed ? .passed : .failed,
            message: "`\(command.line)` \(command.endText)")
        check.expected = "exit code 0"
        switch command.end {
        case .exited(let code): check.actual = "exit code \(code)"
        case .signalled(let signal): check.actual = "signal \(signal)"
        case .timedOut: check.actual = "still running after \(ReportText.duration(command.duration))"
        case .notStarted(let reason): check.actual = "not started: \(reason)"
        }
        check.duration = command.duration
        return SuiteReport(name: "command", title: "The command succeeds.", checks: [check])
    }

    func count(_ outcome: CheckReport.Outcome) -> Int { checks.count { $0.outcome == outcome } }

    /// Checks that fail, with the suite of each.
    var failures: [(suite: SuiteReport, check: CheckReport)] {
        suites.flatMap { suite in suite.checks.filter(\.outcome.counts).map { (suite, $0) } }
    }

    /// Items looked at, a sum that cannot overflow.
    var examined: Int {
        report.checks.reduce(0) { sum, check in
            let (next, overflow) = sum.addingReportingOverflow(max(0, check.examined))
            return overflow ? .max : next
        }
    }

    var verdict: String { isPassed ? "Passed" : "Failed" }

    /// `12 checks: 10 passed, 1 failed, 1 skipped`; outcomes that did not occur are left out.
    var countsText: String {
        let parts = CheckReport.Outcome.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
        return ReportText.count(checks.count, "check") + (parts.isEmpty ? "" : ": ") + parts.joined(separator: ", ")
    }

    /// One or two sentences.
    var sentence: String {
        let judged = checks.filter { $0.outcome != .skipped }.count
        if isPassed {
            return judged == 1 ? "The one check that was made passed." : "All \(judged) checks that were made passed."
        }
        let failed = failures.count
        var text = "\(failed) of \(ReportText.count(judged, "check")) \(failed == 1 ? "does" : "do") not hold."
        let vacuous = count(.vacuous)
        if vacuous > 0 {
            text += vacuous == 1 ? " 1 of them looked at nothing." : " \(vacuous) of them looked at nothing."
        }
        return text
    }

    /// What is to be done, made of what failed; empty when nothing is.
    var nextSteps: [String] {
        var steps = failures.map { suite, check in
            let subject = "\(check.name) (\(suite.name))"
            return switch check.outcome {
            case .vacuous: "Make the check look at something: \(subject): \(check.message)"
            case .broken: "Make the check possible: \(subject): \(check.message)"
            default: "Fix what failed: \(subject): \(check.message)"
            }
        }
        steps += report.figures.filter { $0.isAcceptable == false }.map {
            "Bring the figure into its range: \($0.name) is \($0.value), acceptable is \($0.acceptable)"
        }
        return steps
    }

    var filledFiles: [FileReport] { report.files.filter { !$0.isEmpty } }
    var emptyFiles: [FileReport] { report.files.filter(\.isEmpty) }

    /// What was found, as sentences without their period.
    var findings: [String] {
        var findings = [countsText]
        if examined > 0 { findings.append("\(ReportText.count(examined, "item")) looked at") }
        if !report.files.isEmpty {
            let bytes = filledFiles.reduce(0) { $0 &+ max(0, $1.bytes) }
            let empty = emptyFiles.isEmpty ? "" : ", \(emptyFiles.count) empty"
            findings.append(
                "\(ReportText.count(filledFiles.count, "file")) with telemetry (\(ReportText.bytes(bytes)))\(empty)")
        }
        let measured = report.figures.filter { $0.isAcceptable != nil }
        if !report.figures.isEmpty {
            let acceptable = measured.filter { $0.isAcceptable == true }.count
            findings.append(
                "\(ReportText.count(report.figures.count, "figure")): \(measured.count) measured, "
                    + "\(acceptable) in the acceptable range")
        }
        if let command = report.command { findings.append("the command \(command.resultText)") }
        return findings
    }
}

extension FileReport {
    var isEmpty: Bool { bytes <= 0 }
}
