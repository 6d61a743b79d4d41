import Synchronization
import TelemetryModel

/// What became of the items of one signal.
struct ItemCounts: Sendable, Equatable {
    var sent: UInt64 = 0
    /// In requests that were answered with success, without the rejected ones.
    var accepted: UInt64 = 0
    /// Left out by the receiver of requests that it took.
    var rejected: UInt64 = 0
    /// In requests without an answer.
    var unknown: UInt64 = 0
    /// In requests that were refused, or not taken by the bound of their retries.
    var failed: UInt64 = 0

    static func + (left: ItemCounts, right: ItemCounts) -> ItemCounts {
        ItemCounts(
            sent: left.sent + right.sent, accepted: left.accepted + right.accepted,
            rejected: left.rejected + right.rejected, unknown: left.unknown + right.unknown,
            failed: left.failed + right.failed)
    }
}

/// What a run has come to so far.
struct LoadTally: Sendable {
    var items: [Signal: ItemCounts] = [:]
    var requests: UInt64 = 0
    var retries: UInt64 = 0
    /// Requests by kind of failure, retried ones left out.
    var errors: [String: UInt64] = [:]
    /// The first failure's own sentence of each kind.
    var examples: [String: String] = [:]
    /// From the due time, or without a rate from the first attempt, to success.
    var latency = LatencyHistogram()
    /// Of request bodies: before compression, and as sent with every repetition; nil when the transport compresses.
    var rawBytes: UInt64 = 0
    var wireBytes: UInt64? = 0

    var total: ItemCounts { items.values.reduce(ItemCounts(), +) }

    mutating func fail(_ failure: ExportFailure) {
        errors[failure.kind, default: 0] += 1
        if examples[failure.kind] == nil { examples[failure.kind] = failure.message }
    }
}

/// The state that the connections of a run share.
final class LoadProgress: Sendable {
    private struct State {
        var tally = LoadTally()
        var next: UInt64 = 0
        var isStopped = false
    }

    private let state = Mutex(State())

    var tally: LoadTally { state.withLock { $0.tally } }
    /// Figures for a line that is drawn often, without a copy of the histogram.
    var line: (accepted: UInt64, errors: UInt64, latencyP99: Duration?) {
        state.withLock { state in
            let tally = state.tally
            return (tally.total.accepted, tally.errors.values.reduce(0, +), tally.latency.percentile(0.99))
        }
    }

    /// Asked to end before its time.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// The number of the next request, each once.
    func claim() -> UInt64 {
        state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
    }

    func update(_ change: (inout LoadTally) -> Void) { state.withLock { change(&$0.tally) } }
}
