package import Recordings
import TelemetryModel

/// What the seeds ask of a telemetry stack: the validation checklist and the assertions of the test report, the probes of
/// the verification scripts (contracts, section 5), all against this one process and its files.
///
/// What is asserted of `spacetimedb` applies when that service sent; else the check is skipped and says so. Nothing is
/// sent unless `SuiteOptions.isProbing` says so.
package struct SeedsSuite: BuiltInSuite {
    package static let name = "seeds"
    package static let title = "The checklist, the assertions and the probes of the seeds hold."

    /// The service that the seeds are about.
    static let service = "spacetimedb"

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        var checks = try await Self.checklist(source, recording, options)
        checks += Self.fileChecks(recording, options)
        checks += await Self.probes(recording, options)
        checks += try await Self.endToEnd(source, options)
        // Ports that answer say nothing about telemetry; without any the suite has seen nothing.
        if recording.items == 0, !options.isProbing {
            checks.append(
                CheckReport(name: "telemetry came", outcome: .vacuous, message: "no span, point or log came"))
        }
        return SuiteReport(Self.self, checks)
    }
}
