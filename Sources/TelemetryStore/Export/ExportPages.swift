import ClickHouse
import SQLSyntax
import TelemetryModel

/// Rows of a table in an order of their own, page by page.
///
/// ```sql
/// SELECT …, k0, k1 FROM … WHERE … AND k0 >= … AND (k0 > … OR (k0 = … AND k1 >= …)) ORDER BY k0, k1 LIMIT n
/// ```
///
/// Each page is a statement of its own, which begins at the keys of the last row before it, so that a client that reads
/// slowly holds nothing of the engine, and memory is that of a page. Rows that equal in all keys, however many, are told
/// apart by their number: those that have been handed over are read again and dropped.
struct ExportPages {
    let table: TableName
    /// What is read of a row; the keys come after it.
    let columns: [Expression]
    let conditions: [Expression]
    /// From the first to the last; together they should tell rows apart.
    let keys: [Expression]
    let rowsPerPage: Int
    let settings: [(name: String, value: String)]

    struct Page {
        /// The columns, then the keys.
        var rows: [[ResultValue]]
        /// No more follows.
        var isLast: Bool
    }

    private var after: (values: [ResultValue], rows: Int)?
    private var isDone = false

    init(
        table: TableName, columns: [Expression], conditions: [Expression], keys: [Expression], rowsPerPage: Int,
        settings: [(name: String, value: String)]
    ) {
        self.table = table
        self.columns = columns
        self.conditions = conditions
        self.keys = keys
        self.rowsPerPage = max(1, rowsPerPage)
        self.settings = settings
    }

    /// The next page with rows; nil after the last one.
    mutating func next(_ engine: any Engine) async throws -> Page? {
        while !isDone {
            try Task.checkCancellation()
            let seen = after?.rows ?? 0
            var rows: [[ResultValue]] = []
            // One more tells whether this is the last page.
            try await engine.query(
                select(after?.values, limit: rowsPerPage + seen + 1).statement, access: .own(settings: settings)
            ) { batch in
                for row in 0..<batch.rows { rows.append(batch.columns.map { $0.value(at: row) }) }
            }
            isDone = rows.count <= rowsPerPage + seen
            if !isDone { rows.removeLast() }
            let before = after?.values
            if let values = rows.last.map({ Array($0[columns.count...]) }) {
                after = (values, rows.reversed().prefix { $0[columns.count...].elementsEqual(values) }.count)
            }
            if let before {
                // What retention removed meanwhile is not there to be dropped.
                rows.removeFirst(rows.prefix(seen).prefix { $0[columns.count...].elementsEqual(before) }.count)
            }
            if !rows.isEmpty { return Page(rows: rows, isLast: isDone) }
        }
        return nil
    }

    func select(_ after: [ResultValue]?, limit: Int) -> Select {
        var conditions = conditions
        if let after { conditions += condition(from: after) }
        return Select(
            columns.map { .init($0) } + keys.enumerated().map { .init($1, as: Identifier("k\($0)")) }, from: table,
            where: conditions.isEmpty ? nil : .and(conditions), orderBy: keys.map { .init($0) }, limit: limit)
    }

    private func condition(from values: [ResultValue]) -> [Expression] {
        guard let first = keys.first, let value = values.first else { return [] }
        // The first alone, too: the table is sorted by it.
        let begin = Expression.comparison(first, .greaterOrEqual, Self.literal(value))
        guard keys.count > 1 else { return [begin] }
        var rest: Expression?
        for (key, value) in zip(keys, values).reversed() {
            let literal = Self.literal(value)
            guard let inner = rest else {
                rest = .comparison(key, .greaterOrEqual, literal)
                continue
            }
            rest = .or([.comparison(key, .greater, literal), .and([.equal(key, literal), inner])])
        }
        return [begin] + (rest.map { [$0] } ?? [])
    }

    private static func literal(_ value: ResultValue) -> Expression {
        switch value {
        case .timestamp: .exportTime(value.timestamp?.nanoseconds ?? 0)
        case .unsigned(let number): .parameter(.unsigned(number))
        case .double(let number): .number(number)
        case .bytes(let bytes):
            .call(
                "toFixedString", .call("unhex", .parameter(.string(Hex.encode(bytes)))), .integer(Int64(bytes.count)))
        default: value.integer.map { .integer($0) } ?? .parameter(.string(value.text ?? ""))
        }
    }
}
