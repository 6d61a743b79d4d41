import Synchronization

/// Lets a fixed number in at a time and a fixed number wait, first come first served.
package final class QueryGate: Sendable {
    package enum Entry: Sendable {
        /// The caller is in, and has to `leave()`.
        case entered
        /// As many wait as may.
        case full
        /// The task was cancelled before its turn came.
        case cancelled
    }

    private struct State {
        var free: Int
        var nextID: UInt64 = 0
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Entry, Never>)] = []
    }

    private let state: Mutex<State>
    private let width: Int
    private let waitersMax: Int

    package init(width: Int, waitersMax: Int) {
        self.width = max(1, width)
        self.waitersMax = waitersMax
        state = Mutex(State(free: self.width))
    }

    /// How many wait, and how many are in.
    package var counts: (waiting: Int, inside: Int) { state.withLock { ($0.waiters.count, width - $0.free) } }

    package func enter() async -> Entry {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Entry, Never>) in
                let entry: Entry? = state.withLock { state in
                    // Cancelled before the lock was taken: the handler finds nobody to wake.
                    if Task.isCancelled { return .cancelled }
                    if state.free > 0 {
                        state.free -= 1
                        return .entered
                    }
                    guard state.waiters.count < waitersMax else { return .full }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let entry { continuation.resume(returning: entry) }
            }
        } onCancel: {
            abandon(id)
        }
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Entry, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.free += 1
            return nil
        }
        next?.resume(returning: .entered)
    }

    private func abandon(_ id: UInt64) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
        }
        waiter?.resume(returning: .cancelled)
    }
}
