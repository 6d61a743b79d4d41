/// When to flush: at fixed intervals, but soon after the first line that comes after a quiet interval, so that a person
/// who tries something out sees it at once. Milliseconds of one clock.
struct FlushSchedule: Sendable {
    let interval: Int64
    /// Between the first line and the early flush.
    let firstDelay: Int64
    private var lastFlush: Int64
    /// The last flush was without anything new.
    private var isQuiet = true

    init(interval: Int64, firstDelay: Int64, now: Int64) {
        self.interval = max(interval, 1)
        self.firstDelay = min(max(firstDelay, 0), self.interval)
        lastFlush = now
    }

    /// - Parameter firstChange: when the first line since the last flush came; nil when none came.
    /// - Returns: whether to flush now; then it is taken as done.
    mutating func isDue(now: Int64, firstChange: Int64?) -> Bool {
        // A clock that was set back must not stop the flushes.
        if now < lastFlush { lastFlush = now }
        let isEarly = isQuiet && firstChange.map { now - $0 >= firstDelay || now < $0 } ?? false
        guard isEarly || now - lastFlush >= interval else { return false }
        lastFlush = now
        isQuiet = firstChange == nil
        return true
    }
}
