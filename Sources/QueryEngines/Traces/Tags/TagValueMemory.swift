import Synchronization
import TelemetryStore

/// The values of attributes of spans that were asked for lately: reading a million spans for one attribute takes 0.3 s
/// of CPU, and people ask for the same ones again. Only what was stored since is read then.
final class TagValueMemory: Sendable {
    struct Entry: Sendable {
        /// Blocks of spans that were stored when it was read.
        var sequence: Int
        var values: Set<TagValue>
        /// When all of it was read, by a monotonic clock.
        var begun: ContinuousClock.Instant
    }

    /// Attributes remembered; past it all are forgotten.
    private static let keysMax = 200
    /// Values of one attribute that are remembered: a longer list is read anew.
    static let valuesMax = 5_000
    /// What retention has removed is gone from lists after this time.
    private static let age = Duration.seconds(3600)

    private let entries = Mutex<[String: Entry]>([:])

    func entry(_ key: String) -> Entry? {
        entries.withLock { entries in
            guard let entry = entries[key], entry.begun.duration(to: .now) < Self.age else { return nil }
            return entry
        }
    }

    func keep(_ entry: Entry, for key: String) {
        entries.withLock { entries in
            guard entry.values.count <= Self.valuesMax else {
                entries[key] = nil
                return
            }
            if entries.count >= Self.keysMax, entries[key] == nil { entries = [:] }
            entries[key] = entry
        }
    }
}
