import PrometheusModel
import PromQLEvaluation
import Synchronization

/// Answers a request only when it is released, or throws when the task that asked is cancelled. Answers are empty.
final class HeldSeries: SeriesSource {
    private struct State {
        var asked: [String] = []
        var isOpen = false
    }

    private let state = Mutex(State())

    /// The metric names asked for until now.
    var asked: [String] { state.withLock { $0.asked } }

    /// Answers what waits and what comes.
    func release() { state.withLock { $0.isOpen = true } }

    func select(_ request: SeriesRequest) async throws -> SeriesSet {
        let name = request.matchers.first { $0.name == Labels.nameLabel }?.value ?? ""
        state.withLock { $0.asked.append(name) }
        while !state.withLock({ $0.isOpen }) { try await Task.sleep(for: .milliseconds(1)) }
        return SeriesSet()
    }
}

/// Waits until something holds that other tasks bring about.
func until(_ condition: @Sendable () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
