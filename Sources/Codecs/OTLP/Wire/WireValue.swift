import TelemetryModel

/// What an `AnyValue` on the wire holds; its bytes stay where they are. Spec: OTLP common.proto, `AnyValue`.
struct WireValue {
    enum Kind {
        case empty, string, bool, int, double, bytes
        /// `string_value_strindex`: an index into a table that requests of these signals do not have.
        case stringIndex
        /// `bytes` is an `ArrayValue` whose inside has not been looked at.
        case array
        /// `bytes` is a `KeyValueList` whose inside has not been looked at.
        case map
        /// More than one member: merging them is left to the generated messages.
        case unusual
    }

    private(set) var kind = Kind.empty
    private(set) var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Of a bool, int or double.
    private(set) var bits: UInt64 = 0

    var int: Int64 { Int64(bitPattern: bits) }
    var double: Double { Double(bitPattern: bits) }

    /// - Parameter cursor: over the message, which stands at `level`.
    @inline(__always)
    init(_ cursor: inout WireCursor, level: Int) {
        guard level <= Limits.protobufDepth else {
            cursor.fail(.tooDeep)
            return
        }
        var members = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: (kind, bytes) = (.string, cursor.string())
            case 0x10: (kind, bits) = (.bool, cursor.varint())
            case 0x18: (kind, bits) = (.int, cursor.varint())
            case 0x21: (kind, bits) = (.double, cursor.fixed64())
            case 0x2A: (kind, bytes) = (.array, cursor.bytes())
            case 0x32: (kind, bytes) = (.map, cursor.bytes())
            case 0x3A: (kind, bytes) = (.bytes, cursor.bytes())
            case 0x40: (kind, bits) = (.stringIndex, cursor.varint())
            default:
                cursor.skip(tag, level: level)
                continue
            }
            members += 1
        }
        if members > 1 { kind = .unusual }
    }
}

/// A `KeyValue` on the wire. Spec: OTLP common.proto, `KeyValue`.
struct WireKeyValue {
    private(set) var key = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private(set) var value = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// How often `value` occurs; more than once is merged by the generated messages.
    private(set) var values = 0
    private(set) var keyIndex: UInt64 = 0

    /// - Parameter cursor: over the message, which stands at `level`.
    @inline(__always)
    init(_ cursor: inout WireCursor, level: Int) {
        guard level <= Limits.protobufDepth else {
            cursor.fail(.tooDeep)
            return
        }
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: key = cursor.string()
            case 0x12:
                value = cursor.bytes()
                values += 1
            case 0x18: keyIndex = cursor.varint()
            default: cursor.skip(tag, level: level)
            }
        }
    }
}
