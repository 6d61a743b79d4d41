import Synchronization

/// Alerts that wait to be delivered, the oldest first.
struct NotificationQueue: Sendable {
    private let limit: Int
    private var alerts: [NotifiedAlert] = []

    init(limit: Int) { self.limit = limit }

    var count: Int { alerts.count }

    /// - Returns: how many of the oldest had to be dropped.
    mutating func append(_ new: [NotifiedAlert]) -> Int {
        alerts += new
        let dropped = max(0, alerts.count - limit)
        alerts.removeFirst(dropped)
        return dropped
    }

    /// Takes the oldest out.
    mutating func take(_ count: Int) -> [NotifiedAlert] {
        let batch = Array(alerts.prefix(count))
        alerts.removeFirst(batch.count)
        return batch
    }
}

/// Lets the one task that delivers sleep until there is something to deliver.
final class NotificationWakeup: Sendable {
    private let signal = Mutex(StopSignal())

    func wake() { signal.withLock { $0 }.set() }

    /// A wake-up since the last wait counts.
    func wait(_ stopping: StopSignal, until time: Int64? = nil, on clock: any RuleClock = SystemRuleClock()) async {
        guard !stopping.isSet else { return }
        let signal = signal.withLock { $0 }
        if let time {
            _ = await signal.sleep(until: time, on: clock)
        } else {
            await signal.wait()
        }
        self.signal.withLock { $0 = StopSignal() }
    }
}
