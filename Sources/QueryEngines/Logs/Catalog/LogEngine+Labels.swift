import ClickHouse
import LogQL
package import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension LogEngine {
    package func labelNames(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String] {
        try await answering {
            var names: Set<String> = []
            for stream in try await activeStreams(matchers, range) { names.formUnion(stream.labels.map(\.name)) }
            return names.sorted()
        }
    }

    package func labelValues(
        _ name: String, _ matchers: [LabelMatcher], _ range: LogTimeRange
    ) async throws -> [String] {
        try await answering {
            var values: Set<String> = []
            // Grafana asks for the values of a label that no stream has.
            if name == "detected_level" { return try await levels(matchers, range) }
            for stream in try await activeStreams(matchers, range) {
                if let value = stream[name] { values.insert(value) }
            }
            return values.sorted()
        }
    }

    package func series(_ selectors: [[LabelMatcher]], _ range: LogTimeRange) async throws -> [[Label]] {
        try await answering {
            var found: Set<[Label]> = []
            for matchers in selectors.isEmpty ? [[]] : selectors {
                found.formUnion(try await activeStreams(matchers, range).map(\.labels))
            }
            return found.sorted { $0.precede($1) }
        }
    }

    package func detectedLabels(
        _ matchers: [LabelMatcher], _ range: LogTimeRange
    ) async throws -> [(label: String, cardinality: Int)] {
        try await answering {
            var values: [String: Set<String>] = [:]
            for stream in try await activeStreams(matchers, range) {
                for label in stream.labels { values[label.name, default: []].insert(label.value) }
            }
            return values.filter { !Self.areIDs($0.key, $0.value) }.map { ($0.key, $0.value.count) }
                .sorted { $0.label < $1.label }
        }
    }

    /// Values that are numbers or ids say nothing to a person who looks for labels to narrow by.
    private static func areIDs(_ name: String, _ values: Set<String>) -> Bool {
        let always: Set = ["service_name", "cluster", "namespace", "instance", "pod"]
        guard !always.contains(name) else { return false }
        return values.allSatisfy { Double($0) != nil || TraceID(anyForm: $0) != nil }
    }

    /// The streams that match and have records in the range.
    ///
    /// ```sql
    /// SELECT DISTINCT resource_id FROM telemetry.logs WHERE time >= … AND resource_id IN …
    /// ```
    func activeStreams(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [LogStream] {
        let snapshot = try await streams.snapshot()
        let condition = condition(of: LogSelection(matchers: matchers, stages: []), range, snapshot)
        guard !condition.isNever else { return [] }
        var select = Select([.init(.column("resource_id"))], from: TelemetrySchema.logs.name, where: condition.sql)
        select.isDistinct = true
        var found: [LogStream] = []
        try await store.engine.query(select.statement, access: .own(settings: limits.settings)) { batch in
            guard let ids = batch.columns[0].fixed(UInt64.self) else { return }
            for id in ids {
                if let stream = snapshot.streams[id] { found.append(stream) }
            }
        }
        return found
    }

    private func levels(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String] {
        let snapshot = try await streams.snapshot()
        let condition = condition(of: LogSelection(matchers: matchers, stages: []), range, snapshot)
        guard !condition.isNever else { return [] }
        var select = Select([.init(.column("detected_level"))], from: TelemetrySchema.logs.name, where: condition.sql)
        select.isDistinct = true
        return try await rows(select).compactMap { $0[0].text }.filter { !$0.isEmpty }.sorted()
    }
}
