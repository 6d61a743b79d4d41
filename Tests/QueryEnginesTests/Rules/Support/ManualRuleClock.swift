import QueryEngines
import Synchronization

/// A clock that is set by hand.
final class ManualRuleClock: RuleClock {
    private struct State {
        var now: Int64
        var nextID = 0
        var sleepers: [Int: (time: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state: Mutex<State>

    init(_ now: Int64 = 0) { state = Mutex(State(now: now)) }

    func now() -> Int64 { state.withLock { $0.now } }

    /// The times that are slept for.
    var wakeTimes: [Int64] { state.withLock { $0.sleepers.values.map(\.time).sorted() } }

    /// Returns when so many tasks sleep until a time.
    func waitForSleepers(_ count: Int = 1) async {
        while wakeTimes.count < count { await Task.yield() }
    }

    func set(_ time: Int64) {
        let due = state.withLock { state in
            state.now = time
            let due = state.sleepers.filter { $0.value.time <= time }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    func sleep(until time: Int64) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if time <= state.now || Task.isCancelled { return true }
                    state.sleepers[id] = (time, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume()
        }
    }
}
