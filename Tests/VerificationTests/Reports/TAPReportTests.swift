import Testing

@testable import Verification

@Suite struct TAPReportTests {
    @Test func theFormIsTAP14() {
        #expect(
            TAPReport().render(ReportSamples.mixed)
                == """
                TAP version 14
                1..5
                ok 1 - correlation: spans name their service
                not ok 2 - correlation: logs carry a trace id
                  ---
                  message: "2 of 9 log records do not"
                  severity: fail
                  outcome: failed
                  at:
                    file: "expectations.yaml"
                    line: 7
                    column: 3
                  expected: "9 records"
                  actual: "7 records"
                  examined: 9
                  duration_seconds: 0.000
                  evidence:
                    - "INFO \\"started\\" of checkout"
                    - "WARN \\"retry\\" of checkout"
                  nearest_misses:
                    - "INFO \\"started\\": trace_id has 31 digits"
                  ...
                not ok 3 - correlation: errors are recorded
                  ---
                  message: "there are no errors"
                  severity: fail
                  outcome: vacuous
                  examined: 0
                  duration_seconds: 0.000
                  ...
                not ok 4 - expectations.yaml: p99 is low
                  ---
                  message: "unknown function `p99`"
                  severity: error
                  outcome: broken
                  examined: 0
                  duration_seconds: 0.000
                  ...
                ok 5 - expectations.yaml: overhead is low # SKIP no process to measure
                # checkout: failed, 5 checks: 1 passed, 1 failed, 1 vacuous, 1 broken, 1 skipped

                """)
    }

    @Test func aNameIsNoDirective() {
        var report = ReportSamples.passed
        report.suites[0].checks[0].outcome = .failed
        report.suites[0].checks[0].name = "a # SKIP b\nok 2"
        #expect(TAPReport().render(report).contains("not ok 1 - one: a \\#- SKIP b\\\\nok 2\n"))
    }

    @Test func hostileTextMakesNoLines() {
        for line in TAPReport().render(ReportSamples.hostileReport).split(separator: "\n") {
            let starts = ["TAP version 14", "1..", "ok ", "not ok ", "# ", "  "]
            #expect(starts.contains { line.hasPrefix($0) })
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}
