import Synchronization

/// Receivers that gather for a while before they admit anything; set at the start, asked by each flush barrier.
final class GatheringSources: Sendable {
    private let sources = Mutex<[@Sendable () async -> Void]>([])

    func add(_ source: @escaping @Sendable () async -> Void) { sources.withLock { $0.append(source) } }

    /// What they have gathered is admitted when this returns.
    func handOver() async {
        for source in sources.withLock({ $0 }) { await source() }
    }
}
