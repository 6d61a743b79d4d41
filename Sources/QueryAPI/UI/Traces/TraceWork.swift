import PromQLEvaluation
import QueryEngines
import TelemetryModel

/// Runs what takes long over a trace on a thread of its own, a few at a time.
struct TraceWork: Sendable {
    /// Below this, in spans, work takes less than a few milliseconds and stays where it is.
    static let inlineSpansMax = 5000
    static let widthDefault = 4
    static let waitersMax = 256

    private let gate: QueryGate

    init(width: Int = widthDefault) {
        gate = QueryGate(width: width, waitersMax: Self.waitersMax)
    }

    /// - Parameter spans: about how many the work looks at.
    func run<Value: Sendable>(_ spans: Int, _ work: @escaping @Sendable () -> Value) async throws -> Value {
        guard spans > Self.inlineSpansMax else { return work() }
        switch await gate.enter() {
        case .entered: break
        case .full: throw TraceQueryError(.overloaded, "too much is computed already; try again later")
        case .cancelled: throw CancellationError()
        }
        defer { gate.leave() }
        return await EvaluationThread.run(work)
    }
}
