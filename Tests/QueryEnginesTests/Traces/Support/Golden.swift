import Foundation
import SQLSyntax
import Testing

/// A text file of the SQL of one area. MARTLET_TEST_RECORD=1 writes it anew.
struct Golden {
    private let name: String
    private let area: String
    private(set) var text = ""

    /// - Parameter area: the folder whose `Goldens` has the file.
    init(_ name: String, of area: String = "Traces") {
        self.name = name
        self.area = area
    }

    mutating func add(title: String) { text += (text.isEmpty ? "" : "\n") + "# \(title)\n" }
    mutating func add(line: String) { text += line + "\n" }

    /// An entry: what it is of, its SQL, and the values that are bound.
    mutating func add(_ label: String, _ expression: SQLSyntax.Expression) {
        var printer = SQLPrinter()
        // The text of an expression stands for itself in a SELECT without a table.
        Select(eachOf: .strings([]), as: { _ in expression }).print(into: &printer)
        add(label, String(printer.text.dropFirst("SELECT ".count)), printer.parameters)
    }

    mutating func add(_ label: String, _ select: Select) {
        var printer = SQLPrinter()
        select.print(into: &printer)
        add(label, printer.text, printer.parameters)
    }

    mutating func add(_ label: String, _ sql: String, _ parameters: [String: String]) {
        add(line: "\n\(label)\n    \(sql)")
        for (name, value) in parameters.sorted(by: { ($0.key.count, $0.key) < ($1.key.count, $1.key) }) {
            add(line: "    \(name) = \(value.debugDescription)")
        }
    }

    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "\(area)/Goldens/\(name).txt")
        if ProcessInfo.processInfo.environment["MARTLET_TEST_RECORD"] == "1" {
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOf: path, encoding: .utf8)
        guard recorded != text else { return }
        let lines = zip(
            recorded.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false))
        let first = lines.first { $0 != $1 }
        Issue.record(
            "\(name) differs: \(first.map { "\n- \($0)\n+ \($1)" } ?? "it has another length")",
            sourceLocation: sourceLocation)
    }
}
