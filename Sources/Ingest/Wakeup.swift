import Synchronization

/// Lets one task sleep until it is woken, or until a time has passed. A wake-up while nobody sleeps is kept for the next
/// sleep.
final class Wakeup: Sendable {
    private struct State {
        var isPending = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func wake() {
        let sleeper = state.withLock { state in
            state.isPending = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// - Parameter time: nil for as long as it takes. Cancellation ends the sleep, too.
    func sleep(for time: Duration?) async {
        guard let time else { return await sleepUntilWoken() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sleepUntilWoken() }
            // Cut short by cancellation when the other one ends first.
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
    }

    private func sleepUntilWoken() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if state.isPending || Task.isCancelled {
                        state.isPending = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }
}
