import TelemetryModel

/// The text of a log line on its way to a terminal.
enum LogTerminalText {
    /// Without the sequences with which programs colour their lines, and which could do anything else to a terminal.
    ///
    /// - Spec: ECMA-48: 5.4 control sequences, 8.3.89 OSC and the other strings, 5.3 the C1 set.
    static func withoutSequences(_ text: String) -> String {
        // U+009B and its like are C2 80 to C2 9F.
        guard text.utf8.contains(where: { $0 == 0x1B || $0 == 0xC2 }) else { return text }
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            var introducer: UInt32?
            if scalar.value == 0x1B, let next = scalars.first, (0x40...0x5F).contains(next.value) {
                scalars.removeFirst()
                introducer = next.value
            } else if scalar.value == 0x1B, let next = scalars.first, (0x20...0x7E).contains(next.value) {
                // Of two or more bytes: the selection of a character set and the like.
                while let next = scalars.first, (0x20...0x2F).contains(next.value) { scalars.removeFirst() }
                if let next = scalars.first, (0x30...0x7E).contains(next.value) { scalars.removeFirst() }
                continue
            } else if (0x80...0x9F).contains(scalar.value) {
                introducer = scalar.value - 0x40
            }
            guard let introducer else {
                result.append(scalar)
                continue
            }
            switch introducer {
            case UInt32(UInt8(ascii: "[")):
                while let next = scalars.first, (0x20...0x3F).contains(next.value) { scalars.removeFirst() }
                if let next = scalars.first, (0x40...0x7E).contains(next.value) { scalars.removeFirst() }
            case UInt32(UInt8(ascii: "]")), UInt32(UInt8(ascii: "P")), UInt32(UInt8(ascii: "X")),
                UInt32(UInt8(ascii: "^")), UInt32(UInt8(ascii: "_")):
                skipString(&scalars)
            default: break
            }
        }
        return String(result)
    }

    /// To BEL or ST; a string without an end is left as it is, for else it would take the rest of the line with it.
    private static func skipString(_ scalars: inout Substring.UnicodeScalarView) {
        var rest = scalars
        while let scalar = rest.popFirst() {
            if scalar.value == 0x07 || scalar.value == 0x9C {
                scalars = rest
                return
            }
            if scalar.value == 0x1B {
                if rest.first == "\\" { rest.removeFirst() }
                scalars = rest
                return
            }
        }
    }

    /// The lines of a body, harmless; tabs, which indent stack traces, are spaces.
    static func lines(_ text: String) -> [String] {
        let plain = withoutSequences(text)
        var lines = plain.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        while lines.count > 1, lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        return lines.map { line in
            TerminalText.escaped(
                line.utf8.contains(0x09)
                    ? String(line.map { $0 == "\t" ? "    " : String($0) }.joined()) : String(line))
        }
    }
}
