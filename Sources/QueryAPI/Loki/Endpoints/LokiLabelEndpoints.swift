import Codecs
import TelemetryModel
import LogQL
import PrometheusModel
import QueryEngines

/// Names and values of labels, and streams.
///
/// - Spec: Grafana Loki, "Query labels", "Query label values", "Query streams".
extension LokiAPI {
    /// Without a start these look at six hours.
    private func labelRange(_ form: LokiForm) throws -> LogTimeRange {
        try form.bounds(now: dependencies.now(), since: 6 * LokiLimits.hour)
    }

    func labels(_ form: LokiForm) async throws -> LokiAnswer {
        let range = try labelRange(form)
        let names = try await dependencies.queries.labelNames(try form.matchers(isOptional: true), range)
        return .success { $0.list(names) }
    }

    func labelValues(_ name: String, _ form: LokiForm) async throws -> LokiAnswer {
        let range = try labelRange(form)
        let values = try await dependencies.queries.labelValues(name, try form.matchers(isOptional: true), range)
        return .success { $0.list(values) }
    }

    func series(_ form: LokiForm) async throws -> LokiAnswer {
        let range = try form.bounds(now: dependencies.now())
        let texts = form.all("match[]") + form.all("match")
        guard texts.count <= LokiLimits.selectorsMax else {
            throw LokiFailure(.overLimit, "\(texts.count) selectors, limit is \(LokiLimits.selectorsMax)")
        }
        var selectors: [[LabelMatcher]] = []
        for text in texts { selectors.append(try LogQLParser.parseMatchers(text, allowsAll: true)) }
        // One that means everything leaves nothing for the others to say.
        if selectors.contains(where: \.isEmpty) { selectors = [] }
        let streams = try await dependencies.queries.series(selectors, range)
        return .success { writer in
            writer.open("[")
            for stream in streams {
                writer.separate()
                writer.labels(stream)
            }
            writer.close("]")
        }
    }
}
