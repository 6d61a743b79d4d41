extension Lexer {
    /// A number, a duration or a count of bytes, whichever the characters after the digits make of it: `7`, `.5`,
    /// `1e3`, `1h30m`, `20MB`. What makes none of them is not read: `5x` is a number and a name.
    mutating func number() -> Token.Kind {
        let start = position
        if let complaint = skipNumber() { return .invalid(complaint) }
        if let kind = duration(from: start) { return kind }
        if let kind = bytes(from: start) { return kind }
        return .number(string(start..<position))
    }

    /// `-5m`; nil, with nothing read, for a minus before anything else.
    mutating func negativeDuration() -> Token.Kind? {
        let start = position
        position += 1
        if let kind = duration(from: start) { return kind }
        position = start
        return nil
    }

    /// `--strict` and `--keep-empty`, in this case only.
    mutating func flag() -> Token.Kind? {
        guard peek(1) == UInt8(ascii: "-") else { return nil }
        var end = position
        while end < text.count, Self.isLetter(text[end]) || text[end] == UInt8(ascii: "-") { end += 1 }
        guard let flag = Token.Flag(rawValue: string(position..<end)) else { return nil }
        position = end
        return .flag(flag)
    }

    /// `[5m]`.
    mutating func range() -> Token.Kind {
        let start = position + 1
        guard let end = text[start...].firstIndex(of: UInt8(ascii: "]")) else {
            position = text.count
            return .invalid("missing closing ']' in duration")
        }
        position = end + 1
        switch DurationText.prometheus(string(start..<end)) {
        case .success(let nanoseconds): return .range(nanoseconds)
        case .failure(let complaint): return .invalid(complaint.message)
        }
    }

    private mutating func duration(from start: Int) -> Token.Kind? {
        var end = position
        while end < text.count {
            switch text[end] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "n"), UInt8(ascii: "u"),
                UInt8(ascii: "m"), UInt8(ascii: "s"), UInt8(ascii: "h"), UInt8(ascii: "d"), UInt8(ascii: "w"),
                UInt8(ascii: "y"):
                end += 1
                continue
            // µ (micro).
            case 0xC2 where end + 1 < text.count && text[end + 1] == 0xB5:
                end += 2
                continue
            default: break
            }
            break
        }
        // `-0` is a number, though Go takes it for a duration too.
        guard end > position, !Self.isDigit(text[end - 1]), let nanoseconds = DurationText.any(string(start..<end))
        else { return nil }
        position = end
        return .duration(nanoseconds)
    }

    private mutating func bytes(from start: Int) -> Token.Kind? {
        // Loki takes no units over a petabyte and no lower `b`.
        let units = Array("BikKMGTP".utf8)
        var end = position
        while end < text.count, Self.isDigit(text[end]) || text[end] == UInt8(ascii: ".") || units.contains(text[end]) {
            end += 1
        }
        guard end > position, let count = ByteCountText.parse(string(start..<end)) else { return nil }
        position = end
        return .bytes(count)
    }

    /// Passes what a literal of Go looks like; what is wrong with it is returned.
    private mutating func skipNumber() -> String? {
        let start = position
        var prefix: UInt8?
        if peek() == UInt8(ascii: "0"), let byte = peek(1).map({ $0 | 0x20 }) {
            switch byte {
            // Without a digit `0B` is a count of bytes.
            case UInt8(ascii: "b") where peek(2).map(Self.isDigit) != true: break
            case UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "b"):
                prefix = byte
                position += 2
            default: break
            }
        }
        let isHexadecimal = prefix == UInt8(ascii: "x")
        let first = position
        skipDigits(isHexadecimal: isHexadecimal)
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            skipDigits(isHexadecimal: isHexadecimal)
        }
        guard text[first..<position].contains(where: { isHexadecimal ? Self.isHexadecimal($0) : Self.isDigit($0) })
        else { return "\(Self.literalName(prefix)) has no digits" }
        if let byte = peek().map({ $0 | 0x20 }),
            byte == UInt8(ascii: isHexadecimal ? "p" : "e") && (prefix == nil || isHexadecimal)
        {
            isInteger = false
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            let exponent = position
            skipDigits(isHexadecimal: false)
            guard position > exponent else { return "exponent has no digits" }
        }
        if isInteger, prefix == nil, position - start > 1, text[start] == UInt8(ascii: "0"),
            let digit = text[start..<position].first(where: { $0 == UInt8(ascii: "8") || $0 == UInt8(ascii: "9") })
        {
            return "invalid digit '\(Character(Unicode.Scalar(digit)))' in octal literal"
        }
        return nil
    }

    private mutating func skipDigits(isHexadecimal: Bool) {
        while let byte = peek(),
            byte == UInt8(ascii: "_") || (isHexadecimal ? Self.isHexadecimal(byte) : Self.isDigit(byte))
        {
            position += 1
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }

    private static func literalName(_ prefix: UInt8?) -> String {
        switch prefix {
        case UInt8(ascii: "x"): "hexadecimal literal"
        case UInt8(ascii: "o"): "octal literal"
        case UInt8(ascii: "b"): "binary literal"
        default: "decimal literal"
        }
    }
}
