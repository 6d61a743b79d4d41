/// The escapes of Go's strings, which the query languages, templates and Loki's labels have in common.
///
/// - Spec: The Go Programming Language Specification, "Rune literals".
package enum GoEscape {
    package enum Problem: Error {
        /// The text ends behind the backslash.
        case end
        /// No escape begins with this byte.
        case unknown
        /// Not the digits of a byte.
        case byte
        /// Not the digits of a character.
        case character
    }

    /// Reads the rest of an escape behind its backslash, and adds what it stands for. Octal and `\x` escapes are bytes,
    /// which need not be UTF-8.
    ///
    /// - Parameters:
    ///   - position: behind the backslash; afterwards behind the escape, or where it went wrong.
    ///   - quote: of the string, which may stand in it with a backslash before.
    package static func read(
        _ text: [UInt8], at position: inout Int, quote: UInt8, into result: inout [UInt8]
    ) throws(Problem) {
        guard position < text.endIndex else { throw .end }
        let kind = text[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\\"), quote: result.append(kind)
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0B)
        case UInt8(ascii: "x"), UInt8(ascii: "0")...UInt8(ascii: "7"):
            let isHexadecimal = kind == UInt8(ascii: "x")
            if !isHexadecimal { position -= 1 }
            guard let value = digits(isHexadecimal ? 2 : 3, base: isHexadecimal ? 16 : 8, of: text, at: &position),
                value <= 0xFF
            else { throw .byte }
            result.append(UInt8(truncatingIfNeeded: value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard let value = digits(kind == UInt8(ascii: "u") ? 4 : 8, base: 16, of: text, at: &position),
                let character = Unicode.Scalar(value)
            else { throw .character }
            result.append(contentsOf: Array(String(character).utf8))
        default: throw .unknown
        }
    }

    /// Exactly so many digits, at most eight of four bits.
    private static func digits(
        _ count: Int, base: UInt32, of text: [UInt8], at position: inout Int
    ) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard position < text.endIndex, let digit = digit(text[position]), digit < base else { return nil }
            value = value &* base &+ digit
            position += 1
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
