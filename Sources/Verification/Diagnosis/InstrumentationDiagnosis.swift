package import Recordings
import TelemetryModel

/// Looks at what services sent for what is wrong with their instrumentation.
package enum InstrumentationDiagnosis {
    /// A rule: a function of all telemetry, one file each.
    private static let rules: [@Sendable (DiagnosisSubject) -> [InstrumentationFinding]] = [
        MissingServiceName.findings, OrphanParents.findings, DuplicateIdentifiers.findings, ClockSkew.findings,
        CardinalityExplosion.findings, EmptySpans.findings,
    ]

    /// - Parameters:
    ///   - isWhole: the recording is all that the services sent, from their start to their end; what is missing was never
    ///     sent then. Otherwise a parent may come yet, or lie outside the window.
    ///   - now: nanoseconds since the Unix epoch.
    /// - Returns: what is bad first.
    package static func findings(
        in recording: Recording, isWhole: Bool, now: UInt64
    ) -> [InstrumentationFinding] {
        let subject = DiagnosisSubject(recording: recording, isWhole: isWhole, now: now)
        let found = rules.flatMap { $0(subject) }
        return found.filter { $0.weight == .bad } + found.filter { $0.weight == .note }
    }
}

/// What the rules look at.
struct DiagnosisSubject: Sendable {
    let recording: Recording
    let isWhole: Bool
    let now: UInt64

    func service(_ resource: Int) -> String {
        let name = recording.resources[resource].service
        return name.isEmpty ? "(no service.name)" : name
    }

    /// A span for a line of evidence.
    func line(_ span: RecordedSpan) -> String {
        "\(service(span.resource)): \(span.name) (trace \(span.traceID.hex), span \(span.spanID.hex))"
    }
}
