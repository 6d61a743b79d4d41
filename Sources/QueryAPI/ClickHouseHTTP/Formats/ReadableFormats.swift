import ClickHouse

/// Vertical: each value on a line of its own.
struct VerticalFormat: OutputFormat {
    var name: String { "Vertical" }
    var contentType: String { "text/plain; charset=UTF-8" }
    func makeWriter() -> any ResultWriter { Writer() }

    private struct Writer: ResultWriter {
        var bytes: [UInt8] = []
        var names: [String] = []
        var rows = 0

        mutating func begin(_ columns: [ResultColumnDescription]) { names = columns.map(\.name) }

        mutating func row(_ values: [ResultValue]) {
            rows += 1
            let title = "Row \(rows):"
            var text = (rows > 1 ? "\n" : "") + title + "\n" + String(repeating: "─", count: title.count) + "\n"
            let width = (names.map(\.count).max() ?? 0) + 1
            for (name, value) in zip(names, values) {
                text += name + ":" + String(repeating: " ", count: width - name.count) + ValueText.plain(value) + "\n"
            }
            bytes += Array(text.utf8)
        }

        mutating func end() {}
    }
}

/// Markdown: a table for documents.
struct MarkdownFormat: OutputFormat {
    var name: String { "Markdown" }
    var contentType: String { "text/markdown; charset=UTF-8" }
    func makeWriter() -> any ResultWriter { Writer() }

    private struct Writer: ResultWriter {
        var bytes: [UInt8] = []

        mutating func begin(_ columns: [ResultColumnDescription]) {
            line(columns.map { cell($0.name) })
            line(columns.map { _ in ":-" })
        }

        mutating func row(_ values: [ResultValue]) { line(values.map { cell(ValueText.plain($0)) }) }
        mutating func end() {}

        private mutating func line(_ cells: [String]) {
            bytes += Array(("| " + cells.joined(separator: " | ") + " |\n").utf8)
        }

        private func cell(_ text: String) -> String {
            String(text.flatMap { $0 == "|" ? ["\\", $0] : $0.isNewline ? [" "] : [$0] })
        }
    }
}
