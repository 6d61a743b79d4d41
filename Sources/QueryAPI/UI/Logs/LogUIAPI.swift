import LogQL
import PrometheusModel
import QueryEngines
import TelemetryModel

/// Answers the page's questions about logs, knowing nothing of sockets.
struct LogUIAPI: Sendable {
    let dependencies: LogUIDependencies

    struct Question: Sendable {
        var endpoint: LogUIEndpoint
        /// What stands for `{id}` in the path.
        var id = ""
        /// What follows the `?` of the URL.
        var query: String?
    }

    func answer(_ question: Question) async -> TraceUIAnswer {
        do {
            try checkReady()
            let parameters = try LogUIParameters(question.query)
            switch question.endpoint {
            case .logs: return try await logs(parameters)
            case .patterns: return try await patterns(parameters)
            case .ofTrace: return try await logs(ofTrace: question.id, parameters)
            }
        } catch {
            return .failure(LogUIFailure.of(error))
        }
    }

    private func checkReady() throws(TraceUIFailure) {
        guard dependencies.isReady() else { throw TraceUIFailure(.unavailable, "the server is starting") }
    }

    /// `query`, `start`, `end`, `direction` (backward), and `limit` of lines or `step` of series.
    private func logs(_ parameters: LogUIParameters) async throws -> TraceUIAnswer {
        let range = try parameters.range(now: dependencies.now())
        switch try parameters.query() {
        case .log(let selection): return try await lines(selection, range, parameters)
        case .metric(let expression):
            let step = try parameters.step(range)
            await dependencies.freshen()
            let result = try await dependencies.queries.metrics(
                LogMetricsRequest(expression: expression, start: range.start, end: range.end, step: step))
            return .json { $0.logSeries(result) }
        }
    }

    /// The same for the lines of a trace, over all times unless they are given; `query` may narrow them down.
    private func logs(ofTrace text: String, _ parameters: LogUIParameters) async throws -> TraceUIAnswer {
        guard let id = LogTraceID.parse(text) else {
            throw TraceUIFailure(
                .invalid, "a trace id is 1 to 32 hex digits and not zero, a UUID, or 16 bytes in base64")
        }
        var selection = try parameters.selection()
        selection.stages.insert(.labelFilter(.matcher(LabelMatcher(equal: "trace_id", id.hex))), at: 0)
        return try await lines(selection, try parameters.rangeOfAll(now: dependencies.now()), parameters)
    }

    private func lines(
        _ selection: LogSelection, _ range: LogTimeRange, _ parameters: LogUIParameters
    ) async throws -> TraceUIAnswer {
        let request = LogSelectRequest(
            selection: selection, range: range,
            limit: try parameters.count("limit", default: LogUILimits.entriesDefault, max: LogUILimits.entriesMax),
            direction: try parameters.direction())
        await dependencies.freshen()
        let result = try await dependencies.queries.select(request)
        return .json { $0.logEntries(result) }
    }

    private func patterns(_ parameters: LogUIParameters) async throws -> TraceUIAnswer {
        let range = try parameters.range(now: dependencies.now())
        let request = LogPatternsRequest(
            selection: try parameters.selection(), range: range, step: try parameters.step(range),
            limit: try parameters.count("limit", default: LogUILimits.patternsDefault, max: LogUILimits.patternsMax))
        await dependencies.freshen()
        let result = try await dependencies.queries.patterns(request)
        return .json { $0.logPatterns(result) }
    }

    /// What a tail follows: `query`, and `start` and `limit` for the stored lines that come first.
    func tail(_ query: String?) throws(TraceUIFailure) -> LogTailRequest {
        try checkReady()
        let parameters = try LogUIParameters(query)
        return LogTailRequest(
            selection: try parameters.selection(),
            start: try parameters.time("start") ?? dependencies.now().nanoseconds - LogUILimits.rangeDefault,
            limit: try parameters.count("limit", default: LogUILimits.tailDefault, max: LogUILimits.entriesMax))
    }
}
