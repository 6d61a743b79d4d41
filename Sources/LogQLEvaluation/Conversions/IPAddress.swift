/// An IPv4 or IPv6 address.
///
/// - Spec: RFC 4291, section 2.2, and dotted quads without leading zeros. Zones (`%eth0`) are not read.
struct IPAddress: Sendable, Equatable {
    /// The address as a number; of IPv4 the lowest 32 bits.
    let bits: UInt128
    let isVersion6: Bool

    init?(_ text: String) {
        var text = text
        guard let address = text.withUTF8({ IPAddress($0) }) else { return nil }
        self = address
    }

    init?(_ text: UnsafeBufferPointer<UInt8>) { self.init(text, 0..<text.count) }

    /// Nil when that part of the text is none.
    init?(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        // The longest: eight groups of four, or six of them and a dotted quad.
        guard range.count >= 2, range.count <= 45 else { return nil }
        let text = UnsafeBufferPointer(rebasing: text[range])
        if text.contains(UInt8(ascii: ":")) {
            guard let bits = Self.version6(text) else { return nil }
            (self.bits, isVersion6) = (bits, true)
        } else {
            guard let bits = Self.version4(text, from: 0) else { return nil }
            (self.bits, isVersion6) = (UInt128(bits), false)
        }
    }

    private static func version4(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt32? {
        var result: UInt32 = 0
        var parts = 0
        var value: UInt32 = 0
        var digits = 0
        for index in start...text.count {
            if index == text.count || text[index] == UInt8(ascii: ".") {
                guard digits > 0, parts < 4 else { return nil }
                result = result << 8 | value
                parts += 1
                (value, digits) = (0, 0)
                continue
            }
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10, digits == 0 || value > 0 else { return nil }
            value = value * 10 + UInt32(digit)
            digits += 1
            guard value <= 255 else { return nil }
        }
        return parts == 4 ? result : nil
    }

    private static func version6(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        var head: UInt128 = 0
        var groups = 0
        // Groups before `::`.
        var gap: Int?
        var index = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            index = 2
        }
        while index < text.count {
            var value: UInt128 = 0
            let start = index
            while index < text.count, index - start < 5, let digit = hexadecimal(text[index]) {
                value = value << 4 | UInt128(digit)
                index += 1
            }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard groups <= 6, let quad = version4(text, from: start) else { return nil }
                head = head << 32 | UInt128(quad)
                groups += 2
                index = text.count
                break
            }
            guard index > start, index - start <= 4, groups < 8 else { return nil }
            head = head << 16 | value
            groups += 1
            guard index < text.count else { break }
            guard text[index] == UInt8(ascii: ":") else { return nil }
            index += 1
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups
                index += 1
            }
        }
        guard let gap else { return groups == 8 ? head : nil }
        // At least one group must be what `::` stands for.
        guard groups < 8 else { return nil }
        let tail = groups - gap
        let low = tail == 0 ? 0 : head & (UInt128.max >> UInt128(128 - 16 * tail))
        let high = gap == 0 ? 0 : (head >> UInt128(16 * tail)) << UInt128(128 - 16 * gap)
        return high | low
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}
