import Synchronization
import TelemetryModel

/// The times of arrival of the blocks of one table that this process has stored, in the order in which they were: what an
/// answer that was kept must look at again.
package final class BlockArrivals: Sendable {
    package enum Since: Sendable, Equatable {
        case nothing
        /// The earliest arrival of a row that was stored since then, nanoseconds.
        case from(Int64)
        /// It is too long ago.
        case unknown
    }

    /// Blocks remembered: some hours under steady load.
    private static let blocksMax = 4_096

    private struct State {
        var sequence = 0
        /// Of the last blocks, the newest at the end.
        var earliest: [Int64] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Blocks stored so far.
    package var sequence: Int { state.withLock(\.sequence) }

    /// What came after the first `sequence` blocks.
    package func since(_ sequence: Int) -> Since {
        state.withLock { state in
            let news = state.sequence - sequence
            guard news > 0 else { return .nothing }
            guard news <= state.earliest.count, let earliest = state.earliest.suffix(news).min() else {
                return .unknown
            }
            return .from(earliest)
        }
    }

    /// Called when a block can be queried.
    func note(_ times: FixedColumn<Timestamp>) {
        guard times.count > 0 else { return }
        var earliest = Int64.max
        for row in 0..<times.count { earliest = min(earliest, times[row].nanoseconds) }
        state.withLock { state in
            state.sequence += 1
            state.earliest.append(earliest)
            if state.earliest.count > 2 * Self.blocksMax { state.earliest.removeFirst(Self.blocksMax) }
        }
    }
}
