import PrometheusModel
import QueryEngines
import Synchronization

/// Lines on their way from the engine, which finds them, to a client, who takes them at its own pace.
///
/// The engine never waits here. When a client is so slow that the queue is full, lines are left out and counted, and
/// the client is told.
final class LogTailQueue: Sendable {
    /// Lines, and bytes of their text, that wait at most.
    static let entriesMax = 10_000
    static let bytesMax = 32 << 20
    /// The same for one batch.
    static let batchEntriesMax = 1000
    static let batchBytesMax = 1 << 20
    /// Of lines left out so many are named.
    static let droppedMax = 1000

    private struct Item: Sendable {
        var stream: [Label]
        var entry: LogEntry
        var bytes: Int
        var due: ContinuousClock.Instant
    }

    private struct State: Sendable {
        var items: [Item] = []
        /// Those before it were taken.
        var first = 0
        var bytes = 0
        var dropped = 0
        var droppedEntries: [LogTailBatch.Dropped] = []

        var count: Int { items.count - first }
    }

    /// What to do next.
    enum Step: Sendable {
        case send(LogTailBatch)
        case wait(until: ContinuousClock.Instant)
        /// Nothing is there: wait for `arrivals`.
        case idle
    }

    /// Says that something has come.
    let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    private let delay: Duration

    /// - Parameter delay: how long a line waits for earlier ones that come late.
    init(delay: Duration = .zero) {
        self.delay = delay
        (arrivals, arrived) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ piece: LogTailPiece, now: ContinuousClock.Instant) {
        guard !piece.entries.isEmpty || piece.dropped > 0 else { return }
        let due = now.advanced(by: delay)
        state.withLock { state in
            // Those that the engine left out are not known by name.
            state.dropped += piece.dropped
            for entry in piece.entries {
                let stream = piece.streams.indices.contains(entry.stream) ? piece.streams[entry.stream] : []
                let bytes = entry.line.utf8.count + 64
                guard state.count < Self.entriesMax, state.bytes + bytes <= Self.bytesMax else {
                    state.dropped += 1
                    if state.droppedEntries.count < Self.droppedMax {
                        state.droppedEntries.append(LogTailBatch.Dropped(time: entry.time, stream: stream))
                    }
                    continue
                }
                state.items.append(Item(stream: stream, entry: entry, bytes: bytes, due: due))
                state.bytes += bytes
            }
        }
        arrived.yield()
    }

    func next(now: ContinuousClock.Instant) -> Step {
        state.withLock { state in
            guard let head = state.count > 0 ? state.items[state.first] : nil else {
                guard state.dropped > 0 else { return .idle }
                return .send(Self.batch([], &state))
            }
            guard head.due <= now else { return .wait(until: head.due) }
            if delay > .zero { Self.sort(&state, due: now) }
            var end = state.first
            var bytes = 0
            while end < state.items.count, state.items[end].due <= now, end - state.first < Self.batchEntriesMax,
                end == state.first || bytes + state.items[end].bytes <= Self.batchBytesMax
            {
                bytes += state.items[end].bytes
                end += 1
            }
            let taken = Array(state.items[state.first..<end])
            state.first = end
            state.bytes -= bytes
            // Seldom, so that what is moved stays a small part of what is taken.
            if state.first > Self.batchEntriesMax || state.first == state.items.count {
                state.items.removeSubrange(..<state.first)
                state.first = 0
            }
            return .send(Self.batch(taken, &state))
        }
    }

    /// Puts the lines that are due in the order of their times.
    private static func sort(_ state: inout State, due now: ContinuousClock.Instant) {
        let end = state.items[state.first...].firstIndex { $0.due > now } ?? state.items.endIndex
        let due = state.items[state.first..<end].sorted { $0.entry.time < $1.entry.time }
        state.items.replaceSubrange(state.first..<end, with: due)
    }

    private static func batch(_ items: [Item], _ state: inout State) -> LogTailBatch {
        var batch = LogTailBatch(dropped: state.dropped, droppedEntries: state.droppedEntries)
        state.dropped = 0
        state.droppedEntries = []
        var places: [[Label]: Int] = [:]
        for item in items {
            var entry = item.entry
            if let place = places[item.stream] {
                entry.stream = place
            } else {
                entry.stream = batch.streams.count
                places[item.stream] = entry.stream
                batch.streams.append(item.stream)
            }
            batch.entries.append(entry)
        }
        return batch
    }
}

/// Lines to be sent together.
struct LogTailBatch: Sendable {
    struct Dropped: Sendable, Equatable {
        var time: Int64
        var stream: [Label]
    }

    var streams: [[Label]] = []
    var entries: [LogEntry] = []
    /// Lines left out before these.
    var dropped = 0
    /// Some of them.
    var droppedEntries: [Dropped] = []

    init(dropped: Int = 0, droppedEntries: [Dropped] = []) {
        self.dropped = dropped
        self.droppedEntries = droppedEntries
    }
}
