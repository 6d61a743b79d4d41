package import Codecs
package import Logging
import ServiceLifecycle
package import TelemetryModel
package import TelemetryStore
import WriteAheadLog

/// Takes telemetry in: decode, log, acknowledge, collect, store.
///
/// Called by every receiver, from any task. The contract that receivers rely on: `admit` returns `.acknowledged` only
/// when the request is in the log, from where it comes into the store once, whatever happens to this process; a refused
/// request leaves nothing behind.
package final class IngestPipeline: Service {
    /// Reserved by receivers while they collect a body.
    package let budget: MemoryBudget
    package let ledger = ArrivalLedger()
    private let queues: [SignalQueue]
    private let spanObserver = SpanObserverSlot()
    private let blockSink = StoredBlockSinkSlot()
    private let gatheringSources = GatheringSources()
    private let events: IngestEvents
    private let logger: Logger

    /// Opens the logs of all signals, in directories named after them.
    ///
    /// - Throws: `LogError` when one cannot be opened, in a sentence for a person.
    package init(store: TelemetryStore, logDirectory: String, limits: IngestLimits, logger: Logger) throws {
        let budget = MemoryBudget(bytesMax: limits.memoryBytes)
        let events = IngestEvents(logger: logger)
        self.budget = budget
        self.events = events
        self.logger = logger
        queues = try Signal.allCases.map { [ledger, spanObserver, blockSink] signal in
            let log = try WriteAheadLog(
                LogOptions(
                    directory: Self.directory(of: signal, in: logDirectory), sync: limits.sync,
                    bytesMax: limits.logBytes))
            return SignalQueue(
                signal, log: log, store: store, limits: limits, budget: budget, ledger: ledger, events: events,
                observer: signal == .traces ? spanObserver : SpanObserverSlot(), blockSink: blockSink)
        }
    }

    /// Where a signal's log lies.
    package static func directory(of signal: Signal, in logDirectory: String) -> String {
        "\(logDirectory)/\(signal.rawValue)"
    }

    /// Has every block of spans observed once it is stored. Called once, before `recover`.
    package func observeSpans(with observer: any SpanObserver) { spanObserver.set(observer) }

    /// Gives every block to `sink` once it is stored. Called once, before `recover`.
    package func copyBlocks(to sink: any StoredBlockSink) { blockSink.set(sink) }

    /// Has each flush barrier ask a receiver first for what it has gathered and not admitted yet. The source returns when
    /// that is admitted.
    package func addGatheringSource(_ source: @escaping @Sendable () async -> Void) { gatheringSources.add(source) }

    /// Stores what a crash left in the logs. Called once, before `run` and before anything is admitted.
    package func recover() async throws -> [ReplayReport] {
        var reports: [ReplayReport] = []
        for queue in queues {
            let report = try await queue.recover()
            if !report.isEmpty { events.replayed(report) }
            reports.append(report)
        }
        return reports
    }

    /// Decodes and logs a request; see the contract above. An empty request is acknowledged.
    package func admit(_ request: IngestRequest) async -> AdmitResult {
        do {
            let outcome = try await take(request)
            events.acknowledged(request, outcome)
            return .acknowledged(outcome)
        } catch {
            refuse(request.signal, request.sender, error)
            return .refused(error)
        }
    }

    /// Counts a request that a receiver refused before its body could be decoded.
    package func refuse(_ signal: Signal, _ sender: Sender, _ error: IngestError) {
        ledger.refused(signal, sender, reason: error.reason)
        events.refused(signal, error)
    }

    /// The flush barrier: returns when everything acknowledged before the call is stored and found by queries.
    ///
    /// - Throws: `IngestError`: `.timeout` when that took longer than the limit, `.unavailable` when the store does not
    ///   take data or the server stops.
    ///
    /// What is derived of spans is stored then, too, and whoever takes stored blocks has settled.
    package func flush(within limit: Duration) async throws(IngestError) {
        try await store(within: limit)
    }

    private func store(within limit: Duration) async throws(IngestError) {
        do {
            try await withTimeLimit(limit) {
                await self.gatheringSources.handOver()
                try await self.storeAll()
                if let observer = self.spanObserver.value {
                    await observer.emitNow()
                    try await self.storeAll()
                }
                await self.blockSink.value?.settle()
            }
        } catch let error as IngestError {
            throw error
        } catch {
            throw IngestError(
                kind: .timeout, reason: "flush_timeout",
                message: "not everything was stored within \(limit.seconds) s; it is kept in the log, ask again")
        }
    }

    private func storeAll() async throws { try await Self.store(queues) }

    private static func store(_ queues: [SignalQueue]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for queue in queues { group.addTask { try await queue.barrier() } }
            try await group.waitForAll()
        }
    }

    /// Called before a query: what was acknowledged before it is stored first, so that a person who has just sent
    /// something finds it, unless the store is too far behind to wait for.
    ///
    /// - Parameter signal: only of this one, so that looking often does not make small blocks of the others.
    package func freshen(_ signal: Signal? = nil) async {
        let queues = queues.filter { signal == nil || $0.signal == signal }
        guard !queues.allSatisfy(\.isAllStored) else { return }
        // What is not stored by then the query misses, and the next one finds.
        try? await withTimeLimit(Self.freshnessPatience) { try await Self.store(queues) }
    }

    /// Far longer than it takes to store what waits, also on a disk that stalls: an answer that misses what its asker has
    /// just sent is wrong to them. A store that does not take data ends the wait at once.
    private static let freshnessPatience = Duration.seconds(10)

    /// Why the store does not take data at present.
    package var storeFailure: IngestError? { queues.lazy.compactMap(\.storeFailure).first }

    /// Bytes of the logs on disk.
    package var logBytes: Int { queues.reduce(0) { $0 + $1.log.bytes } }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for queue in queues {
                group.addTask { await queue.run() }
            }
            // Cancelled when another service fails: then the queues must end, too.
            await withTaskCancellationOrGracefulShutdownHandler {
                await group.waitForAll()
            } onCancelOrGracefulShutdown: {
                for queue in self.queues { queue.close() }
            }
        }
        for queue in queues { await queue.log.close() }
    }

    private func take(_ request: IngestRequest) async throws(IngestError) -> AppendOutcome {
        let body: DecodedBody
        do {
            body = try DecodedBody(request.body, request.signal, request.encoding)
        } catch {
            throw IngestError(decoding: error)
        }
        guard let queue = queues.first(where: { $0.signal == request.signal }) else {
            throw IngestError(kind: .internal, reason: "no_queue", message: "no queue for \(request.signal.rawValue)")
        }
        do {
            return try await queue.append(request, body)
        } catch let error as IngestError {
            throw error
        } catch {
            throw IngestError(kind: .internal, reason: "internal", message: "\(error)")
        }
    }
}

extension IngestError {
    /// A body that cannot be decoded.
    package init(decoding error: DecodeError) {
        let kind: ErrorKind =
            switch error.code {
            case .tooLarge: .tooLarge
            case .noMemory: .overloaded
            default: .invalid
            }
        self.init(kind: kind, reason: error.code.description, message: error.message)
    }
}
