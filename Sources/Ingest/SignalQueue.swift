import Codecs
import Synchronization
import TelemetryModel
import TelemetryStore

/// Sizes and times of the pipeline.
package struct IngestLimits: Sendable, Equatable {
    /// Bytes that requests in work and waiting rows may hold, all signals together.
    package var memoryBytes: Int
    /// Rows of one signal that may wait.
    package var queueRows: Int
    /// A waiting batch of this many rows is flushed without delay.
    package var blockRows: Int
    /// The shortest time between the starts of two inserts of one signal.
    package var flushInterval: Duration

    package init(memoryBytes: Int, queueRows: Int, blockRows: Int, flushInterval: Duration) {
        self.memoryBytes = memoryBytes
        self.queueRows = queueRows
        self.blockRows = blockRows
        self.flushInterval = flushInterval
    }
}

/// Collects the rows of one signal and writes them in blocks.
///
/// The first rows after a pause are written at once, so that a developer sees a span as soon as it is sent. While rows
/// keep coming, whatever arrived during one insert makes the next block, and inserts start no closer together than
/// `flushInterval`; a sender's answer waits for its block. A failed insert refuses the requests of its block.
final class SignalQueue: Sendable {
    private struct State {
        var pending = PendingBatch()
        var references = StoredReferences()
        /// Set while the flusher sleeps with nothing to do.
        var idleFlusher: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    /// What becomes of a request after its rows were appended, or not.
    private enum Step {
        case wait(CheckedContinuation<Void, Never>?)
        case nothingToStore
        case refuse(IngestError)
    }

    let signal: Signal
    private let store: TelemetryStore
    private let limits: IngestLimits
    private let budget: MemoryBudget
    private let state = Mutex(State())
    private let clock = ContinuousClock()
    private let events: IngestEvents
    private let batchNumber = Atomic<UInt64>(0)
    /// Tells the blocks of this process from those of every other one that wrote to the same store.
    private static let processToken = UInt64.random(in: .min ... .max)

    init(_ signal: Signal, store: TelemetryStore, limits: IngestLimits, budget: MemoryBudget, events: IngestEvents) {
        self.signal = signal
        self.store = store
        self.limits = limits
        self.budget = budget
        self.events = events
    }

    var rowsWaiting: Int { state.withLock { $0.pending.rows } }

    /// Appends rows and returns when they are stored.
    ///
    /// - Throws: `IngestError` when the queue is full or closed, or when the insert failed.
    func append(
        receivedTime: Timestamp, bytes: Int, _ fill: (inout ColumnAppender) -> Void
    ) async throws -> AppendOutcome {
        guard budget.reserve(bytes) else {
            throw overloaded("the memory for waiting telemetry is used up (ingest.memory_bytes)")
        }
        var outcome = AppendOutcome()
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            let step = state.withLock { state -> Step in
                if state.isClosed {
                    return .refuse(
                        IngestError(kind: .unavailable, reason: "stopping", message: "the server is stopping"))
                }
                if state.pending.rows >= limits.queueRows {
                    return .refuse(overloaded("\(limits.queueRows) rows wait to be stored (ingest.queue_rows)"))
                }
                let rowsBefore = state.pending.batch.rowsOfAllTables
                outcome = state.pending.append(receivedTime: receivedTime, references: &state.references, fill)
                guard state.pending.batch.rowsOfAllTables > rowsBefore else { return .nothingToStore }
                state.pending.wait(waiter, bytes: bytes)
                defer { state.idleFlusher = nil }
                return .wait(state.idleFlusher)
            }
            switch step {
            case .wait(let flusher): flusher?.resume()
            case .nothingToStore:
                budget.release(bytes)
                waiter.resume()
            case .refuse(let error):
                budget.release(bytes)
                waiter.resume(throwing: error)
            }
        }
        return outcome
    }

    /// Writes blocks until `close` has been called and nothing waits any more.
    func run() async {
        while await waitForRows() {
            let start = clock.now
            await flush()
            let rest = limits.flushInterval - (clock.now - start)
            if rest > .zero, rowsWaiting < limits.blockRows {
                // Cut short by cancellation, which only means that the last rows go at once.
                try? await Task.sleep(for: rest)
            }
        }
    }

    /// Lets nothing more in; what waits is still written.
    func close() {
        let flusher = state.withLock { state in
            state.isClosed = true
            defer { state.idleFlusher = nil }
            return state.idleFlusher
        }
        flusher?.resume()
    }

    /// False when the queue is closed and empty.
    private func waitForRows() async -> Bool {
        while true {
            let (hasRows, isClosed) = state.withLock { (!$0.pending.isEmpty, $0.isClosed) }
            if hasRows { return true }
            if isClosed { return false }
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if !state.pending.isEmpty || state.isClosed { return true }
                    state.idleFlusher = continuation
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        }
    }

    private func flush() async {
        let pending = state.withLock { state in
            let pending = state.pending
            state.pending = PendingBatch()
            return pending
        }
        let start = clock.now
        do {
            try await write(pending.batch)
            state.withLock { $0.references.commit(pending.ids) }
            events.stored(signal, rows: pending.rows, seconds: (clock.now - start).seconds)
            for waiter in pending.waiters { waiter.resume() }
        } catch {
            events.insertFailed(signal, rows: pending.rows, error: error)
            let refusal = IngestError(
                kind: .unavailable, reason: "store_failed", message: "the store could not take the data: \(error)")
            for waiter in pending.waiters { waiter.resume(throwing: refusal) }
        }
        budget.release(pending.bytesReserved)
    }

    /// A failed write is repeated once: most failures (too many parts, memory) pass. The token makes the store drop what
    /// it has taken already.
    private func write(_ batch: TelemetryBatch) async throws {
        let token = "\(signal.rawValue)-\(Self.processToken)-\(batchNumber.add(1, ordering: .relaxed).newValue)"
        do {
            try await store.write(batch, token: token)
        } catch {
            events.insertRepeated(signal, rows: batch.rows, error: error)
            try? await Task.sleep(for: .milliseconds(100))
            try await store.write(batch, token: token)
        }
    }

    private func overloaded(_ message: String) -> IngestError {
        IngestError(kind: .overloaded, reason: "overloaded", message: message)
    }
}

extension Duration {
    /// Seconds with a fraction, for metrics.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
