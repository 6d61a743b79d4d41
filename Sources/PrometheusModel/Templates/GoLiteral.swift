/// Literals as Go writes them.
enum GoLiteral {
    /// The text in double quotes or in backquotes; nil when an escape is none.
    static func unquote(_ source: String) -> String? {
        let body = source.utf8.dropFirst().dropLast()
        // Go leaves carriage returns out of raw texts.
        if source.utf8.first == UInt8(ascii: "`") {
            return String(decoding: body.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        }
        guard body.contains(UInt8(ascii: "\\")) else { return String(decoding: body, as: UTF8.self) }
        return unescape(Array(body), quote: UInt8(ascii: "\"")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `'x'`: the number of the character.
    static func character(_ source: String) -> TemplateNumber? {
        let body = Array(source.utf8.dropFirst().dropLast())
        guard let bytes = unescape(body, quote: UInt8(ascii: "'")) else { return nil }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first else { return nil }
        let value = Int(scalar.value)
        return TemplateNumber(source: source, integer: value, float: Double(value), isWrittenAsFloat: false)
    }

    /// Whole numbers with the prefixes `0x`, `0o`, `0b`, `0` and underscores, and floating point.
    static func number(_ source: String) -> TemplateNumber? {
        var text = source[...]
        let isNegative = text.first == "-"
        if text.first == "-" || text.first == "+" { text = text.dropFirst() }
        guard !text.isEmpty, text.first != "_", text.last != "_" else { return nil }
        let digits = text.filter { $0 != "_" }.lowercased()
        let radix: Int
        let body: Substring
        switch digits.prefix(2) {
        case "0x": (radix, body) = (16, digits.dropFirst(2))
        case "0o": (radix, body) = (8, digits.dropFirst(2))
        case "0b": (radix, body) = (2, digits.dropFirst(2))
        default:
            let isOctal = digits.first == "0" && digits.count > 1 && digits.allSatisfy { $0.isASCII && $0.isNumber }
            (radix, body) = (isOctal ? 8 : 10, digits[...])
        }
        if let first = body.first, first != "-", first != "+",
            let value = Int((isNegative ? "-" : "") + body, radix: radix)
        {
            return TemplateNumber(source: source, integer: value, float: Double(value), isWrittenAsFloat: false)
        }
        guard let first = digits.first, first.isNumber || first == ".", radix != 8 || digits.contains("."),
            let magnitude = Double(digits), magnitude.isFinite
        else { return nil }
        let value = isNegative ? -magnitude : magnitude
        let isWrittenAsFloat = digits.contains { $0 == "." || $0 == "e" || $0 == "p" }
        // Underscores are for whole numbers, and hexadecimal ones with a point need an exponent.
        if isWrittenAsFloat, text.contains("_") || radix == 16 && !digits.contains("p") { return nil }
        // A whole number may need all 64 bits, though nothing can be done with such a one.
        guard isWrittenAsFloat || !isNegative && UInt64(digits) != nil else { return nil }
        return TemplateNumber(
            source: source, integer: isWrittenAsFloat ? Int(exactly: value) : nil, float: value,
            isWrittenAsFloat: isWrittenAsFloat)
    }

    private static func unescape(_ bytes: [UInt8], quote: UInt8) -> [UInt8]? {
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                if byte == quote { return nil }
                result.append(byte)
                continue
            }
            guard (try? GoEscape.read(bytes, at: &position, quote: quote, into: &result)) != nil else { return nil }
        }
        return result
    }
}
