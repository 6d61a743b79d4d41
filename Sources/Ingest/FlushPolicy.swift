/// When a block is stored. A value: `SignalQueue` asks it, and waits as long as it says.
///
/// - The first rows after idle at once: nobody waits for a block to fill when none is filling.
/// - A full block at once.
/// - Otherwise when `interval` has passed since the last flush began, so that a steady stream makes large blocks: an
///   insert costs some 10 ms of CPU however few rows it has, and each part is merged several times.
/// - When somebody asks (a query, a flush barrier), sooner; but storing takes half of the time at most, so that
///   many readers cannot make many small parts.
struct FlushPolicy: Sendable, Equatable {
    var blockRows: Int
    var blockBytes: Int
    var interval: Duration

    /// What is known when the question is asked; times are durations before now.
    struct Situation: Sendable, Equatable {
        var rows: Int
        var bytes: Int
        /// Since the last flush began; nil when there was none.
        var sinceLastFlush: Duration?
        /// How long the last one took.
        var lastFlushTook: Duration
        var isAskedFor: Bool
        /// Nothing more will come.
        var isLast: Bool
    }

    /// How long to wait before storing; zero for at once.
    func delay(_ situation: Situation) -> Duration {
        guard !situation.isLast, situation.rows < blockRows, situation.bytes < blockBytes,
            let passed = situation.sinceLastFlush
        else { return .zero }
        let wanted = situation.isAskedFor ? min(interval, situation.lastFlushTook * 2) : interval
        return max(.zero, wanted - passed)
    }
}
