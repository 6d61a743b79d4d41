import Codecs
import TelemetryModel

/// What a run came to.
struct LoadReport: Sendable {
    /// What was found of the run's items in the store.
    enum Verification: Sendable, Equatable {
        case counted([Signal: StoredCount])
        /// On purpose, or because there are too many items.
        case skipped(String)
        /// It was wanted, but could not be had.
        case failed(String)
    }

    let run: RunIdentity
    let endpoint: String
    let transport: OTLPProtocol
    let compression: RequestCompression
    let shape: TraceShape
    let signals: [Signal]
    let connections: Int
    let tally: LoadTally
    let seconds: Double
    /// Items that were due and not sent, because the receiver was too slow; nil without a rate.
    let late: UInt64?
    let clientCPUSeconds: Double
    /// Of the server, from before the first request to after the flush; nil when it does not tell.
    let serverCPUSeconds: Double?
    /// How long the flush took in the server; nil when there was none.
    let flushMilliseconds: Int64?
    let verification: Verification

    var total: ItemCounts { tally.total }
    var acceptedPerSecond: Double { seconds > 0 ? Double(total.accepted) / seconds : 0 }
    var serverCPUSecondsPerMillion: Double? {
        guard let serverCPUSeconds, total.accepted > 0 else { return nil }
        return serverCPUSeconds / (Double(total.accepted) / 1_000_000)
    }

    /// Different items in the store; nil when they were not counted.
    var stored: UInt64? { sum { $0.unique } }
    /// Accepted items that are not in the store, at least: items without an answer may hide some.
    var lost: UInt64? {
        guard case .counted(let counts) = verification else { return nil }
        return signals.reduce(0) { sum, signal in
            let accepted = tally.items[signal]?.accepted ?? 0
            let unique = counts[signal]?.unique ?? 0
            return sum + (accepted > unique ? accepted - unique : 0)
        }
    }
    /// Rows beyond one for each item.
    var doubled: UInt64? { sum { $0.rows - min($0.rows, $0.unique) } }

    private func sum(_ figure: (StoredCount) -> UInt64) -> UInt64? {
        guard case .counted(let counts) = verification else { return nil }
        return counts.values.reduce(0) { $0 + figure($1) }
    }

    /// Why the run is no success; nil when it is one.
    var problem: String? {
        var parts: [String] = []
        if let lost, lost > 0 { parts.append("\(HumanText.count(lost)) accepted items are not stored") }
        if let doubled, doubled > 0 { parts.append("\(HumanText.count(doubled)) items are stored twice") }
        if case .failed(let reason) = verification { parts.append(reason) }
        if total.rejected > 0 { parts.append("\(HumanText.count(total.rejected)) items were rejected") }
        let errors = tally.errors.sorted { $0.key < $1.key }.map { kind, count in
            "\(HumanText.count(count)) × \(kind)" + (tally.examples[kind].map { " (\($0))" } ?? "")
        }
        if !errors.isEmpty { parts.append("requests failed: " + errors.joined(separator: ", ")) }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
