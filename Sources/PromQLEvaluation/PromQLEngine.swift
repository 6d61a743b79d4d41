import PromQL
import PrometheusModel

/// Evaluates PromQL over a source of series.
///
/// A query is parsed, planned, its samples are fetched (each distinct selector once), and then evaluated without
/// waiting for anything.
package struct PromQLEngine: Sendable {
    package let source: any SeriesSource
    package var options: EvaluationOptions

    package init(source: any SeriesSource, options: EvaluationOptions = EvaluationOptions()) {
        self.source = source
        self.options = options
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
        guard times.count <= options.samplesMax else { throw SampleBudget.tooManySamples() }
        return try await run(expression, query, on: times, step: max(step, 1), isRange: true)
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
        let deadline = ContinuousClock.now.advanced(by: options.timeout)
        var planner = Planner(times: times, step: step, defaultSubqueryStep: options.defaultSubqueryStep)
        let plan = try planner.plan(expression)
        var requests = PlanRequests(lookback: options.lookback, step: step)
        requests.collect(plan, on: times)
        let data = try await fetch(requests.requests)
        let budget = SampleBudget(samplesMax: options.samplesMax, deadline: deadline)
        try budget.check()
        let evaluator = Evaluator(query: query, data: data, requests: requests, budget: budget)
        let value = try evaluator.result(of: plan, expression, on: times, isRange: isRange)
        var warnings = evaluator.notes.texts(.warning, in: query)
        warnings += Set(data.flatMap(\.warnings)).sorted()
        return QueryResult(
            value: value, warnings: warnings, infos: evaluator.notes.texts(.info, in: query),
            samplesRead: data.reduce(0) { $0 + $1.sampleCount })
    }

    /// The answers to requests, several asked at once.
    private func fetch(_ requests: [SeriesRequest]) async throws(QueryError) -> [SeriesSet] {
        do {
            if requests.count < 2 {
                var sets: [SeriesSet] = []
                for request in requests { sets.append(try await source.select(request)) }
                try checkSize(sets)
                return sets
            }
            return try await withThrowingTaskGroup(of: (Int, SeriesSet).self) { group in
                for (index, request) in requests.enumerated() {
                    group.addTask { (index, try await source.select(request)) }
                }
                var sets = Array(repeating: SeriesSet(), count: requests.count)
                for try await (index, set) in group {
                    sets[index] = set
                    try checkSize(sets)
                }
                return sets
            }
        } catch let error as QueryError {
            throw error
        } catch is CancellationError {
            throw QueryError(.cancelled, "query was canceled in query execution")
        } catch {
            throw QueryError(.storage, "expanding series: \(error)")
        }
    }

    private func checkSize(_ sets: [SeriesSet]) throws(QueryError) {
        guard sets.reduce(0, { $0 + $1.sampleCount }) <= options.samplesMax else {
            throw SampleBudget.tooManySamples()
        }
    }
}
