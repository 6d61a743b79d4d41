/// Writes protobuf's wire format by hand, for the few messages that are not worth generated code.
///
/// Spec: Protocol Buffers, "Encoding".
package struct ProtobufWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

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

    /// A field of wire type 2: a string, bytes or a message.
    package mutating func field(_ number: UInt32, _ content: some Collection<UInt8>) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
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
