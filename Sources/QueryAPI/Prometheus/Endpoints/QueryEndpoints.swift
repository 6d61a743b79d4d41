import Codecs
import PromQL
import PromQLEvaluation
import PrometheusModel
import QueryEngines

/// Queries and what is done with their text.
extension PrometheusAPI {
    /// Points of a series in an answer.
    static let pointsMax: Int64 = 11_000

    func query(_ form: FormParameters) async throws -> PrometheusAnswer {
        let limit = try NumberParameter.limit(form)
        let time = try TimeParameter.parse(form, "time", default: dependencies.now())
        let options = try options(form)
        return try await evaluate(form, limit: limit, options: options) { () async throws(QueryError) in
            try await dependencies.queries.instant(form["query"], at: time, options)
        }
    }

    func queryRange(_ form: FormParameters) async throws -> PrometheusAnswer {
        let limit = try NumberParameter.limit(form)
        let start = try TimeParameter.parse(form["start"], name: "start")
        let end = try TimeParameter.parse(form["end"], name: "end")
        guard end >= start else {
            throw PrometheusFailure.parameter("end", "end timestamp must not be before start time")
        }
        // Below a millisecond there is no step: times are whole milliseconds.
        let step = try DurationParameter.parse(form["step"], name: "step") / 1_000_000
        guard step > 0 else {
            throw PrometheusFailure.parameter(
                "step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
        }
        let (span, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, span / step <= Self.pointsMax else {
            throw PrometheusFailure(
                .badData,
                "exceeded maximum resolution of 11,000 points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)")
        }
        let options = try options(form)
        return try await evaluate(form, limit: limit, options: options) { () async throws(QueryError) in
            try await dependencies.queries.range(form["query"], start: start, end: end, step: step, options)
        }
    }

    private func evaluate(
        _ form: FormParameters, limit: Int, options: EvaluationOptions,
        _ evaluation: @Sendable () async throws(QueryError) -> QueryResult
    ) async throws -> PrometheusAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await withTimeLimit(options.timeout) {
            try await evaluation()
        } otherwise: {
            PrometheusFailure(.timeout, "query timed out in expression evaluation")
        }
        let taken = start.duration(to: clock.now).components
        let statistics = QueryStatistics(
            seconds: Double(taken.seconds) + Double(taken.attoseconds) * 1e-18, samplesRead: result.samplesRead)
        return PrometheusAnswer(
            body: .query(
                QueryAnswer(result, limit: limit, statistics: form["stats"].isEmpty ? nil : statistics)))
    }

    private func options(_ form: FormParameters) throws(PrometheusFailure) -> EvaluationOptions {
        var options = dependencies.queries.defaults
        let timeout = form["timeout"]
        if !timeout.isEmpty {
            let nanoseconds = try DurationParameter.parse(timeout, name: "timeout")
            options.timeout = min(options.timeout, .nanoseconds(max(0, nanoseconds)))
        }
        let lookback = form["lookback_delta"]
        if !lookback.isEmpty {
            let nanoseconds: Int64
            do {
                nanoseconds = try DurationParameter.parse(lookback)
            } catch {
                throw PrometheusFailure(.badData, "error parsing lookback delta duration: \(error)")
            }
            if nanoseconds >= 1_000_000 { options.lookback = nanoseconds / 1_000_000 }
        }
        return options
    }

    func exemplars(_ form: FormParameters) async throws -> PrometheusAnswer {
        let start = try TimeParameter.parse(form, "start", default: TimeParameter.earliest)
        let end = try TimeParameter.parse(form, "end", default: TimeParameter.latest)
        guard end >= start else {
            throw PrometheusFailure(.badData, "end timestamp must not be before start timestamp")
        }
        let selectors: [[LabelMatcher]]
        do {
            selectors = QueryText.selectors(in: try QueryText.parse(form["query"]))
        } catch {
            throw PrometheusFailure(.badData, error.message)
        }
        guard !selectors.isEmpty else { return .empty }
        let found = try await dependencies.catalog.exemplars(selectors, start: start, end: end)
        return .json(
            Envelope.success { writer in
                writer.open("[")
                for (series, exemplars) in found {
                    writer.separate()
                    writer.raw("{\"seriesLabels\":")
                    writer.labels(series)
                    writer.raw(",\"exemplars\":[")
                    for exemplar in exemplars {
                        writer.separate()
                        writer.raw("{\"labels\":")
                        writer.labels(exemplar.labels)
                        writer.raw(",\"value\":")
                        writer.sample(exemplar.value)
                        writer.raw(",\"timestamp\":")
                        writer.time(exemplar.time)
                        writer.raw("}")
                    }
                    writer.raw("]}")
                }
                writer.close("]")
            })
    }

    func formatQuery(_ form: FormParameters) throws -> PrometheusAnswer {
        let text = QueryText.format(try parsed(form))
        return .json(Envelope.success { $0.string(text) })
    }

    func parseQuery(_ form: FormParameters) throws -> PrometheusAnswer {
        let expression = try parsed(form)
        return .json(Envelope.success { ParsedQueryAnswer.write(expression, into: &$0) })
    }

    private func parsed(_ form: FormParameters) throws(PrometheusFailure) -> Expression {
        do {
            return try QueryText.parse(form["query"])
        } catch {
            throw .parameter("query", error.message)
        }
    }
}

/// Runs work, and cancels it when it takes longer than the limit.
///
/// - Throws: what the work throws, or what `otherwise` makes when the time was over first.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ work: @Sendable () async throws -> Value, otherwise: @Sendable () -> PrometheusFailure
) async throws -> Value {
    guard limit > .zero else { throw otherwise() }
    return try await withoutActuallyEscaping(work) { work in
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw otherwise() }
            return value
        }
    }
}
