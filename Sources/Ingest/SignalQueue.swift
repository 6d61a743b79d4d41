import Codecs
import Synchronization
import TelemetryModel
import TelemetryStore
import WriteAheadLog

/// The way of one signal: rows and log record of a request are added together, the sender is answered when the record is
/// written, and blocks of rows go to the store one after the other.
///
/// Invariants: the order of records in the log is the order of their rows; a block is a range of records, noted in the
/// log with the token of its insert before it is inserted; blocks are stored in their order, each until it succeeds.
final class SignalQueue: Sendable {
    struct State {
        var appender: ColumnAppender
        /// Where rows go now; its batch is the appender's.
        var open: OpenBlock
        /// Memory of a large block that was stored, for the next one.
        var spare: TelemetryBatch?
        /// The last record appended.
        var lastRecord: UInt64 = 0
        /// All records through this one are stored.
        var storedThrough: UInt64 = 0
        /// Bytes of rows, in the open block and in the one being stored.
        var bytesWaiting = 0
        var isStoring = false
        var lastFlush: ContinuousClock.Instant?
        var lastFlushTook = Duration.zero
        /// Somebody waits for the rows that are in the open block.
        var isFlushAskedFor = false
        var isClosed = false
        /// Why the store does not take the present block.
        var storeFailure: IngestError?
        var barriers: [Waiter<UInt64>] = []
        /// Requests that wait for memory, first come first served; `goal` is the size of the body.
        var throttled: [Waiter<Int>] = []
        var nextWaiter: UInt64 = 0
    }

    struct Waiter<Goal: Sendable>: Sendable {
        let id: UInt64
        let goal: Goal
        let continuation: CheckedContinuation<Void, any Error>
    }

    let signal: Signal
    let log: WriteAheadLog
    let store: TelemetryStore
    let limits: IngestLimits
    let budget: MemoryBudget
    let ledger: ArrivalLedger
    let events: IngestEvents
    /// Told of each stored block; the queue of spans has one.
    let observer: SpanObserverSlot
    /// Takes each stored block before it is noted as stored.
    let blockSink: StoredBlockSinkSlot
    let state: Mutex<State>
    let clock = ContinuousClock()
    private let wakeup = Wakeup()
    private let policy: FlushPolicy

    /// The longest pause between attempts to store a block.
    private static let retryPauseMax = Duration.seconds(5)
    /// A block of fewer rows does not keep its memory for the next one.
    private static let spareRowsMin = 10_000

    init(
        _ signal: Signal, log: WriteAheadLog, store: TelemetryStore, limits: IngestLimits, budget: MemoryBudget,
        ledger: ArrivalLedger, events: IngestEvents, observer: SpanObserverSlot = SpanObserverSlot(),
        blockSink: StoredBlockSinkSlot = StoredBlockSinkSlot()
    ) {
        self.signal = signal
        self.log = log
        self.store = store
        self.limits = limits
        self.budget = budget
        self.ledger = ledger
        self.events = events
        self.observer = observer
        self.blockSink = blockSink
        policy = FlushPolicy(
            blockRows: limits.blockRows, blockBytes: limits.blockBytes, interval: limits.flushInterval)
        let open = OpenBlock()
        state = Mutex(State(appender: ColumnAppender(batch: open.batch), open: open))
    }

    var storeFailure: IngestError? { state.withLock { $0.storeFailure } }

    // MARK: Taking in

    /// Appends a request's rows and its record, and returns when the record is written.
    ///
    /// - Throws: `IngestError`: what the body's decoder says, `.overloaded` for want of memory or log, `.unavailable`
    ///   when the log cannot be written or the queue is closed. Nothing of the request is kept then.
    func append(_ request: IngestRequest, _ body: DecodedBody) async throws -> AppendOutcome {
        try await waitForRoom(request.body.count)
        return try await withCheckedThrowingContinuation { waiter in
            do {
                try append(request, body, waiter)
            } catch {
                waiter.resume(throwing: error)
            }
        }
    }

    private func append(
        _ request: IngestRequest, _ body: DecodedBody, _ waiter: CheckedContinuation<AppendOutcome, any Error>
    ) throws(IngestError) {
        enum Next {
            case nothingToStore(AppendOutcome)
            case logged(wakesFlusher: Bool)
        }
        let next = try state.withLock { state throws(IngestError) -> Next in
            guard !state.isClosed else { throw .stopping }
            let block = state.open
            let mark = block.batch.mark
            let wasEmpty = block.isEmpty
            let wasFull = isFull(block)
            let bytesBefore = block.batch.byteCount
            state.appender.begin(receivedTime: request.receivedTime)
            do throws(DecodeError) {
                try body.append(to: &state.appender)
            } catch {
                // The rows are taken back; what is remembered of their values must go, too.
                if state.appender.touchesValues { state.appender.forgetValues() }
                throw IngestError(decoding: error)
            }
            let outcome = state.appender.outcome
            guard outcome.accepted > 0 else {
                ledger.received(signal, request.sender, outcome)
                return .nothingToStore(outcome)
            }
            let bytes = max(0, block.batch.byteCount - bytesBefore)
            let sequence: UInt64
            do throws(LogError) {
                sequence = try log.append(
                    tag: request.encoding.rawValue, time: request.receivedTime, body: request.body
                ) { result in
                    self.logged(result, block, mark, outcome, request, bytes, waiter)
                }
            } catch {
                block.batch.truncate(to: mark)
                state.appender.forgetValues()
                throw IngestError(log: error)
            }
            block.add(
                record: sequence, sender: request.sender.name, accepted: outcome.accepted, bytes: bytes, at: clock.now)
            // Before anything of it can be stored, so that no count is ever ahead of the one it is part of.
            ledger.received(signal, request.sender, outcome)
            state.lastRecord = sequence
            state.bytesWaiting += bytes
            budget.take(bytes)
            return .logged(wakesFlusher: wasEmpty || !wasFull && isFull(block))
        }
        switch next {
        case .nothingToStore(let outcome): waiter.resume(returning: outcome)
        case .logged(let wakesFlusher): if wakesFlusher { wakeup.wake() }
        }
    }

    private func isFull(_ block: OpenBlock) -> Bool {
        block.rows >= limits.blockRows || block.bytes >= limits.blockBytes
    }

    /// Called by the log, on its own queue, when it has written a record or has failed to.
    private func logged(
        _ result: Result<Void, LogError>, _ block: OpenBlock, _ mark: TelemetryBatch.Mark, _ outcome: AppendOutcome,
        _ request: IngestRequest, _ bytes: Int, _ waiter: CheckedContinuation<AppendOutcome, any Error>
    ) {
        switch result {
        case .success: waiter.resume(returning: outcome)
        case .failure(let error):
            state.withLock { state in
                block.takeBack(
                    to: mark, sender: request.sender.name, accepted: outcome.accepted, bytes: bytes)
                state.appender.forgetValues()
                state.bytesWaiting -= bytes
            }
            budget.giveBack(bytes)
            ledger.takenBack(signal, request.sender, outcome)
            events.logFailed(signal, error)
            waiter.resume(throwing: IngestError(log: error))
        }
    }

    // MARK: Storing

    /// Stores blocks until `close` has been called and nothing waits any more.
    func run() async {
        while true {
            let pause = state.withLock { state -> (isDone: Bool, time: Duration?) in
                guard !state.open.isEmpty else { return (state.isClosed, nil) }
                let now = clock.now
                let delay = policy.delay(
                    FlushPolicy.Situation(
                        rows: state.open.rows, bytes: state.open.bytes,
                        sinceLastFlush: state.lastFlush.map { now - $0 }, lastFlushTook: state.lastFlushTook,
                        isAskedFor: state.isFlushAskedFor, isLast: state.isClosed))
                return (false, delay)
            }
            if pause.isDone { break }
            if let time = pause.time, time <= .zero {
                guard await storeOpenBlock() else { break }
            } else {
                await wakeup.sleep(for: pause.time)
            }
        }
        let waiters = state.withLock { state in
            defer { state.barriers = [] }
            return state.barriers
        }
        for waiter in waiters { waiter.continuation.resume(throwing: IngestError.stopping) }
    }

    /// Lets nothing more in; what waits is still stored.
    func close() {
        let throttled = state.withLock { state in
            state.isClosed = true
            defer { state.throttled = [] }
            return state.throttled
        }
        for waiter in throttled { waiter.continuation.resume(throwing: IngestError.stopping) }
        wakeup.wake()
    }

    /// - Returns: false when the server stops and the block could not be stored: it stays in the log.
    private func storeOpenBlock() async -> Bool {
        let start = clock.now
        let block = state.withLock { state in
            let block = state.open
            let isLarge = block.rows >= Self.spareRowsMin
            state.open = OpenBlock(isLarge ? state.spare ?? TelemetryBatch() : TelemetryBatch())
            state.appender.batch = state.open.batch
            state.spare = nil
            state.isStoring = !block.isEmpty
            state.lastFlush = start
            state.isFlushAskedFor = false
            return block
        }
        guard let records = block.records else { return true }
        guard await store(block, records) else { return false }
        let took = clock.now - start
        ledger.stored(signal, block.items)
        let rows = block.rows
        if rows > 0 { events.stored(signal, rows: rows, seconds: took.seconds) }
        budget.giveBack(block.bytes)
        let isLarge = rows >= Self.spareRowsMin
        observer.value?.observe(block.batch)
        if isLarge { block.batch.reset() }
        let (barriers, throttled) = state.withLock { state in
            state.bytesWaiting -= block.bytes
            state.isStoring = false
            state.storedThrough = records.upperBound
            state.lastFlushTook = took
            state.storeFailure = nil
            if isLarge { state.spare = block.batch }
            let barriers = state.barriers.filter { $0.goal <= records.upperBound }
            state.barriers.removeAll { $0.goal <= records.upperBound }
            return (barriers, takeThrottled(&state))
        }
        for waiter in barriers { waiter.continuation.resume() }
        for waiter in throttled { waiter.continuation.resume() }
        return true
    }

    /// Notes the block in the log, inserts it and notes that it is stored; repeats until all is done.
    private func store(_ block: OpenBlock, _ records: ClosedRange<UInt64>) async -> Bool {
        var pause = Duration.milliseconds(100)
        var isRepeated = false
        while true {
            do {
                // After this, nothing can be taken back from the block any more.
                let intent = try await log.intend(first: records.lowerBound, last: records.upperBound)
                // Resources of a request that was taken back are known as stored, so they are, also without rows.
                if block.batch.rowsOfAllTables > 0 {
                    let again = isRepeated
                    isRepeated = true
                    try await store.write(block.batch, token: intent.token, isRepeated: again)
                    await blockSink.value?.write(block.batch, of: signal, token: intent.token)
                }
                break
            } catch {
                events.storeFailed(signal, rows: block.rows, error: error)
                let failure = IngestError(
                    kind: .unavailable, reason: "store_failed",
                    message: "the store does not take data (it is kept in the log): \(error)")
                let (barriers, isClosed) = state.withLock { state in
                    state.storeFailure = failure
                    defer { state.barriers = [] }
                    return (state.barriers, state.isClosed)
                }
                for waiter in barriers { waiter.continuation.resume(throwing: failure) }
                if isClosed { return false }
                await wakeup.sleep(for: pause)
                pause = min(pause * 2, Self.retryPauseMax)
            }
        }
        do {
            try await log.commit(through: records.upperBound)
        } catch {
            // The replay would repeat the block under its token, and the store drop it.
            events.commitFailed(signal, error)
        }
        return true
    }

    // MARK: Waiting for the store

    /// Returns when every record appended before the call is stored.
    ///
    /// - Throws: `IngestError` when the store does not take data or the server stops, `CancellationError`.
    func barrier() async throws {
        try await wait { state, waiter in
            guard state.storedThrough < state.lastRecord else { return waiter.continuation.resume() }
            if let failure = state.storeFailure { return waiter.continuation.resume(throwing: failure) }
            if state.isClosed { return waiter.continuation.resume(throwing: IngestError.stopping) }
            state.isFlushAskedFor = true
            state.barriers.append(Waiter(id: waiter.id, goal: state.lastRecord, continuation: waiter.continuation))
        }
    }

    /// False when a query that starts now would miss something that was acknowledged.
    var isAllStored: Bool { state.withLock { $0.storedThrough >= $0.lastRecord } }

    // MARK: Waiting for memory

    /// Slows senders down to the speed of the store: returns when rows of this size may be added.
    ///
    /// - Throws: `.overloaded` when the wait was longer than `IngestLimits.patience`.
    private func waitForRoom(_ bytes: Int) async throws {
        guard state.withLock({ isCrowded($0) }) else { return }
        do {
            try await withTimeLimit(limits.patience) {
                try await self.wait { state, waiter in
                    if !self.isCrowded(state) { return waiter.continuation.resume() }
                    if state.isClosed { return waiter.continuation.resume(throwing: IngestError.stopping) }
                    state.throttled.append(Waiter(id: waiter.id, goal: bytes, continuation: waiter.continuation))
                }
            }
        } catch is TimeLimitPassed {
            throw IngestError(
                kind: .overloaded, reason: "overloaded",
                message: "more arrives than the store takes, and the memory for what waits is used up "
                    + "(ingest.memory_bytes)")
        }
    }

    /// The open block is full while another is being stored, or the memory is used up.
    private func isCrowded(_ state: State) -> Bool {
        state.bytesWaiting >= limits.waitingBytes || state.isStoring && isFull(state.open)
    }

    /// Those of the waiting requests that fit now; a body becomes about as many bytes of rows.
    private func takeThrottled(_ state: inout State) -> [Waiter<Int>] {
        var room = min(limits.waitingBytes - state.bytesWaiting, limits.blockBytes - state.open.bytes)
        var count = 0
        while count < state.throttled.count, room > 0 {
            room -= state.throttled[count].goal
            count += 1
        }
        defer { state.throttled.removeFirst(count) }
        return Array(state.throttled.prefix(count))
    }

    /// Suspends until the waiter that `register` was given is resumed, or the task is cancelled.
    private func wait(_ register: (inout State, Waiter<Void>) -> Void) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.withLock { state in
                    // Cancelled before it waits: the handler found nobody.
                    if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                    register(&state, Waiter(id: id, goal: (), continuation: continuation))
                }
                wakeup.wake()
            }
        } onCancel: {
            let waiting = state.withLock { state in
                let waiting =
                    state.barriers.first { $0.id == id }?.continuation
                    ?? state.throttled.first { $0.id == id }?.continuation
                state.barriers.removeAll { $0.id == id }
                state.throttled.removeAll { $0.id == id }
                return waiting
            }
            waiting?.resume(throwing: CancellationError())
        }
    }
}

extension IngestError {
    static let stopping = IngestError(kind: .unavailable, reason: "stopping", message: "the server is stopping")

    /// A record that the log did not take.
    init(log error: LogError) {
        let setting = error.code == .full ? " (ingest.log_bytes)" : ""
        self.init(kind: error.kind, reason: "log", message: error.message + setting)
    }
}

extension Duration {
    /// Seconds with a fraction, for metrics.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
