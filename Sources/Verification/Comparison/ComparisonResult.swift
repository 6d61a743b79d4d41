/// What a comparison found.
package struct ComparisonResult: Sendable {
    package struct Side: Sendable, Equatable {
        package var title: String
        package var seconds: Double
        package var traces: Int
        package var spans: Int
        package var points: Int
        package var logs: Int
        package var notes: [String]
    }

    /// An operation side by side, whether it differs or not. Durations are nanoseconds.
    package struct Operation: Sendable, Equatable {
        package struct Figures: Sendable, Equatable {
            package var count: Int
            package var errors: Int
            /// p50, p95, p99; empty without spans.
            package var percentiles: [Double]
        }

        package var service: String
        package var name: String
        package var a: Figures
        package var b: Figures
    }

    package var a: Side
    package var b: Side
    package var options: ComparisonOptions
    /// In order of importance; those that are the same come last.
    package var findings: [ComparisonFinding]
    /// By service and name.
    package var operations: [Operation]
    /// Facts that are no differences of telemetry: `shop: service.version 1.0 → 1.1`.
    package var notes: [String]
    /// Whether both runs seem to have done the same work (`SameWork`).
    package var isSameWork: Bool

    package var differences: [ComparisonFinding] { findings.filter { $0.verdict == .different } }
    package var tooFew: [ComparisonFinding] { findings.filter { $0.verdict == .tooFew } }
    /// Things that were compared.
    package var compared: Int { findings.count }

    /// One sentence.
    package var summary: String {
        let differences = differences.count
        let few = tooFew.count
        let found =
            switch differences {
            case 0: "no difference"
            case 1: "1 difference"
            default: "\(differences) differences"
            }
        let open = few == 0 ? "" : ", \(few) too few to tell"
        return "\(found)\(open), \(compared) compared"
    }
}

/// Why two runs cannot be compared.
package struct ComparisonError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}
