import LogQL
import LogQLEvaluation
import Synchronization
import TelemetryModel
import TelemetryStore

extension LogEngine {
    /// New records are taken from the blocks as they are stored, so that each comes once, and none is missed between what
    /// was stored before and what comes: the records that arrived before the tail began are asked of the store, the
    /// others follow.
    package func tail(
        _ request: LogTailRequest, receive: @Sendable (LogTailPiece) async throws -> Void
    ) async throws {
        let selection = request.selection.normalized
        let began = Timestamp.now().nanoseconds
        let queue = TailQueue()
        let follower = try TailFollower(self, selection, arrivedFrom: began, queue)
        guard let registration = store.logArrivals.add({ await follower.look(at: $0) }) else {
            throw LogQueryError(
                .overloaded, "\(LogArrivals.followersMax) tails run already; close one, or try again later")
        }
        defer { store.logArrivals.remove(registration) }
        await freshen()
        let history = try await history(
            selection, from: request.start, arrivedBefore: began, limit: request.limit)
        try await receive(LogTailPiece(streams: history.streams, entries: history.entries))
        while !Task.isCancelled {
            try await wording { try await Task.sleep(for: Self.tailInterval) }
            await freshen()
            let (pieces, dropped) = try queue.take()
            // At least one, which says that the tail is alive.
            for (index, piece) in (pieces.isEmpty ? [LogTailPiece(streams: [], entries: [])] : pieces).enumerated() {
                var piece = piece
                if index == 0 { piece.dropped = dropped }
                try await receive(piece)
            }
        }
        throw LogQueryError(.cancelled, "the tail was ended")
    }

    /// How often new records are stored and handed over while somebody follows.
    private static let tailInterval = Duration.milliseconds(250)
}

/// What waits for a receiver.
private final class TailQueue: Sendable {
    /// Lines; a receiver that is slower than they come misses some.
    private static let linesMax = 20_000

    private struct State {
        var pieces: [LogTailPiece] = []
        var lines = 0
        var dropped = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    /// Lines that would be taken now.
    var room: Int { state.withLock { Self.linesMax - $0.lines } }

    func add(_ piece: LogTailPiece) {
        state.withLock { state in
            guard !piece.entries.isEmpty || piece.dropped > 0 else { return }
            state.dropped += piece.dropped
            guard !piece.entries.isEmpty else { return }
            state.lines += piece.entries.count
            state.pieces.append(piece)
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.failure = error } }

    func take() throws -> (pieces: [LogTailPiece], dropped: Int) {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            defer { state = State() }
            return (state.pieces, state.dropped)
        }
    }
}

/// Runs a pipeline over blocks as they are stored.
private final class TailFollower: Sendable {
    private let engine: LogEngine
    private let selection: LogSelection
    private let arrivedFrom: Int64
    private let queue: TailQueue

    init(_ engine: LogEngine, _ selection: LogSelection, arrivedFrom: Int64, _ queue: TailQueue) throws {
        self.engine = engine
        self.selection = selection
        self.arrivedFrom = arrivedFrom
        self.queue = queue
        // What is wrong with the pipeline is said at once.
        _ = try EntryCollector(selection.stages, limit: 1)
    }

    func look(at block: LogBlock) async {
        do {
            try await follow(block)
        } catch {
            queue.fail(error)
        }
    }

    private func follow(_ block: LogBlock) async throws {
        let room = queue.room
        // One more, which tells that some are left out.
        var collector = try EntryCollector(
            selection.stages, limit: .max, now: Timestamp.now().nanoseconds)
        let reading = RecordReading(
            collector.needs, keys: engine.store.attributeKeys, shown: ShownLabels(selection))
        let snapshot = try await engine.streams.snapshot()
        var builder = RecordBuilder(reading, snapshot)
        let wanted = snapshot.matching(selection.matchers).map(Set.init)
        let rows = (0..<block.rows).filter { row in
            block.receivedTime[row].nanoseconds >= arrivedFrom && wanted?.contains(block.resourceID[row]) ?? true
        }
        guard !rows.isEmpty else { return }
        let columns = RecordColumns(block, reading)
        try await engine.learnScopes(of: columns, &builder)
        try collector.add(builder.records(columns, rows: rows))
        var entries = collector.entries.map(LogEntry.init).enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element)
        let dropped = max(0, entries.count - room)
        // The newest are what somebody who watches wants to see.
        entries.removeFirst(dropped)
        queue.add(LogTailPiece(streams: collector.streams, entries: entries, dropped: dropped))
    }
}
