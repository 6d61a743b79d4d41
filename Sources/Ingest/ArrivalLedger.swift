import Codecs
import Synchronization
package import TelemetryModel

/// Where every item went: received = stored + rejected + dropped + waiting, for each signal and sender.
///
/// Counts since the start of the process; what a crash left in the log is received again, from the sender `log`.
package final class ArrivalLedger: Sendable {
    package struct Entry: Sendable, Equatable {
        package let signal: Signal
        /// `Sender.name`; `others` past `sendersMax`.
        package let sender: String
        /// Items of acknowledged requests.
        package internal(set) var received = 0
        /// Items that queries find.
        package internal(set) var stored = 0
        /// Items left out of acknowledged requests, of which the sender was told.
        package internal(set) var rejected: [String: Int] = [:]
        /// Items lost after they were acknowledged.
        package internal(set) var dropped: [String: Int] = [:]
        /// Whole requests that were not acknowledged, by reason; how many items they had is not known.
        package internal(set) var refusedRequests: [String: Int] = [:]

        /// Items in the log that are not stored yet.
        package var waiting: Int {
            received - stored - rejected.values.reduce(0, +) - dropped.values.reduce(0, +)
        }
    }

    struct Key: Hashable, Sendable {
        let signal: Signal
        let sender: String
    }

    /// Senders that are told apart, each signal by itself. A user agent is free text, so that there could be any number.
    static let sendersMax = 200

    private let entries = Mutex<[Key: Entry]>([:])

    package init() {}

    /// Sorted by signal, then sender.
    package var all: [Entry] {
        entries.withLock { Array($0.values) }
            .sorted { ($0.signal.rawValue, $0.sender) < ($1.signal.rawValue, $1.sender) }
    }

    /// Counts a request that is about to be acknowledged; its accepted items wait until `stored`.
    func received(_ signal: Signal, _ sender: Sender, _ outcome: AppendOutcome) {
        update(signal, sender.name) { entry in
            entry.received += outcome.accepted + outcome.rejectedCount
            for (reason, count) in outcome.rejected { entry.rejected[reason.rawValue, default: 0] += count }
        }
    }

    /// Takes `received` back for a request that the log could not write.
    func takenBack(_ signal: Signal, _ sender: Sender, _ outcome: AppendOutcome) {
        update(signal, sender.name) { entry in
            entry.received -= outcome.accepted + outcome.rejectedCount
            for (reason, count) in outcome.rejected { entry.rejected[reason.rawValue, default: 0] -= count }
        }
    }

    func stored(_ signal: Signal, _ items: [String: Int]) {
        for (sender, count) in items { update(signal, sender) { $0.stored += count } }
    }

    func dropped(_ signal: Signal, _ sender: Sender, reason: String, items: Int) {
        update(signal, sender.name) { entry in
            entry.received += items
            entry.dropped[reason, default: 0] += items
        }
    }

    func refused(_ signal: Signal, _ sender: Sender, reason: String) {
        update(signal, sender.name) { $0.refusedRequests[reason, default: 0] += 1 }
    }

    private func update(_ signal: Signal, _ sender: String, _ change: (inout Entry) -> Void) {
        entries.withLock { entries in
            var key = Key(signal: signal, sender: sender)
            if entries[key] == nil, entries.count(where: { $0.key.signal == signal }) >= Self.sendersMax {
                key = Key(signal: signal, sender: "others")
            }
            change(&entries[key, default: Entry(signal: key.signal, sender: key.sender)])
        }
    }
}
