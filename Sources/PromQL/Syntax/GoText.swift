import PrometheusModel

/// Pieces of messages in the forms of Go's `fmt`, which users of Prometheus know.
enum GoText {
    /// `%q` of text.
    static func quoted(_ text: String) -> String { LabelName.quoted(text) }

    /// `%q` of a character; nil is the end of the text.
    static func quoted(_ scalar: Unicode.Scalar?) -> String {
        guard let scalar else { return "'\u{FFFD}'" }
        switch scalar {
        case "'": return "'\\''"
        case "\"": return "'\"'"
        default: return "'\(LabelName.quoted(String(scalar)).dropFirst().dropLast())'"
        }
    }

    /// `%#U`: the code point, and the character where it can be shown.
    static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
        let isShown =
            scalar == " " || !(scalar.properties.generalCategory == .control || scalar.properties.isWhitespace)
        return "U+\(padding)\(digits)" + (isShown ? " '\(scalar)'" : "")
    }
}
