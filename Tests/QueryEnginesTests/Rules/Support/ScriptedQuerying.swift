import PrometheusModel
import PromQLEvaluation
import QueryEngines
import Synchronization

/// Answers queries from a table.
final class ScriptedQuerying: RuleQuerying {
    private struct State {
        var vectors: [String: [(labels: Labels, value: Double)]] = [:]
        var failures: [String: String] = [:]
        var newest: [VectorSample] = []
        var asked: [(query: String, time: Int64)] = []
        var matchers: [LabelMatcher] = []
        var span: ClosedRange<Int64> = 0...0
    }

    private let state = Mutex(State())

    func set(_ query: String, _ vector: [(labels: Labels, value: Double)]) {
        state.withLock { state in
            state.vectors[query] = vector
            state.failures[query] = nil
        }
    }

    func fail(_ query: String, _ message: String) { state.withLock { $0.failures[query] = message } }

    func setNewest(_ samples: [VectorSample]) { state.withLock { $0.newest = samples } }

    var asked: [(query: String, time: Int64)] { state.withLock { $0.asked } }
    var matchers: [LabelMatcher] { state.withLock { $0.matchers } }
    var span: ClosedRange<Int64> { state.withLock { $0.span } }

    func instant(_ query: String, at time: Int64) async throws -> [VectorSample] {
        try state.withLock { state in
            state.asked.append((query, time))
            if let message = state.failures[query] { throw RuleFailure(message) }
            return (state.vectors[query] ?? []).map { VectorSample(labels: $0.labels, time: time, value: $0.value) }
        }
    }

    func newest(_ matchers: [LabelMatcher], startExclusive: Int64, end: Int64) async throws -> [VectorSample] {
        state.withLock { state in
            state.matchers = matchers
            state.span = startExclusive...end
            return state.newest.filter { sample in matchers.allSatisfy { $0.matches(sample.labels) } }
        }
    }
}
