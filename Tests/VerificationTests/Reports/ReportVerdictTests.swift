import TelemetryModel
import Testing

@testable import Verification

/// Every form comes to the verdict of the report.
@Suite struct ReportVerdictTests {
    /// Reports of all combinations of outcomes, with and without a command that passes or fails.
    private static let reports: [VerificationReport] = {
        let outcomes: [[CheckReport.Outcome]] =
            [[]] + CheckReport.Outcome.allCases.map { [$0] }
            + CheckReport.Outcome.allCases.flatMap { first in CheckReport.Outcome.allCases.map { [first, $0] } }
        let ends: [CommandReport.End?] = [
            nil, .exited(0), .exited(1), .signalled(9), .timedOut, .notStarted("no such file"),
        ]
        return ends.flatMap { end in
            outcomes.flatMap { outcomes -> [VerificationReport] in
                let checks = outcomes.map { CheckReport(name: "check", outcome: $0, message: "found") }
                let suites = [SuiteReport(name: "suite", title: "", checks: checks)]
                let command = end.map {
                    CommandReport(words: ["true"], end: $0, duration: .seconds(1), cpu: .milliseconds(1))
                }
                return (outcomes.isEmpty ? [[], suites] : [suites]).map {
                    VerificationReport(
                        name: "name", subject: "subject", start: ReportSamples.start, duration: .seconds(1),
                        suites: $0, command: command)
                }
            }
        }
    }()

    private func value(_ name: String, in text: some StringProtocol) -> Int? {
        text.firstRange(of: " \(name)=\"").flatMap { Int(text[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    @Test func jUnitHasFailuresOrErrorsJustWhenTheVerificationFailed() throws {
        for report in Self.reports {
            let line = try #require(JUnitReport().render(report).split(separator: "\n").dropFirst().first)
            let failed = try #require(value("failures", in: line)) + #require(value("errors", in: line))
            #expect((failed == 0) == report.isPassed)
            #expect(try #require(value("tests", in: line)) > 0)
        }
    }

    @Test func tapHasANotOkJustWhenTheVerificationFailed() {
        for report in Self.reports {
            let text = TAPReport().render(report)
            #expect(!text.contains("\nnot ok") == report.isPassed)
            #expect(!text.contains("\n1..0\n"))
        }
    }

    @Test func gitHubHasAnErrorJustWhenTheVerificationFailed() {
        for report in Self.reports { #expect(!GitHubReport().render(report).contains("::error ") == report.isPassed) }
    }

    @Test func personsReadTheVerdict() {
        for report in Self.reports {
            let verdict = report.isPassed ? "Passed" : "Failed"
            let terminal = TerminalReport(isColoured: false, width: nil).render(report)
            #expect(terminal.split(separator: "\n").last?.hasPrefix(verdict) == true)
            #expect(MarkdownReport().render(report).contains("**\(verdict).**"))
            #expect(HTMLReport().render(report).contains("<title>\(verdict): name</title>"))
            #expect(JSONReport().render(report).contains("\"passed\":\(report.isPassed),\"start\""))
        }
    }

    @Test func nothingCheckedIsSaid() {
        var report = ReportSamples.passed
        report.suites = []
        #expect(!report.isPassed)
        #expect(TerminalReport(isColoured: false, width: nil).render(report).contains("there was no check"))
    }
}
