import Synchronization
package import TelemetryModel

/// Hands blocks of log records that were stored to who follows them.
package final class LogArrivals: Sendable {
    /// Followers at a time: each costs a flush the time that it looks at the block.
    package static let followersMax = 32

    /// Called by the task that stores, after the block can be queried and before its memory is used again; what it does
    /// delays the next block, so it bounds its time itself and never waits for who receives the rows.
    package typealias Follower = @Sendable (LogBlock) async -> Void

    private struct State {
        var followers: [UInt64: Follower] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Every block that is stored from now on is handed to the follower, in order.
    ///
    /// - Returns: what `remove` takes; nil when there are as many followers as may be.
    package func add(_ follower: @escaping Follower) -> UInt64? {
        state.withLock { state in
            guard state.followers.count < Self.followersMax else { return nil }
            state.next += 1
            state.followers[state.next] = follower
            return state.next
        }
    }

    package func remove(_ follower: UInt64) { state.withLock { _ = $0.followers.removeValue(forKey: follower) } }

    func deliver(_ logs: LogBlock) async {
        guard logs.rows > 0 else { return }
        for follower in state.withLock({ $0.followers.sorted { $0.key < $1.key }.map(\.value) }) {
            await follower(logs)
        }
    }
}
