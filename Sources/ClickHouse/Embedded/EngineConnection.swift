import CADBC
import TelemetryModel

/// One connection to the embedded engine: used by one caller at a time, from any thread.
///
/// Every method blocks; callers run them through `BlockingWork`.
// Sendable: `EmbeddedEngine` gives a connection to one statement and takes it back after that statement's last call.
final class EngineConnection: @unchecked Sendable {
    private let driver: ADBCDriver
    private let connection: UnsafeMutablePointer<AdbcConnection>
    private let statement: UnsafeMutablePointer<AdbcStatement>

    init(_ driver: ADBCDriver, _ database: UnsafeMutablePointer<AdbcDatabase>) throws(EngineError) {
        self.driver = driver
        connection = .allocate(capacity: 1)
        connection.initialize(to: AdbcConnection())
        statement = .allocate(capacity: 1)
        statement.initialize(to: AdbcStatement())
        var error = AdbcError()
        let functions = driver.functions.pointee
        guard functions.ConnectionNew(connection, &error) == 0,
            functions.ConnectionInit(connection, database, &error) == 0
        else {
            let text = takeText(&error)
            connection.deallocate()
            statement.deallocate()
            throw EngineError(.cannotOpen, text)
        }
        // Starting the engine installs its signal handlers; doing this for each connection costs microseconds.
        FatalSignals.restoreDefaults()
    }

    func release() {
        var error = AdbcError()
        if driver.functions.pointee.ConnectionRelease(connection, &error) != 0 { _ = takeText(&error) }
        connection.deallocate()
        statement.deallocate()
    }

    /// Runs a statement to its end and drops its result.
    func execute(_ sql: String) throws(EngineError) {
        let result = try open(sql)
        defer { result.release() }
        while try result.next() != nil {}
    }

    /// Starts a statement; its result must be released before the connection is used again.
    func open(_ sql: String) throws(EngineError) -> EngineResult {
        let functions = driver.functions.pointee
        var error = AdbcError()
        guard functions.StatementNew(connection, statement, &error) == 0 else {
            throw EngineError(engineText: takeText(&error))
        }
        var stream = ArrowArrayStream()
        guard functions.StatementSetSqlQuery(statement, sql, &error) == 0,
            functions.StatementExecuteQuery(statement, &stream, nil, &error) == 0
        else {
            let text = takeText(&error)
            releaseStatement()
            throw EngineError(engineText: text)
        }
        do throws(EngineError) {
            return try EngineResult(taking: stream, connection: self)
        } catch {
            releaseStatement()
            throw error
        }
    }

    /// Inserts the block by column names; returns the rows written.
    func ingest(_ block: InsertBlock) throws(EngineError) -> Int {
        let functions = driver.functions.pointee
        var error = AdbcError()
        guard functions.StatementNew(connection, statement, &error) == 0 else {
            throw EngineError(engineText: takeText(&error))
        }
        defer { releaseStatement() }
        let options = [
            ("adbc.ingest.target_table", block.table), ("adbc.ingest.mode", "adbc.ingest.mode.append"),
            ("adbc.ingest.target_db_schema", block.database),
        ]
        for (name, value) in options where functions.StatementSetOption(statement, name, value, &error) != 0 {
            throw EngineError(engineText: takeText(&error))
        }
        // The driver takes the stream over and releases it, also when it fails.
        var stream = ArrowExport.stream(block.columns, rows: block.rows)
        var written: Int64 = 0
        guard functions.StatementBindStream(statement, &stream, &error) == 0,
            functions.StatementExecuteQuery(statement, nil, &written, &error) == 0
        else {
            stream.release?(&stream)
            throw EngineError(engineText: takeText(&error))
        }
        return Int(written)
    }

    fileprivate func releaseStatement() {
        var error = AdbcError()
        if driver.functions.pointee.StatementRelease(statement, &error) != 0 { _ = takeText(&error) }
        statement.pointee = AdbcStatement()
    }
}

/// The result of a running statement.
// Sendable: handed between the tasks of one statement, never used by two at once.
struct EngineResult: @unchecked Sendable {
    let schema: ArrowResultSchema
    private let stream: UnsafeMutablePointer<ArrowArrayStream>
    private let connection: EngineConnection

    init(taking stream: ArrowArrayStream, connection: EngineConnection) throws(EngineError) {
        self.connection = connection
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: stream)
        var raw = ArrowSchema()
        guard let getSchema = stream.get_schema else {
            // A statement without a result (SET, INSERT, CREATE) leaves the stream empty.
            schema = ArrowResultSchema()
            return
        }
        guard getSchema(self.stream, &raw) == 0 else {
            let text = Self.lastError(self.stream)
            Self.release(self.stream)
            throw EngineError(engineText: text)
        }
        defer { raw.release?(&raw) }
        do {
            schema = try ArrowResultSchema(raw)
        } catch {
            Self.release(self.stream)
            throw error
        }
    }

    /// The next batch, nil at the end.
    func next() throws(EngineError) -> ResultBatch? {
        var array = ArrowArray()
        guard let getNext = stream.pointee.get_next else { return nil }
        guard getNext(stream, &array) == 0 else { throw EngineError(engineText: Self.lastError(stream)) }
        guard array.release != nil else { return nil }
        return try ResultBatch(taking: array, schema: schema)
    }

    func release() {
        Self.release(stream)
        connection.releaseStatement()
    }

    private static func release(_ stream: UnsafeMutablePointer<ArrowArrayStream>) {
        stream.pointee.release?(stream)
        stream.deallocate()
    }

    private static func lastError(_ stream: UnsafeMutablePointer<ArrowArrayStream>) -> String {
        guard let text = stream.pointee.get_last_error?(stream) else {
            return "the engine's result ended with an error"
        }
        return String(cString: text)
    }
}

extension ArrowResultSchema {
    /// No columns.
    init() {
        fields = []
    }
}
