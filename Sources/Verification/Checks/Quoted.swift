/// Texts of documents and of telemetry in messages.
enum Quoted {
    /// Characters of a text that are shown.
    static let lengthMax = 200

    /// `"POST /orders"`; line ends and other controls are escaped, so that one text stays on one line.
    static func text(_ text: String) -> String { "\"" + escaped(text, quote: "\"") + "\"" }

    /// Without quotes, for what has its own.
    static func plain(_ text: String) -> String { escaped(text, quote: nil) }

    /// Between backticks, for what stands in documents.
    static func code(_ text: String) -> String { "`" + escaped(text, quote: "`") + "`" }

    private static func escaped(_ text: String, quote: Unicode.Scalar?) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            guard count <= lengthMax else { return result + "…" }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar == quote {
                    result += "\\\(scalar)"
                } else if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    result += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
