import PrometheusModel
import PromQLEvaluation
import Testing

/// What holds for several queries at once, and for those that nobody waits for any more.
@Suite(.timeLimit(.minutes(1))) struct QueryCapacityTests {
    /// A minute of computing at least: a sort of some hundred thousand values at each of a thousand steps.
    private static let endless = "quantile_over_time(0.5, (up or vector(1))[5d:1s])"

    private static func start(
        _ query: String, _ engine: PromQLEngine
    ) -> Task<Result<QueryResult, QueryError>, Never> {
        Task {
            do throws(QueryError) {
                return .success(try await engine.range(query, start: 0, end: 999_000, step: 1000))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func failure(_ task: Task<Result<QueryResult, QueryError>, Never>) async -> QueryError? {
        guard case .failure(let error) = await task.value else { return nil }
        return error
    }

    @Test func queriesBeyondTheLimitWaitAndComeInTheirOrder() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source, capacity: QueryCapacity(queriesMax: 1))
        // Options of its own, the capacity of all.
        let other = engine.with(EvaluationOptions())
        var tasks = [Self.start("a", engine)]
        try await until { source.asked == ["a"] }
        for (number, name) in ["b", "c", "d"].enumerated() {
            tasks.append(Self.start(name, other))
            try await until { engine.capacity.queries.counts.waiting == number + 1 }
        }
        #expect(source.asked == ["a"])
        source.release()
        for task in tasks { _ = try await task.value.get() }
        #expect(source.asked == ["a", "b", "c", "d"])
        #expect(engine.capacity.queries.counts == (0, 0))
    }

    @Test func aQueryCancelledWhileItWaitsIsNeverStarted() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source, capacity: QueryCapacity(queriesMax: 1))
        let first = Self.start("a", engine)
        try await until { source.asked == ["a"] }
        let second = Self.start("b", engine)
        try await until { engine.capacity.queries.counts.waiting == 1 }
        second.cancel()
        let error = await Self.failure(second)
        #expect(error?.kind == .cancelled)
        #expect(error?.message == "query was canceled in query queue")
        source.release()
        _ = try await first.value.get()
        #expect(source.asked == ["a"])
    }

    @Test func waitingCountsTowardsTheTimeout() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source, capacity: QueryCapacity(queriesMax: 1))
        let first = Self.start("a", engine)
        try await until { source.asked == ["a"] }
        var options = EvaluationOptions()
        options.timeout = .milliseconds(20)
        let error = await Self.failure(Self.start("b", engine.with(options)))
        #expect(error?.kind == .timeout)
        #expect(error?.message == "query timed out in query queue")
        source.release()
        _ = try await first.value.get()
        #expect(source.asked == ["a"])
    }

    @Test func aFullQueueRefuses() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source, capacity: QueryCapacity(queriesMax: 1, waitersMax: 0))
        let first = Self.start("a", engine)
        try await until { source.asked == ["a"] }
        let error = await Self.failure(Self.start("b", engine))
        #expect(error?.kind == .timeout)
        #expect(error?.message == "query queue is full, try again later")
        source.release()
        _ = try await first.value.get()
    }

    @Test func whatReadsNothingWaitsForNobody() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source, capacity: QueryCapacity(queriesMax: 1, waitersMax: 0))
        let first = Self.start("a", engine)
        try await until { source.asked == ["a"] }
        let value = try await engine.number("1 + 1", at: 0)
        #expect(value == 2)
        source.release()
        _ = try await first.value.get()
    }

    /// More of them than the pool of tasks has threads.
    @Test func heavyEvaluationsKeepNothingElseFromRunningAndEndWhenTheyAreCancelled() async throws {
        let series = FixedSeries(minutes: [(["__name__": "up"], [1, 2, 3])])
        let engine = PromQLEngine(source: series, capacity: QueryCapacity(evaluationsMax: 2))
        let heavy = (0..<16).map { _ in Self.start(Self.endless, engine) }
        try await until { engine.capacity.evaluations.counts == (14, 2) }
        let light = try await engine.number("sum(up)", at: 60_000)
        #expect(light == 2)
        for task in heavy { task.cancel() }
        for task in heavy {
            let error = await Self.failure(task)
            #expect(error?.kind == .cancelled)
        }
        #expect(engine.capacity.evaluations.counts == (0, 0))
        #expect(engine.capacity.queries.counts == (0, 0))
    }

    @Test func anEvaluationOnItsOwnThreadEndsWithItsTime() async throws {
        let series = FixedSeries(minutes: [(["__name__": "up"], [1, 2, 3])])
        var options = EvaluationOptions()
        options.timeout = .milliseconds(300)
        let error = await Self.failure(Self.start(Self.endless, PromQLEngine(source: series, options: options)))
        #expect(error?.kind == .timeout)
        #expect(error?.message == "query timed out in expression evaluation")
    }

    @Test func theTimeoutCutsOffASlowRead() async throws {
        let source = HeldSeries()
        var options = EvaluationOptions()
        options.timeout = .milliseconds(20)
        let error = await Self.failure(Self.start("a", PromQLEngine(source: source, options: options)))
        #expect(error?.kind == .timeout)
        #expect(error?.message == "query timed out in query execution")
    }

    @Test func aCancelledQueryCancelsItsRead() async throws {
        let source = HeldSeries()
        let engine = PromQLEngine(source: source)
        let task = Self.start("a", engine)
        try await until { source.asked == ["a"] }
        task.cancel()
        let error = await Self.failure(task)
        #expect(error?.kind == .cancelled)
        #expect(error?.message == "query was canceled in query execution")
        #expect(engine.capacity.queries.counts == (0, 0))
    }
}
