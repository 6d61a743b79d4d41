import TelemetryModel

extension SemanticConventions {
    /// Current attributes whose names are close enough to have been meant, the nearest first; for a deprecated one what
    /// replaces it.
    package func nearestAttributes(_ name: String) -> [String] {
        var seen: Set<String> = []
        return Self.nearest(name, attributes.keys).flatMap { attributes[$0]?.replacements ?? [$0] }
            .filter { seen.insert($0).inserted }.prefix(3).map { $0 }
    }

    package func nearestMetrics(_ name: String) -> [String] {
        Self.nearest(name, metrics.values.lazy.filter { $0.replacements == nil }.map(\.name))
    }

    /// At most three names within a quarter of the length in edits, or that have the same words in the same namespace.
    private static func nearest(_ name: String, _ candidates: some Sequence<String>) -> [String] {
        guard name.utf8.count <= Suggestion.nameLengthMax else { return [] }
        let limit = max(2, name.utf8.count / 4)
        let words = Set(name.lowercased().split { $0 == "." || $0 == "_" })
        return candidates.compactMap { candidate -> (Int, String)? in
            let distance = Suggestion.distance(name, candidate)
            if distance <= limit { return (distance, candidate) }
            // `http.status_code` for `http.response.status_code`: words left out.
            let isPart = words.count > 1 && words.isSubset(of: candidate.split { $0 == "." || $0 == "_" })
            return isPart ? (distance, candidate) : nil
        }
        .sorted { $0 < $1 }.prefix(3).map(\.1)
    }
}
