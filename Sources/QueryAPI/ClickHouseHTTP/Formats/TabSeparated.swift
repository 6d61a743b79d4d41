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

        mutating func begin(_ columns: [ResultColumnDescription]) {
            if hasNames { line(columns.map { Self.escaped($0.name) }) }
        }

        mutating func row(_ values: [ResultValue]) {
            line(values.map { $0 == .null ? "\\N" : Self.escaped(ValueText.plain($0)) })
        }

        mutating func end() {}

        private mutating func line(_ fields: [String]) {
            bytes += Array(fields.joined(separator: "\t").utf8)
            bytes.append(UInt8(ascii: "\n"))
        }

        static func escaped(_ text: String) -> String {
            guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
            var escaped = ""
            for character in text.unicodeScalars {
                switch character {
                case "\t": escaped += "\\t"
                case "\n": escaped += "\\n"
                case "\r": escaped += "\\r"
                case "\\": escaped += "\\\\"
                case "\0": escaped += "\\0"
                case "\u{8}": escaped += "\\b"
                case "\u{C}": escaped += "\\f"
                default: escaped.unicodeScalars.append(character)
                }
            }
            return escaped
        }
    }
}
