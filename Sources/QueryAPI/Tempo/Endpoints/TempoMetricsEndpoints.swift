import QueryEngines

extension TempoAPI {
    func metricsRange(_ form: TempoForm) async throws -> TempoAnswer {
        let request = try TempoMetricsParameters(form).rangeRequest(now: dependencies.now())
        return .json(TempoMetricsAnswer.range(try await dependencies.queries.metrics(request)))
    }

    func metricsInstant(_ form: TempoForm) async throws -> TempoAnswer {
        let request = try TempoMetricsParameters(form).instantRequest(now: dependencies.now())
        return .json(TempoMetricsAnswer.instant(try await dependencies.queries.metrics(request)))
    }
}
