extension Value: CustomStringConvertible {
    /// As it is written in a query: `"text"`, `1h30m`, `nil`. Numbers with a fraction keep it: `1.0`. A list, which no
    /// query holds, is in brackets.
    package var description: String {
        switch self {
        case .none: "nil"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): Self.quoted(text)
        case .bool(let flag): flag ? "true" : "false"
        case .duration(let nanoseconds): DurationText.text(nanoseconds)
        case .status(let status): status.rawValue
        case .kind(let kind): kind.rawValue
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(character.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
