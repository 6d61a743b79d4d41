import ClickHouse
import SQLSyntax

/// A person's SELECT in the form in which its values can be printed.
///
/// The Arrow result loses some of the engine's types: a DateTime comes as a number, a UUID as bytes. Columns of such
/// types are turned into text by the engine itself, which knows zones and names:
///
/// ```sql
/// SELECT `a`, toString(`b`) AS `b` FROM ( …the statement… )
/// ```
struct ShapedStatement {
    let statement: BoundStatement
    /// The engine's names and types of the columns; empty for statements other than SELECT.
    private let described: [ResultColumnDescription]

    init(
        _ statement: BoundStatement, format: any OutputFormat, access: StatementAccess, engine: any Engine
    ) async throws {
        guard Self.isSelect(statement.text) else {
            self.statement = statement
            described = []
            return
        }
        let rows = try await engine.rows(
            BoundStatement("DESCRIBE TABLE (\(statement.text)\n)", parameters: statement.parameters), access: access)
        let columns = rows.map { ResultColumnDescription(name: $0[0].text ?? "", type: $0[1].text ?? "") }
        described = columns
        // With a name twice the columns could not be told apart from outside.
        guard columns.contains(where: \.isOpaque), Set(columns.map(\.name)).count == columns.count else {
            self.statement = statement
            return
        }
        let outputs = columns.map { column in
            let name = Identifier(column.name).sql
            guard column.isOpaque else { return name }
            return column.isNested && format.isJSON
                ? "toJSONString(\(name)) AS \(name)" : "toString(\(name)) AS \(name)"
        }
        self.statement = BoundStatement(
            "SELECT \(outputs.joined(separator: ", ")) FROM (\(statement.text)\n)", parameters: statement.parameters)
    }

    func columns(of batch: ResultBatch) -> [ResultColumnDescription] {
        if described.count == batch.columns.count { return described }
        return batch.columns.map { ResultColumnDescription(name: $0.name, type: "String") }
    }

    private static func isSelect(_ text: String) -> Bool {
        let word = UserStatement.leadingWord(text)
        return word == "select" || word == "with"
    }
}

/// A column of a result as the engine describes it.
struct ResultColumnDescription: Sendable, Equatable {
    let name: String
    let type: String

    private static let opaqueTypes = [
        "Date", "Time", "UUID", "IPv4", "IPv6", "Enum", "Int128", "Int256", "Interval", "Variant", "Dynamic", "JSON",
        "AggregateFunction", "Point", "Ring", "Polygon", "BFloat16",
    ]

    /// True for types whose values the Arrow result does not tell as text.
    var isOpaque: Bool { Self.opaqueTypes.contains { type.contains($0) } }

    /// True for lists, maps and tuples.
    var isNested: Bool { ["Array(", "Map(", "Tuple(", "Nested("].contains { type.contains($0) } }

    /// True when the value, text already, is JSON to be put in as it is.
    var isRawJSON: Bool { isOpaque && isNested }
}
