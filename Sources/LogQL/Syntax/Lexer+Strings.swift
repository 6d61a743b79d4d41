extension Lexer {
    /// Text in double quotes with the escapes of Go, on one line.
    mutating func quotedString() -> Token.Kind {
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return .string(String(decoding: bytes, as: UTF8.self))
            case UInt8(ascii: "\\"): if !escape(&bytes) { return .invalid("invalid char escape") }
            default: bytes.append(byte)
            }
        }
        return .invalid("literal not terminated")
    }

    /// Text in backticks, where nothing is escaped.
    mutating func rawString() -> Token.Kind {
        position += 1
        let start = position
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "`") { return .string(string(start..<position - 1)) }
        }
        return .invalid("literal not terminated")
    }

    /// The rest of an escape after its backslash; false when it is none. Octal and `\x` escapes are bytes; what is no
    /// UTF-8 together becomes U+FFFD.
    private mutating func escape(_ bytes: inout [UInt8]) -> Bool {
        guard let byte = peek() else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "x"), UInt8(ascii: "0")...UInt8(ascii: "7"):
            let isHexadecimal = byte == UInt8(ascii: "x")
            if !isHexadecimal { position -= 1 }
            guard let value = isHexadecimal ? digits(2, base: 16) : digits(3, base: 8), value <= 0xFF else {
                return false
            }
            bytes.append(UInt8(truncatingIfNeeded: value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard let value = digits(byte == UInt8(ascii: "u") ? 4 : 8, base: 16),
                let character = Unicode.Scalar(value)
            else { return false }
            bytes += Array(String(character).utf8)
        default: return false
        }
        return true
    }

    private mutating func digits(_ count: Int, base: UInt32) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < base else {
                return nil
            }
            // At most 8 digits of 4 bits.
            value = value &* base &+ UInt32(digit)
            position += 1
        }
        return value
    }
}
