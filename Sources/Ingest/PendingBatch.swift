import Codecs
import TelemetryModel

/// Rows of one signal that wait for the next flush, and the senders that wait for them.
///
/// A value state machine: `SignalQueue` calls the methods under its lock and performs what they return.
struct PendingBatch {
    private(set) var batch = TelemetryBatch()
    private(set) var ids: Set<UInt64> = []
    private(set) var waiters: [CheckedContinuation<Void, any Error>] = []
    /// Reserved from the memory budget for the rows.
    private(set) var bytesReserved = 0

    var rows: Int { batch.rows }
    var isEmpty: Bool { waiters.isEmpty }

    mutating func append(
        receivedTime: Timestamp, references: inout StoredReferences, _ fill: (inout ColumnAppender) -> Void
    ) -> AppendOutcome {
        var appender = ColumnAppender(
            batch: batch, receivedTime: receivedTime, pending: ids, references: references)
        // The sets move into the appender and back; a second reference would have them copied at the first insertion.
        ids = []
        references = StoredReferences()
        fill(&appender)
        ids = appender.pending
        references = appender.references
        return appender.outcome
    }

    /// The waiter hears of the flush, after which `bytes` of the budget are given back.
    mutating func wait(_ waiter: CheckedContinuation<Void, any Error>, bytes: Int) {
        waiters.append(waiter)
        bytesReserved += bytes
    }
}
