import Synchronization

/// Says once and for all that something is to stop, or has stopped.
final class StopSignal: Sendable {
    private struct State {
        var isSet = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    var isSet: Bool { state.withLock { $0.isSet } }

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the signal is set, or the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSet || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume()
        }
    }

    /// Sleeps by a clock.
    ///
    /// - Returns: whether the time has come; false when the signal or a cancellation came first.
    func sleep(until time: Int64, on clock: any RuleClock) async -> Bool {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await clock.sleep(until: time) }
            tasks.addTask { await self.wait() }
            await tasks.next()
            tasks.cancelAll()
        }
        return !isSet && !Task.isCancelled
    }
}
