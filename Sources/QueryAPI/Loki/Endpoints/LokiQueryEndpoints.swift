import TelemetryModel
import LogQL
import QueryEngines

/// Queries at a time and over a range.
///
/// - Spec: Grafana Loki, "Query logs at a single point in time", "Query logs within a range of time".
extension LokiAPI {
    /// A metric query is evaluated at `time`. A query of lines, which Loki refuses here since version 3, is answered
    /// with those of the hour up to `time`, as Grafana's plugin still reads them.
    func query(_ form: LokiForm, _ categorizesLabels: Bool) async throws -> LokiAnswer {
        let limit = try form.limit()
        let time: Int64
        if let text = form["time"] {
            // Without the name of the parameter, as Loki says it.
            switch LokiTime.parse(text) {
            case .success(let value): time = value
            case .failure(let failure): throw LokiFailure(.invalid, failure.reason)
            }
        } else {
            time = dependencies.now()
        }
        let direction = try form.direction()
        switch try form.query() {
        case .log(let selection):
            // The line at the time itself is in the answer.
            let range = LogTimeRange(start: time - LokiLimits.hour, end: time + 1)
            return try await lines(
                LogSelectRequest(selection: selection, range: range, limit: limit, direction: direction),
                categorizesLabels)
        case .metric(let expression):
            let result = try await dependencies.queries.metrics(
                LogMetricsRequest(expression: expression, start: time, end: time, step: 0))
            return LokiAnswer(
                body: .pieces(LokiMetricsAnswer(result, as: result.isScalar ? .scalar : .vector)))
        }
    }

    func queryRange(_ form: LokiForm, _ categorizesLabels: Bool) async throws -> LokiAnswer {
        let range = try form.orderedBounds(now: dependencies.now())
        let limit = try form.limit()
        let direction = try form.direction()
        let step = try form.step(range)
        let interval = try form.interval()
        switch try form.query() {
        case .log(let selection):
            return try await lines(
                LogSelectRequest(
                    selection: selection, range: range, limit: limit, direction: direction, interval: interval),
                categorizesLabels)
        case .metric(let expression):
            let result = try await dependencies.queries.metrics(
                LogMetricsRequest(expression: expression, start: range.start, end: range.end, step: step))
            return LokiAnswer(body: .pieces(LokiMetricsAnswer(result, as: .matrix)))
        }
    }

    private func lines(_ request: LogSelectRequest, _ categorizesLabels: Bool) async throws -> LokiAnswer {
        let result = try await dependencies.queries.select(request)
        return LokiAnswer(body: .pieces(LokiStreamsAnswer(result, categorizesLabels: categorizesLabels)))
    }
}
