import ClickHouse
import QueryEngines
import Synchronization
import TelemetryStore
import TestSupport

/// Keeps the statements that are asked, and answers each with nothing.
final class StatementRecorder: Engine {
    private let asked = Mutex<[BoundStatement]>([])

    /// The statements since this was read last.
    func takeStatements() -> [BoundStatement] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
    }

    func execute(_ statement: BoundStatement) async throws {}

    func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {
        asked.withLock { $0.append(statement) }
    }

    func insert(_ block: InsertBlock) async throws -> Int { block.rows }
    func close() async {}

    /// An engine of traces over it that has read its tables.
    static func traces() async throws -> (traces: TraceEngine, recorder: StatementRecorder) {
        let recorder = StatementRecorder()
        let store = try await TelemetryStore(recorder, retention: TraceFixture.retention, logger: silentLogger())
        _ = recorder.takeStatements()
        return (TraceEngine(store), recorder)
    }
}

extension Golden {
    /// What a piece of work asked.
    mutating func add(_ label: String, _ statements: [BoundStatement]) {
        if statements.isEmpty { add(line: "\n\(label)\n    nothing is asked") }
        for (index, statement) in statements.enumerated() {
            add(
                statements.count == 1 ? label : "\(label), \(index + 1) of \(statements.count)", statement.text,
                statement.parameters)
        }
    }
}
