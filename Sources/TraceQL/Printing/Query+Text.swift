extension Query: CustomStringConvertible {
    /// The query in canonical form: one line, the fewest parentheses.
    package var description: String {
        let text =
            switch body {
            case .search(let pipeline): pipeline.description
            case .metrics(let metrics): metrics.description
            }
        guard !hints.isEmpty else { return text }
        return text + " with (" + hints.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") + ")"
    }
}

extension Pipeline: CustomStringConvertible {
    package var description: String { stages.map(\.description).joined(separator: " | ") }
}

extension Stage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .spansets(let expression): expression.description
        case .scalarFilter(let left, let operation, let right): "\(left) \(operation.rawValue) \(right)"
        case .group(let field): "by(\(field))"
        case .coalesce: "coalesce()"
        case .select(let attributes): "select(\(attributes.map(\.description).joined(separator: ", ")))"
        }
    }
}
