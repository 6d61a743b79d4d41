package import PromQL
import PrometheusModel

/// Evaluates PromQL over a source of series.
///
/// A query is parsed, planned, its samples are fetched (each distinct selector once), and then evaluated without
/// waiting for anything, on a thread of its own unless it is small. Cancelling the caller ends it everywhere.
package struct PromQLEngine: Sendable {
    package let source: any SeriesSource
    package var options: EvaluationOptions
    /// Copies of an engine share it.
    package let capacity: QueryCapacity

    /// - Parameter capacity: nil for one that only this engine and its copies share.
    package init(
        source: any SeriesSource, options: EvaluationOptions = EvaluationOptions(), capacity: QueryCapacity? = nil
    ) {
        self.source = source
        self.options = options
        self.capacity = capacity ?? QueryCapacity(queriesMax: options.queriesMax)
    }

    /// The same engine, in what it reads and how much it takes on, with other options.
    package func with(_ options: EvaluationOptions) -> PromQLEngine {
        var engine = self
        engine.options = options
        return engine
    }

    /// Evaluates at one time (milliseconds since the Unix epoch).
    package func instant(_ query: String, at time: Int64) async throws(QueryError) -> QueryResult {
        let expression = try parse(query)
        return try await run(expression, query, on: TimeGrid(start: time, step: 1, count: 1), step: 0)
    }

    /// Evaluates at start, start + step, … up to end.
    package func range(_ query: String, start: Int64, end: Int64, step: Int64) async throws(QueryError) -> QueryResult {
        let expression = try parse(query)
        guard expression.type == .scalar || expression.type == .vector else {
            throw QueryError(
                .invalid,
                "invalid expression type \"\(expression.type.rawValue)\" for range query, must be Scalar or instant Vector",
                range: expression.range)
        }
        let times = TimeGrid(from: start, through: end, step: step)
        return try await run(expression, query, on: times, step: max(step, 1), isRange: true)
    }

    /// Evaluates a tree that was not parsed but made: of another language's query. `text` stands for it in messages.
    ///
    /// - Parameter step: nil evaluates at `start` only.
    package func evaluate(
        _ expression: Expression, text: String, start: Int64, end: Int64, step: Int64?
    ) async throws(QueryError) -> QueryResult {
        guard let step else {
            return try await run(expression, text, on: TimeGrid(start: start, step: 1, count: 1), step: 0)
        }
        let times = TimeGrid(from: start, through: end, step: step)
        return try await run(expression, text, on: times, step: max(step, 1), isRange: true)
    }

    private func parse(_ query: String) throws(QueryError) -> Expression {
        do {
            return try PromQLParser.parse(
                query,
                options: ParserOptions(
                    experimentalFunctions: options.experimental,
                    experimentalDurationExpressions: options.experimental))
        } catch {
            throw QueryError(.invalid, error.message, range: error.range)
        }
    }

    private func run(
        _ expression: Expression, _ query: String, on times: TimeGrid, step: Int64, isRange: Bool = false
    ) async throws(QueryError) -> QueryResult {
        let control = QueryControl(deadline: ContinuousClock.now.advanced(by: options.timeout))
        var planner = Planner(times: times, step: step, defaultSubqueryStep: options.defaultSubqueryStep)
        let plan = try planner.plan(expression)
        var requests = PlanRequests(step: step, options)
        try requests.collect(plan, on: times)
        let planned = PlannedQuery(
            text: query, expression: expression, plan: plan, requests: requests, times: times, isRange: isRange,
            samplesMax: options.samplesMax, control: control)
        let answer = await withTaskCancellationHandler {
            // What reads nothing and computes little waits for nobody.
            if requests.requests.isEmpty, planned.cost(with: []) <= PlannedQuery.smallCost {
                return planned.answer(from: [])
            }
            return await control.limiting { await self.answer(planned) }
        } onCancel: {
            control.end(.cancelled)
        }
        return try answer.get()
    }

    /// Waits for its turn, reads, and evaluates.
    private func answer(_ query: PlannedQuery) async -> Result<QueryResult, QueryError> {
        do throws(QueryError) {
            try await enter(capacity.queries, query.control)
            defer { capacity.queries.leave() }
            let data = try await fetch(query.requests.requests, query.control)
            let cost = query.cost(with: data)
            if cost <= PlannedQuery.smallCost { return query.answer(from: data) }
            if cost <= PlannedQuery.heavyCost { return await EvaluationThread.run { query.answer(from: data) } }
            try await enter(capacity.evaluations, query.control)
            defer { capacity.evaluations.leave() }
            return await EvaluationThread.run { query.answer(from: data) }
        } catch {
            return .failure(error)
        }
    }

    /// - Throws: when the query ends before its turn, or too many wait; otherwise the gate has to be left.
    private func enter(_ gate: QueryGate, _ control: QueryControl) async throws(QueryError) {
        try control.check(.queue)
        switch await gate.enter() {
        case .entered: break
        // Of the kind that clients try again later.
        case .full: throw QueryError(.timeout, "query queue is full, try again later")
        case .cancelled: throw control.error(in: .queue) ?? QueryError(.cancelled, "query was canceled in query queue")
        }
        if let error = control.error(in: .queue) {
            gate.leave()
            throw error
        }
    }

    /// The answers to requests, one after the other, so that all of them together stay within the limit of samples.
    private func fetch(
        _ requests: [SeriesRequest], _ control: QueryControl
    ) async throws(QueryError) -> [SeriesSet] {
        var sets: [SeriesSet] = []
        var left = options.samplesMax
        for var request in requests {
            try control.check(.reading)
            request.hints.samplesMax = left
            let set: SeriesSet
            do {
                set = try await source.select(request)
            } catch {
                // A read that was cut off may say so in any words.
                if let ending = control.error(in: .reading) { throw ending }
                if let error = error as? QueryError { throw error }
                if error is CancellationError {
                    throw QueryError(.cancelled, "query was canceled in \(QueryControl.Phase.reading.rawValue)")
                }
                throw QueryError(.storage, "expanding series: \(error)")
            }
            guard set.sampleCount <= left else { throw SampleBudget.tooManySamples() }
            left -= set.sampleCount
            sets.append(set)
        }
        return sets
    }
}
