/// Writes protobuf's wire format by hand, for the few messages that are not worth generated code.
///
/// Spec: Protocol Buffers, "Encoding".
package struct ProtobufWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// - Parameter capacity: the bytes that will be written, when that is known.
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Forgets what was written, and keeps its memory.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Fields that were written elsewhere.
    package mutating func append(_ fields: some Collection<UInt8>) { bytes.append(contentsOf: fields) }

    /// A field of wire type 0.
    package mutating func integer(_ number: UInt32, _ value: UInt64) {
        varint(UInt64(number) << 3)
        varint(value)
    }

    /// A field of wire type 1: a fixed64, an sfixed64 or the bits of a double.
    package mutating func fixed64(_ number: UInt32, _ value: UInt64) {
        varint(UInt64(number) << 3 | 1)
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// A field of wire type 5.
    package mutating func fixed32(_ number: UInt32, _ value: UInt32) {
        varint(UInt64(number) << 3 | 5)
        for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The beginning of a field of wire type 2 whose `length` bytes the caller writes next.
    package mutating func header(_ number: UInt32, length: Int) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(truncatingIfNeeded: length))
    }

    /// A field of wire type 2: a string, bytes or a message.
    package mutating func field(_ number: UInt32, _ content: some Collection<UInt8>) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Eight bytes of an id inside a field that `header` began.
    package mutating func bigEndian(_ value: UInt64) {
        for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The bytes that a varint takes.
    package static func length(ofVarint value: UInt64) -> Int { (70 - (value | 1).leadingZeroBitCount) / 7 }

    /// The bytes that a field of wire type 2 takes whose content has `length` bytes; for field numbers up to 15.
    package static func length(ofField length: Int) -> Int {
        1 + Self.length(ofVarint: UInt64(truncatingIfNeeded: length)) + length
    }

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
