import Synchronization

/// Ends a query, wherever its work is done: an evaluation on its own thread is in no task whose cancellation it could
/// see.
final class QueryControl: Sendable {
    /// Where a query is, in the words of its errors.
    enum Phase: String {
        case queue = "query queue"
        case reading = "query execution"
        case evaluation = "expression evaluation"
    }

    enum Ending: UInt8 {
        case cancelled = 1
        case timedOut = 2
    }

    let deadline: ContinuousClock.Instant
    /// An `Ending`, or 0; the first one stays.
    private let ending = Atomic<UInt8>(0)

    init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    func end(_ how: Ending) {
        _ = ending.compareExchange(expected: 0, desired: how.rawValue, ordering: .relaxed)
    }

    /// What the query ends with, if it is to end.
    func error(in phase: Phase) -> QueryError? {
        switch Ending(rawValue: ending.load(ordering: .relaxed)) {
        case .cancelled: QueryError(.cancelled, "query was canceled in \(phase.rawValue)")
        case .timedOut: QueryError(.timeout, "query timed out in \(phase.rawValue)")
        case nil: nil
        }
    }

    /// - Throws: when the query was cancelled or its time is over.
    func check(_ phase: Phase) throws(QueryError) {
        // Not left to the timer alone: it may come late when all processors are busy.
        if ContinuousClock.now >= deadline { end(.timedOut) }
        if let error = error(in: phase) { throw error }
    }

    /// Does work in a task that is cancelled when the query's time is over.
    func limiting(
        _ work: @escaping @Sendable () async -> Result<QueryResult, QueryError>
    ) async -> Result<QueryResult, QueryError> {
        await withTaskGroup(of: Result<QueryResult, QueryError>?.self) { group in
            group.addTask { await work() }
            group.addTask {
                do { try await Task.sleep(until: self.deadline, clock: .continuous) } catch { return nil }
                self.end(.timedOut)
                return nil
            }
            var answer: Result<QueryResult, QueryError>?
            for await outcome in group {
                answer = answer ?? outcome
                group.cancelAll()
            }
            return answer ?? .failure(error(in: .reading) ?? QueryError(.cancelled, "query was canceled"))
        }
    }
}
