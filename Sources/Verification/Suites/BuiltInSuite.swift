package import Recordings
package import TelemetryModel

/// A suite of checks that needs no document of expectations.
///
/// Called once in a verification, with the telemetry of the window already loaded. A suite holds no state.
package protocol BuiltInSuite: Sendable {
    /// As in `--suite correlation` and in documents.
    static var name: String { get }
    /// One sentence: what holds when the suite passes.
    static var title: String { get }

    init()

    /// - Parameters:
    ///   - source: For what a recording cannot say: queries, the ledger.
    ///   - recording: All telemetry of `options.window`.
    /// - Returns: At least one check; `.vacuous` where there was nothing to look at, `.skipped` with the reason where
    ///   the question does not apply.
    /// - Throws: When the source fails; a check that is not met is no error.
    func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport
}

/// What a person can say to the built-in suites.
package struct SuiteOptions: Sendable {
    /// Names of services that must have sent; empty: whichever did.
    package var services: [String] = []
    /// What `recording` was loaded with.
    package var window = RecordingWindow()
    /// Whether the window holds everything that the server was ever sent, so that its ledger can be compared.
    package var isWholeLife = false
    /// The directory with `traces/`, `metrics/`, `logs/` and `processed/`, when it is known.
    package var filesDirectory: String?
    /// How far the time of a log may lie outside its span.
    package var logTolerance = Duration.seconds(1)
    /// Above it a duration in metrics is taken for a mistake of unit.
    package var executionTimeMax = Duration.seconds(300)
    /// Whether names that the semantic conventions have replaced are accepted.
    package var allowsDeprecated = false
    /// What opens the ports of the server; nil: checks that need them are skipped.
    package var prober: (any EndpointProber)?
    /// Whether the suite `seeds` may send telemetry of its own.
    package var isProbing = false
    /// Distinguishes what this verification sends; the caller draws it at random.
    package var probeID: UInt64 = 0
    /// The time of the verification; nil: the newest item of the recording.
    package var now: Timestamp?
    /// The command of a `run`.
    package var command: CommandReport?
    /// The same command without telemetry, to measure the overhead.
    package var commandWithoutTelemetry: CommandReport?

    package init() {}
}

/// The suites, in the order in which they are listed and run.
package enum BuiltInSuites {
    package static let all: [any BuiltInSuite.Type] = [
        ServiceIdentificationSuite.self,
        CorrelationSuite.self,
        MetricAggregationSuite.self,
        CompletenessSuite.self,
        SemanticConventionsSuite.self,
        SeedsSuite.self,
    ]

    /// nil when no suite has the name.
    package static func named(_ name: String) -> (any BuiltInSuite.Type)? { all.first { $0.name == name } }
}
