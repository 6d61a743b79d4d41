@testable import Codecs

/// Encodes `io.prometheus.client.MetricFamily` for tests: fields in the order in which they are given.
///
/// Spec: Prometheus 3.5, `io/prometheus/client/metrics.proto`.
struct FamilyEncoder {
    private(set) var bytes: [UInt8] = []

    static func message(_ fields: (inout FamilyEncoder) -> Void) -> [UInt8] {
        var encoder = FamilyEncoder()
        fields(&encoder)
        return encoder.bytes
    }

    /// A stream: each message with its length before it.
    static func stream(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { varint(UInt64($0.count)) + $0 }
    }

    mutating func integer(_ number: UInt64, _ value: UInt64) {
        bytes += Self.varint(number << 3) + Self.varint(value)
    }

    mutating func signed(_ number: UInt64, _ value: Int64) { integer(number, Self.zigzag(value)) }

    mutating func double(_ number: UInt64, _ value: Double) {
        bytes += Self.varint(number << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func text(_ number: UInt64, _ value: String) { field(number, Array(value.utf8)) }

    mutating func field(_ number: UInt64, _ content: [UInt8]) {
        bytes += Self.varint(number << 3 | 2) + Self.varint(UInt64(content.count)) + content
    }

    mutating func message(_ number: UInt64, _ fields: (inout FamilyEncoder) -> Void) {
        field(number, Self.message(fields))
    }

    mutating func packedSigned(_ number: UInt64, _ values: [Int64]) {
        field(number, values.flatMap { Self.varint(Self.zigzag($0)) })
    }

    mutating func label(_ number: UInt64, _ name: String, _ value: String) {
        message(number) {
            $0.text(1, name)
            $0.text(2, value)
        }
    }

    mutating func time(_ number: UInt64, seconds: UInt64, nanoseconds: UInt64 = 0) {
        message(number) {
            $0.integer(1, seconds)
            $0.integer(2, nanoseconds)
        }
    }

    mutating func span(_ number: UInt64, _ offset: Int64, _ length: UInt64) {
        message(number) {
            $0.signed(1, offset)
            $0.integer(2, length)
        }
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
    }
}
