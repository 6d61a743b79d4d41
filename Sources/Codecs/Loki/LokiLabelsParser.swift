/// The labels of a stream as Loki's clients write them: `{app="api", env='prod'}`.
///
/// - Spec: Prometheus's label sets: names of `[a-zA-Z_][a-zA-Z0-9_]*`, strings in double or single quotes with Go's
///   escapes, or raw in backticks; a comma may follow the last.
struct LokiLabelsParser {
    /// - Throws: `.malformed` with the sentence that Loki has for it, which names place and character.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) throws(DecodeError) -> [LokiLabel] {
        var parser = LokiLabelsParser(text: text)
        return try parser.labels()
    }

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    private mutating func labels() throws(DecodeError) -> [LokiLabel] {
        var labels: [LokiLabel] = []
        guard take(UInt8(ascii: "{")) else { throw unexpected(expected: "\"{\"") }
        while true {
            skipSpace()
            if take(UInt8(ascii: "}")) { break }
            guard let name = name() else { throw unexpected(expected: "identifier or \"}\"") }
            guard take(UInt8(ascii: "=")) else { throw unexpected(expected: "\"=\"") }
            labels.append(LokiLabel(name: name, value: try string()))
            skipSpace()
            if take(UInt8(ascii: "}")) { break }
            guard take(UInt8(ascii: ",")) else { throw unexpected(expected: "\",\" or \"}\"") }
        }
        skipSpace()
        guard position == text.count else { throw unexpected(expected: "end of input") }
        return labels
    }

    private mutating func name() -> String? {
        let start = position
        while position < text.count, LokiLabel.isNameByte(text[position], isFirst: position == start) { position += 1 }
        guard position > start else { return nil }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(DecodeError) -> String {
        skipSpace()
        guard position < text.count,
            [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")].contains(text[position])
        else { throw unexpected(expected: "string") }
        let start = position
        guard let value = GoString.unquote(text, at: &position) else {
            throw problem("invalid or unterminated quoted string", at: start)
        }
        return value
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private func unexpected(expected: String) -> DecodeError {
        guard position < text.count else {
            return problem("unexpected end of input in label set, expected \(expected)", at: position)
        }
        let byte = text[position]
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "!"),
            UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            let character = String(UnicodeScalar(byte))
            return problem("unexpected \"\(character)\" in label set, expected \(expected)", at: position)
        case _ where LokiLabel.isNameByte(byte, isFirst: true):
            return problem("unexpected identifier in label set, expected \(expected)", at: position)
        default:
            let character = String(decoding: text[position...].prefix(4), as: UTF8.self).unicodeScalars.first
            return problem(
                "unexpected character inside braces: '\(character.map(String.init) ?? "")'", at: position)
        }
    }

    private func problem(_ message: String, at place: Int) -> DecodeError {
        let before = text[..<place]
        let line = before.count { $0 == 0x0A } + 1
        let column = place - (before.lastIndex(of: 0x0A) ?? -1)
        return DecodeError(
            code: .malformed, message: "couldn't parse labels: \(line):\(column): parse error: \(message)")
    }
}

struct LokiLabel: Sendable, Equatable {
    var name: String
    var value: String

    @inline(__always)
    static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }
}
