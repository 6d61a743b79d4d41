package import ClickHouse
import Synchronization
import TelemetryModel

/// Takes every insert and keeps what was inserted; answers every query with nothing.
package final class RecordingEngine: Engine {
    package struct Insert: Sendable {
        package let table: String
        package let rows: Int
        package let token: String?
    }

    private struct State {
        var inserts: [Insert] = []
        var failures = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var inserts: [Insert] { state.withLock { $0.inserts } }

    /// The next inserts fail, as many as given.
    package func failNext(_ count: Int) {
        state.withLock { $0.failures = count }
    }

    package func execute(_ statement: BoundStatement) async throws {}

    package func query(
        _ statement: BoundStatement, access: StatementAccess, consume: (ResultBatch) async throws -> Void
    ) async throws {}

    package func insert(_ block: InsertBlock) async throws -> Int {
        try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw EngineError(.query, "Code: 252. DB::Exception: too many parts. (TOO_MANY_PARTS)", number: 252)
            }
            state.inserts.append(Insert(table: block.table, rows: block.rows, token: block.deduplicationToken))
        }
        return block.rows
    }

    package func close() async {}
}
