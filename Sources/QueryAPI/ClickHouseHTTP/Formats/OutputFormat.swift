import ClickHouse

/// A text format of results. Spec: ClickHouse, "Formats for input and output data".
protocol OutputFormat: Sendable {
    var name: String { get }
    var contentType: String { get }
    var isJSON: Bool { get }
    func makeWriter() -> any ResultWriter
}

extension OutputFormat {
    var isJSON: Bool { false }
}

/// Writes one result: `begin` once, `row` for each row, `end` once.
protocol ResultWriter {
    var bytes: [UInt8] { get }
    mutating func begin(_ columns: [ResultColumnDescription])
    mutating func row(_ values: [ResultValue])
    mutating func end()
}

/// The formats by name.
enum OutputFormats {
    static let all: [any OutputFormat] = [
        TabSeparatedFormat(hasNames: false), TabSeparatedFormat(hasNames: true), CSVFormat(hasNames: false),
        CSVFormat(hasNames: true), JSONFormat(), JSONCompactFormat(), JSONEachRowFormat(), VerticalFormat(),
        MarkdownFormat(),
    ]

    static func find(_ name: String) -> (any OutputFormat)? {
        let aliases = [
            "TSV": "TabSeparated", "TSVWithNames": "TabSeparatedWithNames", "NDJSON": "JSONEachRow",
            "JSONLines": "JSONEachRow",
        ]
        let wanted = aliases[name] ?? name
        return all.first { $0.name == wanted }
    }
}
