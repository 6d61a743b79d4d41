/// Text on its way to a terminal: made harmless, measured and cut by the columns that it takes.
///
/// Telemetry is written by others. A span name may hold an escape sequence that clears the screen, a bidirectional
/// override that shows a different name than is stored, or a thousand combining marks that paint over the lines above.
package enum TerminalText {
    /// Marks on one base character; more than any writing system stacks. What exceeds it is left out.
    private static let combiningMarksMax = 8

    /// The text on one line, without anything that the terminal would obey: control characters, line breaks and
    /// invisible formatting are spelled out (`\n`, `\u{1B}`). A backslash stays as it is, for the sake of Windows
    /// paths.
    package static func escaped(_ text: String) -> String {
        // The usual case, and by far: printable ASCII needs no look at Unicode.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        var marks = 0
        for scalar in text.unicodeScalars {
            if isCombining(scalar) {
                marks += 1
                if marks <= combiningMarksMax { result.append(scalar) }
                continue
            }
            marks = 0
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case _ where isObeyed(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result.append(contentsOf: "\\u{\(digits)}".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The columns that a line takes.
    ///
    /// An approximation: terminals differ on emoji sequences, and characters of "ambiguous" width (Unicode Standard
    /// Annex 11) count as narrow.
    package static func width(_ text: String) -> Int {
        // Any other byte than printable ASCII decides for the slow way.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// The text if it fits, else as much of its beginning as fits together with `…`.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let next = width(character)
            if used + next > columns - 1 { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    /// The text with spaces up to `columns`, behind it or before it.
    package static func padded(_ text: String, to columns: Int, right: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, columns - width(text)))
        return right ? spaces + text : text + spaces
    }

    package static func trimmingTrailingSpaces(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    /// A character is as wide as its widest scalar: a base with its marks, a joined emoji and a Hangul syllable in
    /// pieces are drawn in one place.
    private static func width(_ character: Character) -> Int {
        var width = 0
        for scalar in character.unicodeScalars {
            // Variation selector 16 asks for the emoji form, which is wide.
            if isWide(scalar) || scalar.value == 0xFE0F { return 2 }
            if !isCombining(scalar) { width = 1 }
        }
        return width
    }

    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        // Below U+0300 nothing combines, and most text is below.
        guard scalar.value >= 0x300 else { return false }
        if scalar.value == 0x200D || (0x1160...0x11FF).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Control and format characters and line separators. The zero-width joiner is not among them: emoji need it, and
    /// `isCombining` limits it.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// The East Asian wide and fullwidth blocks of Unicode Standard Annex 11, and emoji that are shown as such by
    /// default.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
