/// The parts of an output, in their order, each with the findings that belong to it.
package enum ComparisonSection: String, Sendable, CaseIterable {
    case operations = "Operations"
    case errors = "Errors"
    case shape = "Shape of traces"
    case attributes = "Attributes"
    case metrics = "Metrics"
    case logs = "Logs"

    package init(_ kind: ComparisonFinding.Kind) {
        switch kind {
        case .moreErrors, .fewerErrors: self = .errors
        default:
            switch kind.group {
            case .shape?: self = .shape
            case .attributes?: self = .attributes
            case .metrics?: self = .metrics
            case .logs?: self = .logs
            default: self = .operations
            }
        }
    }

    /// What is shown of a result: all that differs or is too few to tell, and the rest when `isAll`.
    package static func sections(
        _ result: ComparisonResult, isAll: Bool
    ) -> [(section: ComparisonSection, findings: [ComparisonFinding])] {
        allCases.compactMap { section in
            let findings = result.findings.filter {
                ComparisonSection($0.kind) == section && (isAll || $0.verdict != .same)
            }
            return findings.isEmpty ? nil : (section, findings)
        }
    }
}

extension ComparisonFinding {
    /// `shop: GET /items p95`.
    package var title: String {
        let place = service.isEmpty ? name : "\(service): \(name)"
        return detail.isEmpty ? place : "\(place) \(detail)"
    }

    package var isTree: Bool { !lines.isEmpty }
}
