import TelemetryModel
import Verification

/// The expectations of a run.
struct RunVerification {
    private let documents: [ExpectationDocument]
    private let suites: [String]

    /// - Throws: wrong usage: a file that cannot be read or is wrong, a suite that does not exist.
    init(files: [String], suites: [String], service: String?) throws(CommandFailure) {
        if let problem = ExpectationFiles.problem(ofSuites: suites) { throw CommandFailure(.usage, problem) }
        documents = try ExpectationFiles.read(files, service: service)
        self.suites = suites
    }

    /// What is known of a run beside its telemetry.
    struct Circumstances {
        var command: CommandReport
        /// The same command without telemetry; nil when that was not asked for.
        var commandWithoutTelemetry: CommandReport?
        var start: Timestamp
        /// Services that must have sent; empty: whichever did.
        var services: [String]
        /// Of the server's data.
        var directory: String
    }

    /// Looks at everything that the run's server has: nobody else sent to it, and nothing more will come.
    ///
    /// - Parameter exported: where the telemetry was exported to, shown in place of files that go with the server.
    /// - Parameter showsMaterial: whether the report shows files, samples and figures.
    func run(
        _ source: ServerSource, _ circumstances: Circumstances, exported: String?, showsMaterial: Bool
    ) async throws -> VerificationReport {
        let command = circumstances.command
        var options = VerificationOptions()
        options.window = RecordingWindow()
        options.isComplete = true
        options.suites = suites
        options.suiteOptions.services = circumstances.services
        options.suiteOptions.isWholeLife = true
        options.suiteOptions.filesDirectory = circumstances.directory
        options.suiteOptions.command = command
        options.suiteOptions.commandWithoutTelemetry = circumstances.commandWithoutTelemetry
        options.suiteOptions.prober = HTTPProber(source.state)
        options.suiteOptions.probeID = UInt64.random(in: 1...UInt64.max)
        let keeper = showsMaterial ? RecordingKeeper(source) : nil
        let reports =
            documents.isEmpty && suites.isEmpty
            ? [] : try await VerificationRunner(source: keeper ?? source, options: options).run(documents)
        let words = command.words.joined(separator: " ")
        var report = VerificationReport(
            name: documents.count == 1 && suites.isEmpty ? reports.first?.name ?? words : words,
            subject: "run of `\(words)`", start: circumstances.start, duration: command.duration, suites: reports,
            command: command)
        if let keeper {
            options.suiteOptions.filesDirectory = exported ?? circumstances.directory
            await ReportMaterial(keeper, options: options.suiteOptions).add(
                to: &report, window: RecordingWindow(), shownAs: exported ?? "")
        }
        return report
    }
}
