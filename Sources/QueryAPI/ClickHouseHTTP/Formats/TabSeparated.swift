import ClickHouse

/// TabSeparated and TabSeparatedWithNames.
struct TabSeparatedFormat: OutputFormat {
    let hasNames: Bool
    var name: String { hasNames ? "TabSeparatedWithNames" : "TabSeparated" }
    var contentType: String { "text/tab-separated-values; charset=UTF-8" }
    func makeWriter() -> any ResultWriter { Writer(hasNames: hasNames) }

    private struct Writer: ResultWriter {
        let hasNames: Bool
        var bytes: [UInt8] = []

        /// The engine has printed these already, with its escapes.
        private var isPrinted: [Bool] = []

        init(hasNames: Bool) {
            self.hasNames = hasNames
        }

        mutating func begin(_ columns: [ResultColumnDescription]) {
            isPrinted = columns.map(\.isRawJSON)
            if hasNames { line(columns.map { Self.escaped($0.name) }) }
        }

        mutating func row(_ values: [ResultValue]) {
            line(
                zip(values, isPrinted).map { value, isPrinted in
                    switch value {
                    case .null: "\\N"
                    case .string, .bytes:
                        isPrinted ? ValueText.plain(value) : Self.escaped(ValueText.plain(value))
                    // What stands inside another value is escaped already.
                    default: ValueText.plain(value)
                    }
                })
        }

        mutating func end() {}

        private mutating func line(_ fields: [String]) {
            bytes += Array(fields.joined(separator: "\t").utf8)
            bytes.append(UInt8(ascii: "\n"))
        }

        static func escaped(_ text: String) -> String {
            guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "'") }) else {
                return text
            }
            var escaped = ""
            for character in text.unicodeScalars {
                switch character {
                case "\t": escaped += "\\t"
                case "\n": escaped += "\\n"
                case "\r": escaped += "\\r"
                case "\\": escaped += "\\\\"
                case "\0": escaped += "\\0"
                case "'": escaped += "\\'"
                case "\u{8}": escaped += "\\b"
                case "\u{C}": escaped += "\\f"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return escaped
        }
    }
}
