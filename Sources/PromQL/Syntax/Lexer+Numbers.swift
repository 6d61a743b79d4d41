extension Lexer {
    /// A number (`12`, `0x1F`, `1_000.5e-3`) or a duration (`1h30m`). What is not quite one of them is found wrong
    /// later, when its value is read.
    mutating func numberOrDuration() throws(ParseError) -> Token {
        if scanNumber() { return token(.number) }
        if scanRestOfDuration() { return token(.duration) }
        let piece = String(decoding: text[start..<position], as: UTF8.self)
        throw error("bad number or duration syntax: \(GoText.quoted(piece))")
    }

    /// Whether a number is here; if not, the position is where that became clear.
    private mutating func scanNumber() -> Bool {
        var isDigit = Lexer.isDigit
        var isHexadecimal = false
        if accept(UInt8(ascii: "0")), accept(where: { Lexer.lowercased($0) == UInt8(ascii: "x") }) {
            _ = accept(UInt8(ascii: "_"))
            isHexadecimal = true
            isDigit = Self.isHexadecimalDigit
        }
        _ = accept(UInt8(ascii: "."))
        _ = accept(where: isDigit)
        // The point that a number begins with is not counted; two of them fail when the value is read.
        var hasPoint = false
        var hasExponent = false
        while let byte = peek() {
            switch byte {
            case _ where isDigit(byte):
                while accept(where: isDigit) {}
            case UInt8(ascii: "."):
                position += 1
                if hasPoint || accept(where: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }) || isHexadecimal {
                    return false
                }
                hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
                if hasExponent { return false }
                hasExponent = true
                _ = accept(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") })
                if accept(where: Self.isNoDigitOfNumber) || peek() == nil { return false }
            case UInt8(ascii: "_"):
                position += 1
                if accept(where: { !isDigit($0) && Self.isNoDigitOfNumber($0) }) || peek() == nil { return false }
            default:
                return !Lexer.isWordByte(byte)
            }
        }
        return position > start
    }

    /// Units after the digits that a number began with.
    private mutating func scanRestOfDuration() -> Bool {
        guard accept(where: { Self.isUnit($0) || $0 == UInt8(ascii: "y") }) else { return false }
        // Of "ms"; other nonsense like "hs" is found when the value is read.
        _ = accept(UInt8(ascii: "s"))
        while accept(where: Lexer.isDigit) {
            while accept(where: Lexer.isDigit) {}
            guard accept(where: Self.isUnit) else { return false }
            _ = accept(UInt8(ascii: "s"))
        }
        guard let byte = peek(), Lexer.isWordByte(byte) else { return true }
        position += 1
        return false
    }

    private mutating func accept(_ byte: UInt8) -> Bool { accept(where: { $0 == byte }) }

    private mutating func accept(where isWanted: (UInt8) -> Bool) -> Bool {
        guard let byte = peek(), isWanted(byte) else { return false }
        position += 1
        return true
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (lowercased(byte) >= UInt8(ascii: "a") && lowercased(byte) <= UInt8(ascii: "f"))
    }

    private static func isNoDigitOfNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || lowercased(byte) == UInt8(ascii: "e")
    }

    /// `y` only begins a duration.
    private static func isUnit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "d"), UInt8(ascii: "w"): true
        default: false
        }
    }
}
