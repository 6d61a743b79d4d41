import LogProcessing
package import Logging
import ServiceLifecycle
import Synchronization
package import TelemetryModel

/// Follows log files and hands their lines over as records, each exactly once.
///
/// Found again every scan interval: new files, files renamed while they are open (read to their end), files cut and
/// written anew, deleted and made again, also under the same inode. A line is handed over when its line break is there;
/// what is behind the last one of a file that lost its name, when nothing comes any more.
///
/// **Exactly once.** Before a batch is handed over, the registry on disk says from where to where it goes; when the sink
/// has taken it, the registry says so with the next write. A process that ends between the two leaves batches of which
/// nobody knows: at the next start the sink is asked for each whether its first record is stored, and reading goes on
/// behind it or before it.
///
/// - Backpressure: while the sink takes nothing, nothing is read.
/// - Not exactly once: a file that is cut or deleted before it is read (its bytes are gone); two files of one content
///   that take each other's place under one inode between two looks; a registry that was deleted.
package struct LogFileTailer: Service {
    /// Retries wait from this up to this.
    private static let retryDelays = (first: Duration.milliseconds(100), last: Duration.seconds(5))

    private let options: LogFileOptions
    private let sink: any LogFileSink
    private let work: TailingWork
    private let events: LogFileEvents
    private let stop = StopFlag()

    /// - Parameters:
    ///   - output: takes the records that the sink took, as a file of processed logs.
    /// - Throws: when a pattern or a processor's configuration is wrong.
    package init(
        _ options: LogFileOptions, sink: any LogFileSink, statistics: LogShipperStatistics,
        output: ProcessedLogWriter? = nil, logger: Logger
    ) throws {
        try self.init(
            options, processors: options.inputs.map { try LineProcessor($0.processing) }, sink: sink,
            statistics: statistics, output: output, logger: logger)
    }

    /// - Parameters:
    ///   - processors: one for each input.
    package init(
        _ options: LogFileOptions, processors: [any EventProcessing], sink: any LogFileSink,
        statistics: LogShipperStatistics, output: ProcessedLogWriter? = nil, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) throws {
        self.options = options
        self.sink = sink
        events = LogFileEvents(logger)
        work = try TailingWork(
            options, processors: processors, events: events, statistics: statistics, output: output, clock: clock)
    }

    /// Follows the files until a graceful shutdown or cancellation.
    package func run() async throws {
        let stop = stop
        try await withGracefulShutdownHandler {
            try await follow()
        } onGracefulShutdown: {
            stop.raise()
        }
    }

    private var isStopping: Bool { stop.isRaised || Task.isCancelled }

    private func follow() async throws {
        for entry in try await work.open() {
            guard let stored = await stored(of: entry) else { return }
            await work.resolve(entry.identity, stored: stored)
        }
        var delay = Self.retryDelays.first
        while !isStopping {
            let round = await work.nextRound()
            if round.isHeld {
                await sleep(delay)
                delay = min(delay * 2, Self.retryDelays.last)
                continue
            }
            delay = Self.retryDelays.first
            if !round.groups.isEmpty { await work.commit(await handOver(round.groups)) }
            if !round.hasMore { await sleep(options.pollInterval) }
        }
        await work.close()
    }

    // MARK: Start

    /// How many of an entry's batches the sink took before the process ended; nil when there is no time to ask.
    private func stored(of entry: RegistryEntry) async -> Int? {
        var stored = 0
        for intent in entry.intents {
            // Without a record there is nothing to ask for, nor to lose.
            if intent.since.nanoseconds == 0 {
                stored += 1
                continue
            }
            guard let isStored = await isStored(intent, of: entry) else { return nil }
            // They were handed over in order.
            guard isStored else { break }
            stored += 1
        }
        return stored
    }

    private func isStored(_ intent: BatchIntent, of entry: RegistryEntry) async -> Bool? {
        var delay = Self.retryDelays.first
        while !isStopping {
            do {
                return try await sink.isStored(
                    path: entry.path, inode: entry.identity.inode, offset: intent.probe, since: intent.since)
            } catch {
                events.sinkFailed(entry.path, reason: "\(error)")
                await sleep(delay)
                delay = min(delay * 2, Self.retryDelays.last)
            }
        }
        return nil
    }

    // MARK: Handing over

    /// Hands over the batches of each file in order, those of several files side by side.
    private func handOver(_ groups: [[FileBatch]]) async -> [GroupResult] {
        await withTaskGroup(of: GroupResult.self) { tasks in
            var results: [GroupResult] = []
            var next = groups.makeIterator()
            var running = 0
            while true {
                while running < max(1, options.concurrentBatchesMax), let group = next.next() {
                    tasks.addTask { await handOver(group) }
                    running += 1
                }
                guard let result = await tasks.next() else { return results }
                running -= 1
                results.append(result)
            }
        }
    }

    private func handOver(_ group: [FileBatch]) async -> GroupResult {
        guard let identity = group.first?.identity else {
            return GroupResult(identity: FileIdentity(device: 0, inode: 0), done: 0, rejected: [], retries: 0)
        }
        var batches = group
        var result = GroupResult(identity: identity, done: 0, rejected: [], retries: 0)
        var delay = Self.retryDelays.first
        while result.done < batches.count {
            let batch = batches[result.done]
            do {
                if !batch.drafts.isEmpty { try await sink.admit(batch.drafts) }
                result.done += 1
                delay = Self.retryDelays.first
            } catch {
                switch (error as? LogFileSinkError)?.kind ?? .unavailable {
                case .tooLarge:
                    if let halves = await work.split(identity, at: result.done) {
                        batches = halves
                        continue
                    }
                    fallthrough
                case .invalid, .unsupported:
                    events.batchRejected(batch.path, records: batch.drafts.count, reason: "\(error)")
                    result.rejected.insert(result.done)
                    result.done += 1
                default:
                    events.sinkFailed(batch.path, reason: "\(error)")
                    result.retries += 1
                    if isStopping { return result }
                    await sleep(delay)
                    delay = min(delay * 2, Self.retryDelays.last)
                    if isStopping { return result }
                }
            }
        }
        return result
    }

    /// Shorter when a shutdown begins.
    private func sleep(_ duration: Duration) async {
        let stop = stop
        guard !isStopping else { return }
        _ = try? await cancelWhenGracefulShutdown {
            if !stop.isRaised { try await Task.sleep(for: duration) }
        }
    }
}

private final class StopFlag: Sendable {
    private let flag = Atomic(false)
    var isRaised: Bool { flag.load(ordering: .acquiring) }
    func raise() { flag.store(true, ordering: .releasing) }
}
