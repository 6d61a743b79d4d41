/// Writes structures in Thrift's compact protocol, which Parquet's own data are in.
///
/// Spec: Apache Thrift, "Thrift Compact protocol encoding".
struct ThriftCompact {
    private enum Kind: UInt8 {
        case isTrue = 1, isFalse = 2
        case int32 = 5, int64 = 6
        case binary = 8, list = 9, structure = 12
    }

    private(set) var bytes: [UInt8] = []
    private var lastField: Int16 = 0

    /// The members of a structure, and its end.
    static func structure(_ write: (inout ThriftCompact) -> Void) -> [UInt8] {
        var writer = ThriftCompact()
        write(&writer)
        writer.bytes.append(0)
        return writer.bytes
    }

    mutating func bool(_ field: Int16, _ value: Bool) { begin(field, value ? .isTrue : .isFalse) }

    mutating func int32(_ field: Int16, _ value: Int32) {
        begin(field, .int32)
        zigZag(Int64(value))
    }

    mutating func int64(_ field: Int16, _ value: Int64) {
        begin(field, .int64)
        zigZag(value)
    }

    mutating func string(_ field: Int16, _ value: String) {
        begin(field, .binary)
        text(value)
    }

    mutating func structure(_ field: Int16, _ write: (inout ThriftCompact) -> Void) {
        begin(field, .structure)
        bytes += Self.structure(write)
    }

    mutating func structures<Item>(_ field: Int16, _ items: [Item], _ write: (inout ThriftCompact, Item) -> Void) {
        begin(field, .list)
        list(items.count, .structure)
        for item in items { bytes += Self.structure { write(&$0, item) } }
    }

    mutating func int32s(_ field: Int16, _ values: [Int32]) {
        begin(field, .list)
        list(values.count, .int32)
        for value in values { zigZag(Int64(value)) }
    }

    mutating func strings(_ field: Int16, _ values: [String]) {
        begin(field, .list)
        list(values.count, .binary)
        for value in values { text(value) }
    }

    private mutating func begin(_ field: Int16, _ kind: Kind) {
        let delta = field - lastField
        if delta > 0, delta <= 15 {
            bytes.append(UInt8(delta) << 4 | kind.rawValue)
        } else {
            bytes.append(kind.rawValue)
            zigZag(Int64(field))
        }
        lastField = field
    }

    private mutating func list(_ count: Int, _ kind: Kind) {
        if count < 15 {
            bytes.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            varint(UInt64(count))
        }
    }

    private mutating func text(_ value: String) {
        varint(UInt64(value.utf8.count))
        bytes += value.utf8
    }

    private mutating func zigZag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    private mutating func varint(_ value: UInt64) { Self.varint(value, into: &bytes) }

    static func varint(_ value: UInt64, into bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
