import CADBC
package import Logging
import Synchronization

/// ClickHouse inside this process, through chDB's ADBC interface.
///
/// One process holds one such engine, and its directory is locked as long as it lives.
package final class EmbeddedEngine: Engine {
    package struct Options: Sendable {
        /// Directory of the engine's data; created when missing.
        package var directory: String
        package var library: String
        package var sizes: EngineSizes
        package var environment: [String: String]

        package init(directory: String, library: String, sizes: EngineSizes, environment: [String: String]) {
            self.directory = directory
            self.library = library
            self.sizes = sizes
            self.environment = environment
        }
    }

    private let driver: ADBCDriver
    private let database: DatabaseHandle
    /// Open for the life of the process: closing the last connection shuts the engine down, and opening it again in the
    /// same process is not reliable.
    private let anchor: EngineConnection
    private let lock: DirectoryLock
    private let work = BlockingWork()
    private let gate = AdmissionGate(width: EngineLimits.statementsMax, waitersMax: EngineLimits.waitersMax)
    /// Inserts go one after the other: two at once are no faster on the cores that there are, and take twice the memory.
    private let inserting = AdmissionGate(width: 1, waitersMax: EngineLimits.waitersMax)
    private let isClosed = Mutex(false)
    private let nextTicket = Atomic<UInt64>(0)
    private let logger: Logger
    /// ClickHouse's version as the engine tells it.
    package let version: String

    /// Loads the library, locks the directory and starts the engine; blocks for about 0.3 s.
    ///
    /// - Throws: `.engineMissing`, `.wrongVersion`, `.directoryLocked` (names the process), `.diskFull`, `.cannotOpen`.
    package init(_ options: Options, logger: Logger) throws(EngineError) {
        self.logger = logger
        let location = try EngineLocation.find(configured: options.library, environment: options.environment)
        lock = try DirectoryLock(options.directory)
        driver = try ADBCDriver(location)
        let usersFile = options.directory + "-users.xml"
        let configurationFile = options.directory + "-config.xml"
        try Files.write(usersFile, EngineConfigurationFile.users(options.sizes).utf8)
        try Files.write(configurationFile, EngineConfigurationFile.text(options.sizes, usersFile: usersFile).utf8)
        database = try DatabaseHandle(
            driver, options: [("path", options.directory), ("chdb.config-file", configurationFile)])
        do {
            anchor = try EngineConnection(driver, database.pointer)
        } catch {
            throw EngineError(
                .cannotOpen, "the engine cannot open \(options.directory): \(error.message) (its own words are above)")
        }
        let result = try anchor.open("SELECT version()")
        let version = try result.next()?.columns.first?.value(at: 0).text ?? ""
        result.release()
        self.version = version
        guard version.hasPrefix(EngineRelease.clickHouseVersion + ".") else {
            anchor.release()
            throw EngineError(
                .wrongVersion,
                "the engine at \(location.path) is ClickHouse \(version), Martlet needs "
                    + "\(EngineRelease.clickHouseVersion); run `martlet engine install` and leave engine.library empty")
        }
        logger.info(
            "engine open",
            metadata: ["version": "\(version)", "library": "\(location.path)", "directory": "\(options.directory)"])
    }

    package func execute(_ statement: BoundStatement) async throws {
        try await withConnection { connection in
            try await self.work.run {
                let parameters = Self.parameters(statement)
                if !parameters.isEmpty { try connection.execute("SET " + parameters.joined(separator: ", ")) }
                try connection.execute(statement.text)
            }
        }
    }

    package func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {
        try await withConnection { connection in
            let ticket = StatementTicket(number: self.nextTicket.add(1, ordering: .relaxed).newValue)
            try await withTaskCancellationHandler {
                defer { ticket.finish() }
                let result = try await self.work.run {
                    try Self.prepare(connection, statement, access, ticket)
                    return try connection.open(statement.text)
                }
                do {
                    var isFirst = true
                    while let batch = try await self.work.run({ try result.next() }) {
                        isFirst = false
                        try Task.checkCancellation()
                        try await consume(batch)
                    }
                    if isFirst { try await consume(ResultBatch(namesOf: result.schema)) }
                } catch {
                    try await self.work.run { result.release() }
                    throw error
                }
                try await self.work.run { result.release() }
            } onCancel: {
                self.kill(ticket)
            }
        }
    }

    /// Everything that must be set on the connection before a query's text.
    private static func prepare(
        _ connection: EngineConnection, _ statement: BoundStatement, _ access: StatementAccess,
        _ ticket: StatementTicket
    ) throws {
        if access.isUserText {
            try connection.execute("USE telemetry")
            try UserStatement.check(statement.text, on: connection)
        }
        // In one statement: each costs half a millisecond.
        let settings = access.settings.map { "\($0.name) = \(SQLText.literal($0.value))" }
        let comment = "log_comment = \(SQLText.literal(ticket.comment))"
        try connection.execute("SET " + (settings + parameters(statement) + [comment]).joined(separator: ", "))
        // Last, because it forbids every further change of a setting.
        if access.isUserText { try connection.execute("SET readonly = 1") }
        if Task.isCancelled { throw CancellationError() }
    }

    /// Stops a running statement. The driver's own Cancel functions report success and do nothing (chdb-core 26.9.0),
    /// so this is `KILL QUERY` from another connection, repeated because the statement may not have begun yet.
    private func kill(_ ticket: StatementTicket) {
        // Ends with the statement it kills.
        Task { [driver, database, work] in
            while !ticket.isFinished {
                try? await work.run {
                    let connection = try EngineConnection(driver, database.pointer)
                    defer { connection.release() }
                    try connection.execute(
                        "KILL QUERY WHERE Settings['log_comment'] = \(SQLText.literal(ticket.comment)) ASYNC")
                }
                try? await Task.sleep(for: EngineLimits.killInterval)
            }
        }
    }

    @discardableResult
    package func insert(_ block: InsertBlock) async throws -> Int {
        try await inserting.enter()
        do {
            let rows = try await withConnection { connection in
                try await self.work.run {
                    if let token = block.deduplicationToken {
                        try connection.execute("SET insert_deduplication_token = \(SQLText.literal(token))")
                    }
                    return try connection.ingest(block)
                }
            }
            await inserting.leave()
            return rows
        } catch {
            await inserting.leave()
            throw error
        }
    }

    package func close() async {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        // Every place of the gate taken means that no statement runs any more.
        for _ in 0..<EngineLimits.statementsMax {
            try? await gate.enter()
        }
        anchor.release()
        database.release()
        lock.release()
        logger.info("engine closed")
    }

    /// Opens a connection for one statement (0.1 ms), so that no setting outlives it.
    private func withConnection<Value>(_ body: (EngineConnection) async throws -> Value) async throws -> Value {
        if isClosed.withLock({ $0 }) { throw EngineError(.closed, "the engine is closed; the server is stopping") }
        try await gate.enter()
        do {
            let connection = try await work.run { [driver, database] in
                try EngineConnection(driver, database.pointer)
            }
            do {
                let value = try await body(connection)
                try await work.run { connection.release() }
                await gate.leave()
                return value
            } catch {
                try await work.run { connection.release() }
                throw error
            }
        } catch {
            await gate.leave()
            throw error
        }
    }

    /// Assignments of the bound values.
    private static func parameters(_ statement: BoundStatement) -> [String] {
        statement.parameters.sorted { $0.key < $1.key }.map { name, value in
            "param_\(name) = \(SQLText.literal(SQLText.escaped(value)))"
        }
    }
}

/// An opened ADBC database.
// Sendable: set up in `init`, then only passed on; `release` is called once, after the last connection.
private final class DatabaseHandle: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AdbcDatabase>
    private let driver: ADBCDriver

    init(_ driver: ADBCDriver, options: [(String, String)]) throws(EngineError) {
        self.driver = driver
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: AdbcDatabase())
        let functions = driver.functions.pointee
        var error = AdbcError()
        guard functions.DatabaseNew(pointer, &error) == 0 else { throw EngineError(.cannotOpen, takeText(&error)) }
        for (name, value) in options where functions.DatabaseSetOption(pointer, name, value, &error) != 0 {
            throw EngineError(.cannotOpen, "option \(name): \(takeText(&error))")
        }
        guard functions.DatabaseInit(pointer, &error) == 0 else { throw EngineError(.cannotOpen, takeText(&error)) }
    }

    func release() {
        var error = AdbcError()
        if driver.functions.pointee.DatabaseRelease(pointer, &error) != 0 { _ = takeText(&error) }
    }
}

/// Names a running statement to the engine, and knows when it has ended.
private final class StatementTicket: Sendable {
    let comment: String
    private let finished = Atomic(false)

    init(number: UInt64) {
        comment = "martlet-\(number)"
    }

    var isFinished: Bool { finished.load(ordering: .acquiring) }
    func finish() { finished.store(true, ordering: .releasing) }
}

/// Text as the engine's SQL writes it; only for settings, which cannot be bound.
enum SQLText {
    /// A parameter's value is read in the Escaped (TSV) form, before that as a literal.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\t": escaped += "\\t"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\0": escaped += "\\0"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    static func literal(_ text: String) -> String {
        var quoted = "'"
        for character in text.unicodeScalars {
            switch character {
            case "'": quoted += "\\'"
            case "\\": quoted += "\\\\"
            case "\0": quoted += "\\0"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "'"
    }
}
