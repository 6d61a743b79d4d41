import Dispatch

/// Runs blocking calls on threads of their own, away from event loops and the cooperative pool.
///
/// - Bound: `EmbeddedEngine` lets at most `EngineLimits.statementsMax` statements in, so there are never more threads.
struct BlockingWork: Sendable {
    private let queue = DispatchQueue(label: "martlet.engine", attributes: .concurrent)

    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try work() })
            }
        }
    }
}
