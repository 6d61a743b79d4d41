import TelemetryModel
import TraceAnalysis

/// A few trees, of which the one that was not used for the longest time makes room for others.
struct TreeShelf: Sendable {
    struct Limits: Sendable {
        var tracesMax = 4
        /// Spans of all trees; at some 75 bytes each 225 MB. A single tree is kept whatever it has, or it would be loaded
        /// again for each of its pages: the engine bounds what it loads.
        var spansMax = 3_000_000
        /// After the last use.
        var lifetime = Duration.seconds(10)
    }

    private struct Entry {
        var id: TraceID
        var tree: TraceTree
        /// When its load began.
        var began: ContinuousClock.Instant
        var lastUse: ContinuousClock.Instant
    }

    /// The last one used stands last.
    private var entries: [Entry] = []
    private let limits: Limits

    init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    var count: Int { entries.count }
    var spans: Int { entries.reduce(0) { $0 + $1.tree.count } }

    mutating func take(_ id: TraceID, at now: ContinuousClock.Instant) -> TraceTree? {
        removeExpired(at: now)
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return nil }
        var entry = entries.remove(at: index)
        entry.lastUse = now
        entries.append(entry)
        return entry.tree
    }

    /// In place of what was there of the trace, unless that is newer.
    ///
    /// - Parameter began: when the load of the tree began; now without it.
    mutating func put(
        _ tree: TraceTree, _ id: TraceID, began: ContinuousClock.Instant? = nil, at now: ContinuousClock.Instant
    ) {
        removeExpired(at: now)
        let began = began ?? now
        if let known = entries.first(where: { $0.id == id }), known.began > began { return }
        entries.removeAll { $0.id == id }
        entries.append(Entry(id: id, tree: tree, began: began, lastUse: now))
        while entries.count > max(1, limits.tracesMax) || (entries.count > 1 && spans > limits.spansMax) {
            entries.removeFirst()
        }
    }

    mutating func removeExpired(at now: ContinuousClock.Instant) {
        entries.removeAll { now - $0.lastUse >= limits.lifetime }
    }
}
