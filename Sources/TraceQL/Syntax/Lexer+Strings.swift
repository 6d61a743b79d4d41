import PrometheusModel

extension Lexer {
    /// Text in double quotes with the escapes of Go. It ends in its line.
    mutating func quotedString() -> Token.Kind {
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return .string(String(decoding: bytes, as: UTF8.self))
            case UInt8(ascii: "\n"): return .invalid("the text in quotes is not closed by `\"` in its line")
            case UInt8(ascii: "\\"):
                if let complaint = escape(&bytes) { return .invalid(complaint) }
            default: bytes.append(byte)
            }
        }
        return .invalid("the text in quotes is not closed by `\"`")
    }

    /// Text in backticks, where nothing is escaped.
    mutating func rawString() -> Token.Kind {
        position += 1
        let start = position
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "`") { return .string(string(start..<position - 1)) }
        }
        return .invalid("the text in quotes is not closed by a backtick")
    }

    /// The rest of an escape after its backslash. What is no UTF-8 together becomes U+FFFD.
    private mutating func escape(_ bytes: inout [UInt8]) -> String? {
        let start = position
        do {
            try GoEscape.read(text, at: &position, quote: UInt8(ascii: "\""), into: &bytes)
            return nil
        } catch {
            switch error {
            case .end: return "the text in quotes is not closed by `\"`"
            case .byte: return "`\\\(Character(Unicode.Scalar(text[start])))` begins no escape of one byte here"
            case .character: return "`\\\(Character(Unicode.Scalar(text[start])))` begins no escape of a character here"
            case .unknown:
                let (character, length) = scalar(at: start)
                position = start + length
                return "unknown escape `\\\(character)`; a backslash is written `\\\\`, or the text in backticks"
            }
        }
    }
}
