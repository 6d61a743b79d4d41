import LogQL
import LogQLEvaluation
import Synchronization
import TelemetryModel
import TelemetryStore

/// Runs a pipeline over blocks as they are stored.
final class TailFollower: Sendable {
    /// Records looked at before what they gave is handed over, and the time is looked at.
    private static let rowsPerStep = 2_000
    /// The longest that a block is looked at: the next one waits meanwhile. Lines past it are left out and counted.
    private static let timeMax = Duration.seconds(1)
    /// Arrivals that are remembered for what was stored before.
    private static let arrivalsMax = 100_000

    private let engine: LogEngine
    private let selection: LogSelection
    private let began: Int64
    private let queue: TailQueue
    private let early = Mutex<Set<Int64>>([])

    /// - Parameter began: when the tail began, nanoseconds.
    init(_ engine: LogEngine, _ selection: LogSelection, began: Int64, _ queue: TailQueue) throws {
        self.engine = engine
        self.selection = selection
        self.began = began
        self.queue = queue
        // What is wrong with the pipeline is said at once.
        _ = try EntryCollector(selection.stages, limit: 1)
    }

    /// When those records arrived that came before the tail began and were stored after it: they were looked at here.
    var earlyArrivals: Set<Int64> { early.withLock { $0 } }

    func look(at block: LogBlock) async {
        do {
            try await follow(block)
        } catch {
            queue.fail(error)
        }
    }

    private func follow(_ block: LogBlock) async throws {
        let deadline = ContinuousClock.now + Self.timeMax
        let snapshot = try await engine.streams.snapshot()
        let wanted = snapshot.matching(selection.matchers).map(Set.init)
        var rows: [Int] = []
        early.withLock { early in
            for row in 0..<block.rows {
                let arrival = block.receivedTime[row].nanoseconds
                if arrival < began, early.count < Self.arrivalsMax { early.insert(arrival) }
                if wanted?.contains(block.resourceID[row]) ?? true { rows.append(row) }
            }
        }
        guard !rows.isEmpty else { return }
        rows.sort { (block.time[$0], $0) < (block.time[$1], $1) }
        var collector = try EntryCollector(selection.stages, limit: .max, now: Timestamp.now().nanoseconds)
        let reading = RecordReading(
            collector.needs, keys: engine.store.attributeKeys, shown: ShownLabels(selection))
        var builder = RecordBuilder(reading, snapshot)
        let columns = RecordColumns(block, reading)
        try await engine.learnScopes(of: columns, &builder)
        for start in stride(from: 0, to: rows.count, by: Self.rowsPerStep) {
            guard ContinuousClock.now < deadline else {
                queue.drop(rows.count - start)
                return
            }
            try collector.add(
                builder.records(columns, rows: rows[start..<min(start + Self.rowsPerStep, rows.count)]))
            let found = collector.take()
            queue.add(LogTailPiece(streams: found.streams, entries: found.entries.map(LogEntry.init)))
        }
    }
}
