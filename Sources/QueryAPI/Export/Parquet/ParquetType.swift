import ClickHouse

/// The type of a column in a Parquet file. Every value may be absent.
///
/// Spec: Apache Parquet, "Logical Type Definitions".
indirect enum ParquetType: Sendable, Equatable {
    case bool, int64, uint64, double
    /// Text; what has no type of its own is written as ClickHouse's text of it.
    case string
    /// Nanoseconds since 1970, UTC.
    case timestamp
    /// Days since 1970.
    case date
    /// Of scalars.
    case list(ParquetType)
    /// Of scalars.
    case map(ParquetType, ParquetType)

    /// The type for a column as the engine describes it.
    init(engine type: String) {
        let bare = Self.unwrapped(type)
        if bare.hasPrefix("Array("), let item = Self.arguments(bare).first {
            self = Self.scalar(item).map { .list($0) } ?? .string
            return
        }
        let arguments = bare.hasPrefix("Map(") ? Self.arguments(bare) : []
        if arguments.count == 2, let key = Self.scalar(arguments[0]), let value = Self.scalar(arguments[1]) {
            self = .map(key, value)
            return
        }
        self = Self.scalar(bare) ?? .string
    }

    var isScalar: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }

    private static func scalar(_ type: String) -> ParquetType? {
        let bare = unwrapped(type)
        switch bare {
        case "Bool": return .bool
        case "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32": return .int64
        case "UInt64": return .uint64
        case "Float32", "Float64": return .double
        case "Date32": return .date
        default: break
        }
        if bare.hasPrefix("DateTime64") { return .timestamp }
        // Another list or map in it has no type here.
        return ["Array(", "Map(", "Tuple(", "Nested("].contains { bare.hasPrefix($0) } ? nil : .string
    }

    private static func unwrapped(_ type: String) -> String {
        for wrapper in ["Nullable(", "LowCardinality("] where type.hasPrefix(wrapper) && type.hasSuffix(")") {
            return unwrapped(String(type.dropFirst(wrapper.count).dropLast()))
        }
        return type
    }

    /// What stands between the outer parentheses, divided at commas.
    private static func arguments(_ type: String) -> [String] {
        guard let open = type.firstIndex(of: "("), type.hasSuffix(")") else { return [] }
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in type[type.index(after: open)...].dropLast() {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else if character != " " || !part.isEmpty {
                part.append(character)
            }
        }
        return parts + [part]
    }
}

/// A column of a Parquet file.
struct ParquetColumn: Sendable, Equatable {
    var name: String
    var type: ParquetType
}
