import ClickHouse
import SQLSyntax
import TelemetryModel

/// A person's SELECT in the form in which its values have types of a Parquet file.
///
/// ```sql
/// SELECT `a`, toDateTime64(`b`, 3, 'UTC') AS `b`, toString(`c`) AS `c` FROM ( …the statement… )
/// ```
struct ParquetStatement {
    let statement: BoundStatement
    /// Empty for a statement whose columns only its result tells.
    let columns: [ParquetColumn]

    /// - Throws: what the engine says of the statement; it is checked as every statement of a person's.
    init(_ statement: BoundStatement, access: StatementAccess, engine: any Engine) async throws {
        let word = UserStatement.leadingWord(statement.text)
        guard word == "select" || word == "with" else {
            self.statement = statement
            columns = []
            return
        }
        let rows = try await engine.rows(
            BoundStatement("DESCRIBE TABLE (\(statement.text)\n)"), access: access)
        let described = rows.map { ResultColumnDescription(name: $0[0].text ?? "", type: $0[1].text ?? "") }
        let names = described.map(\.name)
        // With a name twice the columns could not be told apart from outside.
        guard Set(names).count == names.count else {
            throw TraceUIFailure(.invalid, "a Parquet file has no two columns of one name; name them with AS")
        }
        columns = described.map { ParquetColumn(name: $0.name, type: Shape($0).type) }
        let outputs = described.map { column in
            let name = Identifier(column.name).sql
            return Shape(column).expression(name)
        }
        self.statement = BoundStatement("SELECT \(outputs.joined(separator: ", ")) FROM (\(statement.text)\n)")
    }

    /// How a column is read.
    private enum Shape {
        case plain(ParquetType)
        case time, date, text

        init(_ column: ResultColumnDescription) {
            let type = ParquetType(engine: column.type)
            switch (type, Self.word(column.type)) {
            case (.timestamp, _), (.date, _): self = .plain(type)
            case (_, "DateTime"): self = .time
            case (_, "Date"): self = .date
            default: self = column.isOpaque ? .text : .plain(type)
            }
        }

        /// The name of the type without what is around it.
        private static func word(_ type: String) -> String {
            for wrapper in ["Nullable(", "LowCardinality("] where type.hasPrefix(wrapper) {
                return word(String(type.dropFirst(wrapper.count).dropLast()))
            }
            return String(type.prefix { $0.isLetter || $0.isNumber })
        }

        var type: ParquetType {
            switch self {
            case .plain(let type): type
            case .time: .timestamp
            case .date: .date
            case .text: .string
            }
        }

        func expression(_ name: String) -> String {
            switch self {
            case .plain: name
            case .time: "toDateTime64(\(name), 3, 'UTC') AS \(name)"
            case .date: "toDate32(\(name)) AS \(name)"
            case .text: "toString(\(name)) AS \(name)"
            }
        }
    }
}
