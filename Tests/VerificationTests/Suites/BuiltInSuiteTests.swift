import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct BuiltInSuiteTests {
    @Test func suitesAreFoundByTheirNames() {
        let names = BuiltInSuites.all.map { $0.name }
        #expect(
            names == [
                "service-identification", "correlation", "metric-aggregation", "completeness", "semantic-conventions",
                "seeds",
            ])
        for name in names { #expect(BuiltInSuites.named(name)?.name == name) }
        #expect(BuiltInSuites.named("nothing") == nil)
        for suite in BuiltInSuites.all { #expect(suite.title.hasSuffix(".")) }
    }

    @Test("a suite that looked at nothing fails", arguments: BuiltInSuites.all.map { $0.name })
    func emptyRecordingsDoNotPass(name: String) async throws {
        let suite = try #require(BuiltInSuites.named(name))
        let report = try await suite.init().run(FixedSource(), Recording(), SuiteOptions())
        let vacuous = report.checks.filter { $0.outcome == .vacuous }
        #expect(!vacuous.isEmpty)
        #expect(!report.checks.contains { $0.outcome == .passed })
        for check in report.checks { #expect(!check.message.isEmpty, "\(check.name)") }
    }

    @Test("healthy telemetry passes", arguments: BuiltInSuites.all.map { $0.name })
    func healthyRecordingsPass(name: String) async throws {
        let suite = try #require(BuiltInSuites.named(name))
        let report = try await suite.init().run(FixedSource(), SuiteSamples.healthy, SuiteOptions())
        for check in report.checks {
            #expect(
                check.outcome == .passed || check.outcome == .skipped,
                "\(check.name): \(check.message) \(check.evidence)")
        }
        #expect(report.checks.contains { $0.outcome == .passed })
    }

    @Test func evidenceIsBounded() async throws {
        var recording = Recording()
        recording.resources = [SuiteSamples.resource("shop")]
        recording.spans = (1...500).map { SuiteSamples.span($0, parent: 9999) }
        let check = try await CorrelationSuite.check("parents of spans are there", recording)
        let report = try #require(check)
        #expect(report.outcome == .failed)
        #expect(report.examined == 500)
        #expect(report.evidence.count == Findings.linesMax + 1)
        #expect(report.evidence.last == "and 480 more")
    }

    @Test func aSourceThatFailsEndsTheVerification() async throws {
        struct Broken: TelemetrySource {
            struct Failure: Error {}
            var title: String { "broken" }
            func settle() async throws {}
            func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording { Recording() }
            func answer(_ query: RawQuery) async throws -> RawAnswer? { nil }
            func ledger() async throws -> [LedgerFigures]? { throw Failure() }
        }
        await #expect(throws: VerificationError.self) {
            _ = try await CompletenessSuite().run(Broken(), SuiteSamples.healthy, SuiteOptions())
        }
    }
}
