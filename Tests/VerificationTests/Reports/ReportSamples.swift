import TelemetryModel
import Verification

/// Reports for the tests of renderers.
enum ReportSamples {
    static let start = Timestamp(nanoseconds: 1_767_323_045_678_000_000)

    /// A check of each outcome.
    static var mixed: VerificationReport {
        var passed = CheckReport(name: "spans name their service", outcome: .passed, message: "12 of 12 spans do")
        passed.examined = 12
        passed.duration = .milliseconds(3)
        var failed = CheckReport(name: "logs carry a trace id", outcome: .failed, message: "2 of 9 log records do not")
        failed.expected = "9 records"
        failed.actual = "7 records"
        failed.evidence = ["INFO \"started\" of checkout", "WARN \"retry\" of checkout"]
        failed.nearestMisses = ["INFO \"started\": trace_id has 31 digits"]
        failed.examined = 9
        failed.location = SourceLocation(file: "expectations.yaml", line: 7, column: 3)
        let vacuous = CheckReport(name: "errors are recorded", outcome: .vacuous, message: "there are no errors")
        let broken = CheckReport(name: "p99 is low", outcome: .broken, message: "unknown function `p99`")
        let skipped = CheckReport(name: "overhead is low", outcome: .skipped, message: "no process to measure")
        return VerificationReport(
            name: "checkout", subject: "http://127.0.0.1:3000", start: start, duration: .milliseconds(1250),
            suites: [
                SuiteReport(
                    name: "correlation", title: "Logs belong to traces.", checks: [passed, failed, vacuous]),
                SuiteReport(name: "expectations.yaml", title: "What we expect.", checks: [broken, skipped]),
            ])
    }

    /// Everything passed, nothing but the needed.
    static var passed: VerificationReport {
        var check = CheckReport(name: "a", outcome: .passed, message: "it is so")
        check.examined = 1
        return VerificationReport(
            name: "small", subject: "files in data", start: start, duration: .milliseconds(5),
            suites: [SuiteReport(name: "one", title: "One check.", checks: [check])])
    }

    /// `mixed` with all that a run adds.
    static var whole: VerificationReport {
        var report = mixed
        report.command = CommandReport(
            words: ["python", "app.py", "it's"], end: .exited(3), duration: .milliseconds(2500), cpu: .milliseconds(310)
        )
        report.files = [
            FileReport(
                path: "data/traces/traces.jsonl", bytes: 1573, items: 12, form: "OTLP JSON",
                description: "Spans of checkout"),
            FileReport(
                path: "data/logs/logs.jsonl", bytes: 0, items: 0, form: "OTLP JSON",
                description: "No log record came"),
        ]
        report.samples = [
            SampleReport(title: "A span", language: "json", text: "{\n  \"name\": \"database.insert\"\n}")
        ]
        report.figures = [
            FigureReport(name: "Export latency", value: "4.1 ms", acceptable: "0–50 ms", isAcceptable: true),
            FigureReport(name: "Log delay", value: "7.0 s", acceptable: "0–5 s", isAcceptable: false),
            FigureReport(
                name: "Overhead", value: "not measured: no process", acceptable: "0–5 %", isAcceptable: nil),
        ]
        return report
    }

    /// By name, so that the names of test cases are short.
    static let all: [String: VerificationReport] = [
        "mixed": mixed, "passed": passed, "whole": whole, "hostile": hostileReport, "long": long(1000),
    ]

    static let names = all.keys.sorted()

    static func named(_ name: String) -> VerificationReport { all[name] ?? passed }

    /// What telemetry written by somebody else can hold.
    static let hostile =
        "]]> <script>alert(1)</script> & \"q\" 'a' | `b` ``` *c* # d % ::error::x\r\n\u{1B}[31mred\u{1B}[0m\u{0}\u{202E}\u{FFFF}"

    /// Every string of it is hostile.
    static var hostileReport: VerificationReport {
        var report = whole
        report.name = hostile
        report.subject = hostile
        report.command = CommandReport(
            words: [hostile, hostile], end: .notStarted(hostile), duration: .zero, cpu: .zero)
        for suite in report.suites.indices {
            report.suites[suite].name = hostile
            report.suites[suite].title = hostile
            for check in report.suites[suite].checks.indices {
                report.suites[suite].checks[check].name = hostile
                report.suites[suite].checks[check].message = hostile
                report.suites[suite].checks[check].expected = hostile
                report.suites[suite].checks[check].actual = hostile
                report.suites[suite].checks[check].evidence = [hostile, ""]
                report.suites[suite].checks[check].nearestMisses = [hostile]
                report.suites[suite].checks[check].location = SourceLocation(file: hostile, line: 1, column: 1)
            }
        }
        report.files = [
            FileReport(path: hostile, bytes: .max, items: .max, form: hostile, description: hostile),
            FileReport(path: hostile, bytes: .min, items: .min, form: hostile, description: hostile),
        ]
        report.samples = [SampleReport(title: hostile, language: hostile, text: hostile)]
        report.figures = [FigureReport(name: hostile, value: hostile, acceptable: hostile, isAcceptable: false)]
        return report
    }

    /// One check whose texts have so many characters.
    static func long(_ characters: Int) -> VerificationReport {
        var report = passed
        let text = String(repeating: "long word ", count: characters / 10)
        report.suites[0].checks[0].outcome = .failed
        report.suites[0].checks[0].name = text
        report.suites[0].checks[0].message = String(text.filter { $0 != " " })
        report.suites[0].checks[0].evidence = Array(repeating: "line", count: characters)
        return report
    }
}
