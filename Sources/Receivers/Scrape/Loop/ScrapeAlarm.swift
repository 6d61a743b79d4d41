import Synchronization

/// Lets the scrape manager sleep until a time or until something has changed. A ring while it is awake is kept for its
/// next sleep.
final class ScrapeAlarm: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let sleeper = state.withLock { state in
            state.isRung = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// - Parameter nanoseconds: nil for as long as it takes. Cancellation ends the sleep, too.
    func sleep(nanoseconds: Int64?) async {
        guard let nanoseconds else { return await sleepUntilRung() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sleepUntilRung() }
            // The other one's end cuts it short by cancellation.
            group.addTask { try? await Task.sleep(for: .nanoseconds(nanoseconds), tolerance: .zero) }
            await group.next()
            group.cancelAll()
        }
    }

    private func sleepUntilRung() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
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
