import PrometheusModel

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

    /// The rest of an escape after its backslash; false when it is none. What is no UTF-8 together becomes U+FFFD.
    private mutating func escape(_ bytes: inout [UInt8]) -> Bool {
        (try? GoEscape.read(text, at: &position, quote: UInt8(ascii: "\""), into: &bytes)) != nil
    }
}
