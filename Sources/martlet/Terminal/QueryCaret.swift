import TelemetryModel

/// The line of a query that is wrong, with a caret below the place.
///
/// ```
///   { span.http.method == }
///                      ^
/// ```
enum QueryCaret {
    /// Columns of the line that are shown before the caret, and after it.
    private static let before = 60
    private static let after = 50

    /// Two lines, indented by two columns, without a line feed at the end.
    ///
    /// - Parameter offset: in bytes of UTF-8; what lies beyond the query is its end.
    static func text(_ query: String, at offset: Int) -> String {
        let bytes = Array(query.utf8)
        let offset = min(max(offset, 0), bytes.count)
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<offset].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
        // Columns of the screen are not bytes: characters have several, some are two columns wide, and what a terminal
        // would obey is spelled out.
        let head = TerminalText.escaped(String(decoding: bytes[start..<offset], as: UTF8.self))
        let tail = TerminalText.escaped(String(decoding: bytes[offset..<end], as: UTF8.self))
        let shown = last(head, columns: before)
        return "  \(shown)\(TerminalText.cut(tail, to: after))\n  "
            + String(repeating: " ", count: TerminalText.width(shown)) + "^"
    }

    /// The text if it fits, else as much of its end as fits together with `…`.
    private static func last(_ text: String, columns: Int) -> String {
        guard TerminalText.width(text) > columns else { return text }
        var result: [Character] = []
        var used = 1
        for character in text.reversed() {
            used += TerminalText.width(String(character))
            if used > columns { break }
            result.append(character)
        }
        return "…" + String(result.reversed())
    }
}
