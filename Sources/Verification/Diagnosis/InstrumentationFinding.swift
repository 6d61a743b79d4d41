/// Something in the telemetry of a service that its instrumentation should do otherwise.
package struct InstrumentationFinding: Sendable, Equatable {
    package enum Weight: String, Sendable {
        /// Telemetry is lost, or says what is not so.
        case bad
        /// It works, and costs or misleads.
        case note
    }

    /// `missing-service-name`, `orphan-parents`, …
    package var rule: String
    package var weight: Weight
    /// What is seen, with counts, and what to do.
    package var text: String
    /// The first cases, each with its ids.
    package var evidence: [String]
    /// Items concerned.
    package var count: Int
}

/// Lines of evidence that are kept of each rule.
let evidenceMax = 5
