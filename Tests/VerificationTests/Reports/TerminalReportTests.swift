import TelemetryModel
import Testing

@testable import Verification

@Suite struct TerminalReportTests {
    @Test func outcomesAreWordsAndFailuresAreExplained() {
        #expect(
            TerminalReport(isColoured: false, width: nil).render(ReportSamples.whole) == """
                checkout  http://127.0.0.1:3000

                command  The command succeeds.
                  ✗ failed   the command ends with 0  (2.50 s)
                            `python app.py 'it'\\''s'` exited with 3
                            expected  exit code 0
                            actual    exit code 3

                correlation  Logs belong to traces.
                  ✓ passed   spans name their service  (12 items, 3.00 ms)
                  ✗ failed   logs carry a trace id  (9 items)
                            2 of 9 log records do not
                            at expectations.yaml:7:3
                            expected  9 records
                            actual    7 records
                            evidence
                              INFO "started" of checkout
                              WARN "retry" of checkout
                            nearest misses
                              INFO "started": trace_id has 31 digits
                  ∅ vacuous  errors are recorded
                            there are no errors

                expectations.yaml  What we expect.
                  ! broken   p99 is low
                            unknown function `p99`
                  – skipped  overhead is low
                            no process to measure

                figures
                  ✓ acceptable    Export latency  4.1 ms                    acceptable: 0–50 ms
                  ✗ out of range  Log delay       7.0 s                     acceptable: 0–5 s
                  – not measured  Overhead        not measured: no process  acceptable: 0–5 %

                files
                  data/traces/traces.jsonl  1.54 KiB  12 items
                  data/logs/logs.jsonl         empty  No log record came

                Failed: 6 checks: 1 passed, 2 failed, 1 vacuous, 1 broken, 1 skipped; 21 items looked at in 1.25 s

                """)
    }

    @Test func colourIsOnlyAddedWhenAskedFor() {
        let plain = TerminalReport(isColoured: false, width: nil).render(ReportSamples.whole)
        let coloured = TerminalReport(isColoured: true, width: nil).render(ReportSamples.whole)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31m✗ failed \u{1B}[0m"))
        var stripped = coloured
        for code in ["0", "1", "2", "31", "32", "33", "1;31"] {
            stripped = stripped.replacing("\u{1B}[\(code)m", with: "")
        }
        #expect(stripped == plain)
    }

    @Test func linesAreBrokenAtTheWidth() {
        let report = ReportSamples.long(500)
        let text = TerminalReport(isColoured: false, width: 60).render(report)
        for line in text.split(separator: "\n") where !line.contains("items") {
            #expect(TerminalText.width(String(line)) <= 60)
        }
        #expect(text.contains("and 480 more"))
    }

    @Test func hostileTextIsSpelledOut() {
        let text = TerminalReport(isColoured: false, width: 80).render(ReportSamples.hostileReport)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x202E) })
        #expect(text.contains("\\u{1B}[31mred"))
    }
}
