/// A value of an attribute or a log's body. Spec: OTLP common.proto, `AnyValue`.
package indirect enum RecordedValue: Sendable, Hashable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    case bytes([UInt8])
    case array([RecordedValue])
    case map(RecordedAttributes)
    case empty

    /// The OTLP type, as documents of expectations name it.
    package var typeName: String {
        switch self {
        case .string: "string"
        case .int: "int"
        case .double: "double"
        case .bool: "bool"
        case .bytes: "bytes"
        case .array: "array"
        case .map: "map"
        case .empty: "empty"
        }
    }
}

/// Attributes in the sender's order; of a repeated key the first counts.
package struct RecordedAttributes: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: RecordedValue

        package init(key: String, value: RecordedValue) {
            self.key = key
            self.value = value
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) { self.entries = entries }

    package subscript(key: String) -> RecordedValue? { entries.first { $0.key == key }?.value }

    package var isEmpty: Bool { entries.isEmpty }
}
