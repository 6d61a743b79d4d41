import PrometheusModel
import TelemetryModel

/// A resource as LogQL sees it: the labels of a stream, and what every record of it has as structured metadata.
struct LogStream: Sendable {
    let id: UInt64
    /// Sorted by name.
    let labels: [Label]
    /// Attributes of the resource that are no labels, sorted by name.
    let metadata: [Label]
    /// Without the service's name when nobody gave it.
    let statedLabels: [Label]
    /// Pushed by Loki's clients: records have the structured metadata that was pushed and no more.
    let isPushed: Bool

    init(id: UInt64, attributes: [(key: String, value: String)], schemaURL: String) {
        self.id = id
        isPushed = LogStreams.isPushed(schemaURL: schemaURL)
        let areAllLabels = LogStreams.isStream(schemaURL: schemaURL)
        var labels: [String: String] = [:]
        var metadata: [String: String] = [:]
        for (key, value) in attributes where !value.isEmpty {
            let name = LogLabelName.sanitized(key)
            if areAllLabels || Self.indexed.contains(key) {
                // Of attributes whose names become the same the first counts.
                if labels[name] == nil { labels[name] = value }
            } else if metadata[name] == nil {
                metadata[name] = value
            }
        }
        var isServiceStated = schemaURL != LogStreams.pushedUnnamedSchemaURL
        if labels[Self.serviceLabel] == nil {
            labels[Self.serviceLabel] = LogStreams.unknownService
            isServiceStated = false
        }
        let sorted = Self.sorted(labels)
        self.labels = sorted
        statedLabels = isServiceStated ? sorted : sorted.filter { $0.name != Self.serviceLabel }
        self.metadata = Self.sorted(metadata.filter { labels[$0.key] == nil })
    }

    subscript(name: String) -> String? { labels.first { $0.name == name }?.value }

    func matches(_ matchers: [LabelMatcher]) -> Bool {
        matchers.allSatisfy { $0.matches(self[$0.name] ?? "") }
    }

    static let serviceLabel = "service_name"
    private static let indexed = Set(LogStreams.indexedAttributes)

    private static func sorted(_ labels: [String: String]) -> [Label] {
        labels.map { Label($0.key, $0.value) }.sorted { $0.name < $1.name }
    }
}
