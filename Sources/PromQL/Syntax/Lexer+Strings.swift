extension Lexer {
    /// A string with its quotes; its escapes are checked here and replaced by `StringSyntax`.
    mutating func string(quote: UInt8) throws(ParseError) -> Token {
        let isRaw = quote == UInt8(ascii: "`")
        position += 1
        while true {
            guard let byte = peek() else {
                throw error(isRaw ? "unterminated raw string" : "unterminated quoted string")
            }
            position += 1
            switch byte {
            case quote: return token(.string)
            case UInt8(ascii: "\n") where !isRaw: throw error("unterminated quoted string")
            case UInt8(ascii: "\\") where !isRaw: try escape(quote: quote)
            // U+FFFD: what a decoder puts in the place of bytes that are no UTF-8.
            case 0xEF where peek() == 0xBF && peek(1) == 0xBD: throw error("invalid UTF-8 rune")
            default: break
            }
        }
    }

    /// The rest of an escape sequence, after its backslash.
    private mutating func escape(quote: UInt8) throws(ParseError) {
        guard let byte = peek() else { throw error("escape sequence not terminated") }
        let digits: Int
        let base: UInt32
        let maximum: UInt32
        switch byte {
        case quote, UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"), UInt8(ascii: "v"), UInt8(ascii: "\\"):
            position += 1
            return
        case UInt8(ascii: "0")...UInt8(ascii: "7"): (digits, base, maximum) = (3, 8, 0xFF)
        case UInt8(ascii: "x"): (digits, base, maximum) = (2, 16, 0xFF)
        case UInt8(ascii: "u"): (digits, base, maximum) = (4, 16, 0x10_FFFF)
        case UInt8(ascii: "U"): (digits, base, maximum) = (8, 16, 0x10_FFFF)
        default:
            throw error("unknown escape sequence \(scalar(at: position).map(GoText.codePoint) ?? "")")
        }
        if base == 16 { position += 1 }
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = peek() else { throw error("escape sequence not terminated") }
            guard let digit = StringSyntax.digit(byte), digit < base else {
                throw error(
                    "illegal character \(scalar(at: position).map(GoText.codePoint) ?? "") in escape sequence")
            }
            // At most 8 digits of 4 bits.
            value = value &* base &+ digit
            position += 1
        }
        if value > maximum || (value >= 0xD800 && value < 0xE000) {
            throw error("escape sequence is an invalid Unicode code point")
        }
    }
}

/// The text that a string in quotes stands for.
enum StringSyntax {
    /// - Parameter literal: a string as the lexer accepts it, its quotes included.
    ///
    /// `\x` and octal escapes stand for bytes; what is no UTF-8 together becomes U+FFFD.
    static func unquoted(_ literal: ArraySlice<UInt8>) -> String {
        guard let quote = literal.first, literal.count >= 2 else { return "" }
        let body = literal.dropFirst().dropLast()
        if quote == UInt8(ascii: "`") || !body.contains(UInt8(ascii: "\\")) {
            return String(decoding: body, as: UTF8.self)
        }
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        var rest = body
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "x"): result.append(UInt8(truncatingIfNeeded: number(&rest, digits: 2, base: 16)))
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                let tail = number(&rest, digits: 2, base: 8)
                result.append(UInt8(truncatingIfNeeded: UInt32(kind - UInt8(ascii: "0")) &* 64 &+ tail))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let value = number(&rest, digits: kind == UInt8(ascii: "u") ? 4 : 8, base: 16)
                result.append(contentsOf: Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8))
            default: result.append(kind)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, base: UInt32) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = rest.popFirst(), let digit = digit(byte) else { return value }
            value = value &* base &+ digit
        }
        return value
    }
}
