package import TelemetryModel

/// A statement with its bound values: `{name:Type}` in the text stands for `parameters[name]`.
package struct BoundStatement: Sendable, Hashable {
    package var text: String
    /// Values in ClickHouse's text form without quotes.
    package var parameters: [String: String]

    package init(_ text: String, parameters: [String: String] = [:]) {
        self.text = text
        self.parameters = parameters
    }
}

/// Rows for one table.
package struct InsertBlock: Sendable {
    package var database: String
    package var table: String
    package var columns: [(name: String, column: any Column)]
    /// A block whose token the table has seen is dropped by the engine, so that a repeated insert adds nothing.
    package var deduplicationToken: String?

    package init(
        database: String, table: String, columns: [(name: String, column: any Column)],
        deduplicationToken: String? = nil
    ) {
        self.database = database
        self.table = table
        self.columns = columns
        self.deduplicationToken = deduplicationToken
    }

    package var rows: Int { columns.first?.column.count ?? 0 }
}

/// What a statement may do and use.
package struct StatementAccess: Sendable {
    /// Settings applied before the statement, in order.
    package var settings: [(name: String, value: String)]
    /// True: a person's SQL. Reads only, nothing outside the database; the engine is told so last, irrevocably.
    package var isUserText: Bool

    /// Martlet's own statements.
    package static let own = StatementAccess(settings: [], isUserText: false)

    /// Martlet's own, within limits.
    package static func own(settings: [(name: String, value: String)]) -> StatementAccess {
        StatementAccess(settings: settings, isUserText: false)
    }

    package static func user(settings: [(name: String, value: String)]) -> StatementAccess {
        StatementAccess(settings: settings, isUserText: true)
    }
}

/// A ClickHouse, in this process or elsewhere.
///
/// Called by `TelemetryStore` and the SQL surface from any task. An implementation runs its blocking work on threads
/// of its own and bounds how many statements run or wait; over the bound it throws `.overloaded`.
package protocol Engine: Sendable {
    /// Runs a statement that has no result.
    func execute(_ statement: BoundStatement) async throws

    /// Runs a statement and hands over its result, batch by batch, as columns; at least one batch, perhaps without
    /// rows, carries the names. Cancelling the calling task cancels the statement in the engine, and so does an error
    /// thrown by `consume`.
    func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws

    /// Writes the rows; after it returns they are durable and every later query sees them.
    ///
    /// - Ownership: the columns are only read, and no longer once the call returns.
    /// - Returns: rows written.
    @discardableResult
    func insert(_ block: InsertBlock) async throws -> Int

    /// Ends running statements and releases everything. No call may follow.
    func close() async
}

extension Engine {
    /// All rows of a small result; for Martlet's own statements whose size is known to be bounded.
    package func rows(_ statement: BoundStatement, access: StatementAccess = .own) async throws -> [[ResultValue]] {
        var rows: [[ResultValue]] = []
        try await query(statement, access: access) { batch in
            for row in 0..<batch.rows {
                rows.append(batch.columns.map { $0.value(at: row) })
            }
        }
        return rows
    }
}
