import PrometheusModel
import TelemetryModel

/// Time for rules: the system's, or in tests one that is set by hand.
package protocol RuleClock: Sendable {
    /// Milliseconds since the Unix epoch.
    func now() -> Int64
    /// Returns when the time has come, or the task is cancelled.
    func sleep(until time: Int64) async
}

package struct SystemRuleClock: RuleClock {
    package init() {}

    package func now() -> Int64 { Timestamp.now().nanoseconds / 1_000_000 }

    package func sleep(until time: Int64) async {
        // The wall clock may be set while we sleep, so that a long sleep is taken in pieces.
        while !Task.isCancelled {
            let rest = time - now()
            guard rest > 0 else { return }
            try? await Task.sleep(for: .milliseconds(min(rest, 10_000)))
        }
    }
}

/// When a group is evaluated: at multiples of its interval, moved by an offset that is the group's own, so that not all
/// groups run at once and a restart changes nothing.
struct RuleSchedule: Sendable {
    let interval: Int64
    let offset: Int64

    init(group: RuleGroup, interval: Int64) {
        self.interval = max(interval, 1)
        let labels: Labels = ["file": group.file, "name": group.name]
        offset = Int64(LabelFingerprint.hash(labels) % UInt64(self.interval))
    }

    /// The last time of an evaluation at or before a time.
    func slot(before time: Int64) -> Int64 {
        let shifted = time - offset
        let remainder = shifted % interval
        return time - (remainder < 0 ? remainder + interval : remainder)
    }

    /// The evaluation to come after that at `last`, where it is `now`; with the number of those that are too late.
    func next(after last: Int64, now: Int64) -> (time: Int64, missed: Int64) {
        let missed = max(0, (now - last) / interval - 1)
        return (last + (missed + 1) * interval, missed)
    }
}
