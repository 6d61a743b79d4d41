import TelemetryModel

/// `key=value key="quoted \"value\"" flag`.
enum LogfmtFormat {
    /// Pairs of one line.
    private static let pairsMax = 1000

    /// - Parameter isForced: Else every word has to be a pair, there have to be two of them, and one of them has to
    ///   have a role (a time, a level, a message, …).
    static func read(_ text: Text, isForced: Bool) -> FieldCollector? {
        var rest = text
        var fields = FieldCollector()
        var pairs = 0
        while true {
            rest.skipSpaces()
            guard !rest.isEmpty else { break }
            guard pairs < pairsMax else { return nil }
            let name = rest.take { $0 > 0x20 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
            guard !name.isEmpty else { return nil }
            guard rest.take(UInt8(ascii: "=")) else {
                guard isForced, rest.isEmpty || rest.first <= 0x20 else { return nil }
                fields.add(name, .bool(true))
                continue
            }
            guard isForced || isName(name), let value = value(&rest) else { return nil }
            fields.add(name, value)
            pairs += 1
        }
        if isForced { return pairs > 0 ? fields : nil }
        return pairs >= 2 && fields.isLogLike ? fields : nil
    }

    private static func isName(_ name: Text) -> Bool {
        Bytes.isLetter(name.first) || name.first == UInt8(ascii: "@") || name.first == UInt8(ascii: "_")
    }

    /// A bare word, or a string in quotes with Go's escapes.
    static func value(_ text: inout Text) -> LogValue? {
        guard text.first == UInt8(ascii: "\"") else {
            let word = text.takeWord()
            return .string(word.string)
        }
        guard let string = QuotedText.take(&text), text.isEmpty || text.first <= 0x20 else { return nil }
        return .string(string)
    }
}
