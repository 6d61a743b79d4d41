package import TelemetryModel

/// One value of a result, in the engine's own terms.
package indirect enum ResultValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// A number in decimal text that no machine type holds exactly.
    case decimal(String)
    case timestamp(ticks: Int64, perSecond: Int64, zone: String)
    case days(Int32)
    case list([ResultValue])
    case map([(key: ResultValue, value: ResultValue)])
    case structure([(name: String, value: ResultValue)])

    package static func == (left: ResultValue, right: ResultValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.unsigned(let a), .unsigned(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        case (.decimal(let a), .decimal(let b)): a == b
        case (.timestamp(let a, let b, let c), .timestamp(let d, let e, let f)): a == d && b == e && c == f
        case (.days(let a), .days(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
        case (.structure(let a), .structure(let b)):
            a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }
}

extension ResultValue {
    /// The text of a string value (bytes that are not UTF-8 become U+FFFD), else nil.
    package var text: String? {
        switch self {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// The integer of an integral value that fits, else nil.
    package var integer: Int64? {
        switch self {
        case .int(let value): value
        case .unsigned(let value): Int64(exactly: value)
        case .bool(let value): value ? 1 : 0
        case .timestamp(let ticks, _, _): ticks
        default: nil
        }
    }

    package var unsignedInteger: UInt64? {
        switch self {
        case .unsigned(let value): value
        case .int(let value): UInt64(exactly: value)
        default: nil
        }
    }

    package var number: Double? {
        switch self {
        case .double(let value): value
        case .float(let value): Double(value)
        case .int(let value): Double(value)
        case .unsigned(let value): Double(value)
        default: nil
        }
    }

    package var rawBytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .string(let text): Array(text.utf8)
        default: nil
        }
    }

    package var items: [ResultValue]? {
        if case .list(let items) = self { items } else { nil }
    }

    package var pairs: [(key: ResultValue, value: ResultValue)]? {
        if case .map(let pairs) = self { pairs } else { nil }
    }

    /// Nanoseconds since the Unix epoch of a timestamp, held at the ends of the range.
    package var timestamp: Timestamp? {
        guard case .timestamp(let ticks, let perSecond, _) = self else { return nil }
        let (value, overflow) = ticks.multipliedReportingOverflow(by: 1_000_000_000 / perSecond)
        return Timestamp(nanoseconds: overflow ? (ticks < 0 ? .min : .max) : value)
    }
}
