import LogQL
import LogQLEvaluation
import PrometheusModel

extension LogEngine {
    package func detectedFields(_ request: LogDetectRequest) async throws -> [DetectedField] {
        let lines = try await newest(request)
        var found = DetectedFieldCollector()
        for entry in lines.entries { found.add(entry) }
        return Array(found.fields.prefix(max(request.limit, 0)))
    }

    package func detectedFieldValues(_ name: String, _ request: LogDetectRequest) async throws -> [String] {
        let lines = try await newest(request)
        var counts: [String: Int] = [:]
        let fields = LineFields()
        for entry in lines.entries {
            let stated = (entry.metadata + entry.parsed).first { $0.name == name }?.value
            guard let value = stated ?? fields.find(in: entry.line).first(where: { $0.label == name })?.value else {
                continue
            }
            counts[value, default: 0] += 1
        }
        return counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .prefix(max(request.limit, 0)).map(\.key)
    }

    private func newest(_ request: LogDetectRequest) async throws -> LogSelectResult {
        try await select(
            LogSelectRequest(
                selection: request.selection, range: request.range, limit: request.lineLimit, direction: .backward))
    }
}

/// Adds up the fields of lines.
private struct DetectedFieldCollector {
    private struct Field {
        var type: String
        var values: Set<String> = []
        var parsers: Set<String> = []
        var path: [String] = []
        /// As metadata, which needs no parser.
        var isStated = false
    }

    private let lines = LineFields()
    private var found: [String: Field] = [:]

    mutating func add(_ entry: LogEntry) {
        for label in entry.metadata { add(label.name, label.value, parser: nil, path: []) }
        for label in entry.parsed where label.name != "__error__" && label.name != "__error_details__" {
            add(label.name, label.value, parser: nil, path: [])
        }
        for field in lines.find(in: entry.line) where !entry.metadata.contains(where: { $0.name == field.label }) {
            add(field.label, field.value, parser: field.parser.rawValue, path: field.path)
        }
    }

    private mutating func add(_ name: String, _ value: String, parser: String?, path: [String]) {
        var field = found[name] ?? Field(type: Self.type(of: value))
        field.values.insert(value)
        if let parser {
            field.parsers.insert(parser)
            if field.path.isEmpty { field.path = path }
        } else {
            field.isStated = true
        }
        found[name] = field
    }

    /// Those of most lines' kinds first: sorted by how many values they have, as Loki does, then by name.
    var fields: [DetectedField] {
        found.map { name, field in
            DetectedField(
                label: name, type: field.type, cardinality: field.values.count,
                parsers: field.isStated ? [] : field.parsers.sorted(), jsonPath: field.path)
        }.sorted { ($1.cardinality, $0.label) < ($0.cardinality, $1.label) }
    }

    /// Spec: Loki, `/loki/api/v1/detected_fields`: `type`.
    private static func type(of value: String) -> String {
        if Int64(value) != nil { return "int" }
        // Not words that are numbers, such as nan.
        if let first = value.utf8.first, (0x2B...0x39).contains(first), Double(value) != nil { return "float" }
        if value == "true" || value == "false" { return "boolean" }
        var value = value
        return value.withUTF8 { bytes in
            if LogQLConversions.duration(bytes) != nil { return "duration" }
            return LogQLConversions.bytes(bytes) != nil ? "bytes" : "string"
        }
    }
}
