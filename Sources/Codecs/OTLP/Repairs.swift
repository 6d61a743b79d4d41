/// A deviation from OTLP that a decoder mends instead of refusing the batch; the raw value is the metric label.
package enum RepairKind: String, CaseIterable, Hashable, Sendable {
    /// A trace id of 64 hex digits: the first 32 are the id, all of them stay in `martlet.original_trace_id`.
    case traceID64Hex = "trace_id_64_hex"
    /// A trace id written as a UUID with dashes.
    case traceIDUUID = "trace_id_uuid"
    /// An enum given by name, with or without its prefix; OTLP/JSON has integers only.
    case enumName = "enum_name"
    /// An enum given as a number inside a string.
    case enumStringNumber = "enum_string_number"
    /// A key in the spelling of the proto file instead of lowerCamelCase.
    case snakeCaseKey = "snake_case_key"
    /// A 64-bit integer given as `{"low": .., "high": .., "unsigned": ..}`, the inside of a JavaScript `Long`.
    case jsLong = "js_long"
    /// A string with half of a surrogate pair, which became U+FFFD.
    case loneSurrogate = "lone_surrogate"
    /// A string with bytes that are not UTF-8, which became U+FFFD.
    case invalidUTF8 = "invalid_utf8"
    /// A parent span id that is not 8 bytes: the span is kept without a parent, the id in
    /// `martlet.original_parent_span_id`.
    case parentSpanIDLength = "parent_span_id_length"
    /// A link whose ids are not 16 and 8 bytes: kept in attributes of the link.
    case linkIDLength = "link_id_length"
    /// A log record whose ids are not 16 and 8 bytes: kept in attributes of the record.
    case logIDLength = "log_id_length"
    /// An exemplar whose ids are not 16 and 8 bytes: kept in its attributes.
    case exemplarIDLength = "exemplar_id_length"
}

/// How many values of each kind a decoder mended.
package struct RepairCounts: Sendable, Equatable {
    /// Without zeros, so that equality is equality of the counts.
    private var counts: [RepairKind: Int] = [:]

    package init() {}

    package var isEmpty: Bool { counts.isEmpty }

    package subscript(kind: RepairKind) -> Int { counts[kind, default: 0] }

    package mutating func add(_ kind: RepairKind, count: Int = 1) {
        guard count > 0 else { return }
        counts[kind, default: 0] += count
    }

    package mutating func merge(_ other: RepairCounts) {
        for (kind, count) in other {
            add(kind, count: count)
        }
    }
}

extension RepairCounts: Sequence {
    /// The kinds that occurred, in the order of `RepairKind`'s cases.
    package func makeIterator() -> some IteratorProtocol<(kind: RepairKind, count: Int)> {
        RepairKind.allCases.lazy
            .map { (kind: $0, count: self[$0]) }
            .filter { $0.count > 0 }
            .makeIterator()
    }
}
