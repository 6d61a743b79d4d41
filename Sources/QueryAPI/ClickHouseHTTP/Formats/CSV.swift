import ClickHouse

/// CSV and CSVWithNames: strings in double quotes, numbers bare, NULL as \N.
struct CSVFormat: OutputFormat {
    let hasNames: Bool
    var name: String { hasNames ? "CSVWithNames" : "CSV" }
    var contentType: String { "text/csv; charset=UTF-8; header=\(hasNames ? "present" : "absent")" }
    func makeWriter() -> any ResultWriter { Writer(hasNames: hasNames) }

    private struct Writer: ResultWriter {
        let hasNames: Bool
        var bytes: [UInt8] = []

        mutating func begin(_ columns: [ResultColumnDescription]) {
            if hasNames { line(columns.map { quoted($0.name) }) }
        }

        mutating func row(_ values: [ResultValue]) {
            line(values.flatMap(fields))
        }

        mutating func end() {}

        /// A tuple's members are fields of their own.
        private func fields(_ value: ResultValue) -> [String] {
            switch value {
            case .null: ["\\N"]
            case .structure(let members): members.flatMap { fields($0.value) }
            case .string, .bytes, .list, .map: [quoted(ValueText.plain(value))]
            default: [ValueText.plain(value)]
            }
        }

        private mutating func line(_ fields: [String]) {
            bytes += Array(fields.joined(separator: ",").utf8)
            bytes.append(UInt8(ascii: "\n"))
        }

        private func quoted(_ text: String) -> String {
            var quoted = "\""
            for character in text.unicodeScalars {
                if character == "\"" { quoted += "\"" }
                quoted.unicodeScalars.append(character)
            }
            return quoted + "\""
        }
    }
}
