/// A W3C trace id: 16 bytes, never all zero in stored data.
///
/// Spec: OTLP trace.proto, `Span.trace_id`: "All traces have an ID of 16 bytes; an ID with all zeroes is invalid."
package struct TraceID: Hashable, Sendable, BitwiseCopyable {
    package var high: UInt64
    package var low: UInt64

    package static let zero = TraceID(high: 0, low: 0)

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless there are exactly 16 bytes.
    package init?(bytes: some Sequence<UInt8>) {
        guard let words = bigEndianWords(bytes, count: 2) else { return nil }
        self.init(high: words.0, low: words.1)
    }

    /// Nil unless the text is 1 to 32 hexadecimal digits; a shorter text is an id whose leading zeros were cut, as
    /// Tempo and Jaeger print them.
    package init?(hex text: some StringProtocol) {
        guard let bytes = Hex.decode(text, paddedTo: 16) else { return nil }
        self.init(bytes: bytes)
    }

    /// An id in one of the forms that clients write: 32 hexadecimal digits, 64 of which the first 32 count, a UUID with
    /// dashes. Nil for all else.
    package init?(anyForm text: String) {
        var digits = text
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.map(\.utf8.count) == [8, 4, 4, 4, 12] { digits = parts.joined() }
        guard digits.utf8.count == 32 || digits.utf8.count == 64, Hex.decode(digits, paddedTo: 32) != nil,
            let id = TraceID(hex: digits.prefix(32)), !id.isZero
        else { return nil }
        self = id
    }

    package var isZero: Bool { high == 0 && low == 0 }

    /// The 16 bytes in order.
    package var bytes: [UInt8] { Hex.bigEndianBytes(high) + Hex.bigEndianBytes(low) }

    /// 32 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }
}

/// A W3C span id: 8 bytes; all zero stands for "none" (a root's parent).
package struct SpanID: Hashable, Sendable, BitwiseCopyable {
    package var value: UInt64

    package static let zero = SpanID(value: 0)

    package init(value: UInt64) {
        self.value = value
    }

    /// Nil unless there are exactly 8 bytes.
    package init?(bytes: some Sequence<UInt8>) {
        guard let words = bigEndianWords(bytes, count: 1) else { return nil }
        self.init(value: words.0)
    }

    package var isZero: Bool { value == 0 }
    package var bytes: [UInt8] { Hex.bigEndianBytes(value) }

    /// 16 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }
}

private func bigEndianWords(_ bytes: some Sequence<UInt8>, count: Int) -> (UInt64, UInt64)? {
    var words: (UInt64, UInt64) = (0, 0)
    var seen = 0
    for byte in bytes {
        guard seen < count * 8 else { return nil }
        if seen < 8 {
            words.0 = words.0 << 8 | UInt64(byte)
        } else {
            words.1 = words.1 << 8 | UInt64(byte)
        }
        seen += 1
    }
    return seen == count * 8 ? words : nil
}

/// Hexadecimal text of bytes.
package enum Hex {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The bytes of a text of hexadecimal digits in either case, zeros put in front up to `count` bytes; nil when the
    /// text is empty, longer than that, or holds another character.
    package static func decode(_ text: some StringProtocol, paddedTo count: Int) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard !digits.isEmpty, digits.count <= count * 2 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        for (position, digit) in digits.reversed().enumerated() {
            guard let value = value(of: digit) else { return nil }
            bytes[count - 1 - position / 2] |= position % 2 == 0 ? value : value << 4
        }
        return bytes
    }

    package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static func bigEndianBytes(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// The lower-case digit of 0 to 15.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
