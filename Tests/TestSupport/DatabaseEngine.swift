package import ClickHouse
import Synchronization
import TelemetryModel

/// The store's database under another name on an engine that others use too, so that tests which run at the same time
/// do not see each other's rows.
package struct DatabaseEngine: Engine {
    private let base: any Engine
    private let database: String

    package init(_ base: any Engine, database: String) {
        self.base = base
        self.database = database
    }

    package func execute(_ statement: BoundStatement) async throws {
        try await base.execute(renamed(statement))
    }

    package func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {
        try await base.query(renamed(statement), access: access, consume: consume)
    }

    package func insert(_ block: InsertBlock) async throws -> Int {
        var block = block
        if block.database == "telemetry" { block.database = database }
        return try await base.insert(block)
    }

    /// The base stays open: it is the others' too.
    package func close() async {}

    private func renamed(_ statement: BoundStatement) -> BoundStatement {
        var renamed = statement
        renamed.text = statement.text.split(separator: "`telemetry`", omittingEmptySubsequences: false)
            .joined(separator: "`\(database)`")
        if statement.parameters["database"] == "telemetry" { renamed.parameters["database"] = database }
        return renamed
    }
}

/// Records what is asked of an engine, and holds inserts back while its gate is shut.
package final class GatedEngine: Engine {
    private struct State {
        var isShut = false
        var statements: [String] = []
        var tables: [String] = []
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let base: any Engine
    private let state = Mutex(State())

    package init(_ base: any Engine) {
        self.base = base
    }

    /// Texts of the statements that were executed.
    package var statements: [String] { state.withLock { $0.statements } }
    /// Tables of the inserts that came, in order.
    package var tables: [String] { state.withLock { $0.tables } }

    package func shut() {
        state.withLock { $0.isShut = true }
    }

    package func open() {
        let held = state.withLock { state in
            state.isShut = false
            defer { state.held = [] }
            return state.held
        }
        for insert in held { insert.resume() }
    }

    /// Returns when an insert is held back.
    package func waitForHeldInsert() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if !state.held.isEmpty { return true }
                state.watchers.append(continuation)
                return false
            }
            if isHeld { continuation.resume() }
        }
    }

    package func execute(_ statement: BoundStatement) async throws {
        state.withLock { $0.statements.append(statement.text) }
        try await base.execute(statement)
    }

    package func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {
        try await base.query(statement, access: access, consume: consume)
    }

    package func insert(_ block: InsertBlock) async throws -> Int {
        await withCheckedContinuation { continuation in
            let (isHeld, watchers) = state.withLock { state in
                state.tables.append(block.table)
                guard state.isShut else { return (false, [CheckedContinuation<Void, Never>]()) }
                state.held.append(continuation)
                defer { state.watchers = [] }
                return (true, state.watchers)
            }
            for watcher in watchers { watcher.resume() }
            if !isHeld { continuation.resume() }
        }
        return try await base.insert(block)
    }

    package func close() async {
        await base.close()
    }
}

/// Fails the next inserts, as many as told, and passes everything else on.
package final class FailingEngine: Engine {
    private let base: any Engine
    private let failures = Mutex((after: 0, count: 0))

    package init(_ base: any Engine) {
        self.base = base
    }

    /// - Parameter after: inserts that pass first.
    package func failNext(_ count: Int, after: Int = 0) {
        failures.withLock { $0 = (after, count) }
    }

    package func execute(_ statement: BoundStatement) async throws {
        try await base.execute(statement)
    }

    package func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {
        try await base.query(statement, access: access, consume: consume)
    }

    package func insert(_ block: InsertBlock) async throws -> Int {
        let isFailing = failures.withLock { failures in
            guard failures.count > 0 else { return false }
            guard failures.after == 0 else {
                failures.after -= 1
                return false
            }
            failures.count -= 1
            return true
        }
        if isFailing {
            throw EngineError(.query, "Code: 252. DB::Exception: too many parts. (TOO_MANY_PARTS)", number: 252)
        }
        return try await base.insert(block)
    }

    package func close() async {
        await base.close()
    }
}
