import Testing

@testable import Verification

@Suite struct GitHubReportTests {
    @Test func failuresAreAnnotationsOfTheirPlace() {
        #expect(
            GitHubReport().render(ReportSamples.mixed) == """
                ::error file=expectations.yaml,line=7,col=3,title=correlation%3A logs carry a trace id::2 of 9 log records \
                do not%0Aexpected: 9 records%0Aactual: 7 records%0Aevidence: INFO "started" of checkout%0Aevidence: WARN \
                "retry" of checkout%0Anearest miss: INFO "started": trace_id has 31 digits
                ::error title=correlation%3A errors are recorded::there are no errors%0AIt looked at nothing.
                ::error title=expectations.yaml%3A p99 is low::unknown function `p99`
                ::notice title=checkout%3A failed::5 checks: 1 passed, 1 failed, 1 vacuous, 1 broken, 1 skipped

                """)
    }

    /// A line of telemetry that is printed as it is could be a command of its own.
    @Test func hostileTextIsNoCommand() {
        for line in GitHubReport().render(ReportSamples.hostileReport).split(separator: "\n") {
            #expect(line.hasPrefix("::error ") || line.hasPrefix("::warning ") || line.hasPrefix("::notice "))
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            let properties = line.dropFirst(2).firstRange(of: "::").map { line[..<$0.lowerBound] } ?? line
            #expect(!properties.dropFirst(2).contains(":"))
            #expect(properties.firstRange(of: ",::") == nil)
        }
    }

    @Test func aStepSummaryFitsWhatGitHubTakes() {
        let whole = GitHubReport().stepSummary(ReportSamples.whole)
        #expect(whole == MarkdownReport().render(ReportSamples.whole))
        var report = ReportSamples.long(10)
        report.suites[0].checks[0].evidence = Array(repeating: "é", count: 1_000_000)
        let short = GitHubReport().stepSummary(report)
        #expect(short.utf8.count <= GitHubReport.stepSummaryBytesMax)
        #expect(short.contains("This summary is cut"))
        report.suites[0].checks[0].message = String(repeating: "é ", count: 1_000_000)
        #expect(GitHubReport().stepSummary(report).utf8.count <= GitHubReport.stepSummaryBytesMax)
    }
}
