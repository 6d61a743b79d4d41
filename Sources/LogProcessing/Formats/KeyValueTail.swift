import TelemetryModel

/// `key=value` pairs at the end of a message, as tracing and logfmt writers put them.
enum KeyValueTail {
    /// Places in a message that are tried: each failure costs a look at the rest of it.
    private static let attemptsMax = 8
    private static let pairsMax = 128
    /// Messages longer than this are prose or data.
    private static let bytesMax = 16 << 10

    /// Adds the pairs that fill the end of the text as attributes; those that the record has stay as they are.
    static func read(_ text: Text, into draft: inout LogDraft) {
        guard text.count <= bytesMax else { return }
        var place = text.start
        var attempts = 0
        while place < text.end, attempts < attemptsMax {
            guard let equals = Text(text.bytes, place..<text.end).distance(to: UInt8(ascii: "=")) else { return }
            // Back to the beginning of the word before.
            var begin = place + equals
            while begin > place, isNameByte(text.bytes[begin - 1]) { begin -= 1 }
            let next = place + equals + 1
            if begin < place + equals, begin == text.start || text.bytes[begin - 1] == UInt8(ascii: " ") {
                attempts += 1
                if let pairs = pairs(Text(text.bytes, begin..<text.end)) {
                    for pair in pairs where draft[pair.name] == nil { draft.attributes.append(pair) }
                    return
                }
            }
            place = next
        }
    }

    /// Nil unless the text is pairs from beginning to end.
    private static func pairs(_ text: Text) -> [LogAttribute]? {
        var rest = text
        var pairs: [LogAttribute] = []
        while true {
            rest.skipSpaces()
            guard !rest.isEmpty else { return pairs }
            let name = rest.take(while: isNameByte)
            guard !name.isEmpty, !Bytes.isDigit(name.first), rest.take(UInt8(ascii: "=")), pairs.count < pairsMax,
                let value = value(&rest)
            else { return nil }
            pairs.append(LogAttribute(name.string, value))
        }
    }

    private static func value(_ rest: inout Text) -> LogValue? {
        if rest.first == UInt8(ascii: "\"") {
            guard let string = QuotedText.take(&rest) else { return nil }
            return .string(string)
        }
        let start = rest.start
        // Debug prints have spaces inside their brackets: `Some(1)`, `Foo { a: 1 }`.
        while !rest.isEmpty, rest.first != UInt8(ascii: " ") {
            switch rest.first {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                guard let length = BalancedText.length(rest) else { return nil }
                rest.skip(length)
            default: rest.skip(1)
            }
            if rest.first == UInt8(ascii: " "), rest[1] == UInt8(ascii: "{") { rest.skip(1) }
        }
        return scalar(Text(rest.bytes, start..<rest.start))
    }

    /// Numbers and booleans as what they are.
    static func scalar(_ word: Text) -> LogValue {
        if word == "true" { return .bool(true) }
        if word == "false" { return .bool(false) }
        if Bytes.isDigit(word.first) || (word.first == UInt8(ascii: "-") && Bytes.isDigit(word[1])) {
            var digits = word
            _ = digits.take(UInt8(ascii: "-"))
            let whole = digits.take(while: Bytes.isDigit)
            // Texts such as `007` are names, not numbers.
            let isPlain = whole.count == 1 || whole.first != UInt8(ascii: "0")
            if isPlain, digits.isEmpty, let number = Int64(word.string) { return .int(number) }
            if isPlain, digits.take(UInt8(ascii: ".")), !digits.take(while: Bytes.isDigit).isEmpty, digits.isEmpty,
                let number = Double(word.string)
            {
                return .double(number)
            }
        }
        return .string(word.string)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        Bytes.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "@")
            || byte == UInt8(ascii: "/")
    }
}
