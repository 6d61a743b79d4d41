import Synchronization

/// Collects the ports of surfaces as they begin to listen.
final class ListeningBoard: Sendable {
    private struct State {
        var ports: [String: Int] = [:]
        var awaited: Set<String> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var ports: [String: Int] { state.withLock { $0.ports } }

    func report(_ name: String, port: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.ports[name] = port
            guard state.awaited.isSubset(of: state.ports.keys) else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when all of them listen. A surface that fails ends the service group, and its task with this one in it.
    func wait(for names: Set<String>) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isComplete = state.withLock { state in
                    if Task.isCancelled || names.isSubset(of: state.ports.keys) { return true }
                    state.awaited = names
                    state.waiter = continuation
                    return false
                }
                if isComplete { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
