import Codecs
import PromQL
import PrometheusModel
import QueryEngines

/// Which series, labels and metrics there are.
extension PrometheusAPI {
    func series(_ form: FormParameters) async throws -> PrometheusAnswer {
        guard !form.all("match[]").isEmpty else { throw PrometheusFailure(.badData, "no match[] parameter provided") }
        let limit = try NumberParameter.limit(form)
        let (start, end) = try span(form)
        let selectors: [[LabelMatcher]]
        do {
            selectors = try SelectorParameter.parse(form.all("match[]"))
        } catch {
            throw PrometheusFailure.parameter("match[]", error.message)
        }
        guard start <= end else { return .json(Envelope.success { $0.raw("[]") }) }
        let found = try await dependencies.catalog.series(selectors, start: start, end: end, limit: limit)
        return .json(
            Envelope.success(warnings: Self.warnings(found)) { writer in
                writer.open("[")
                for labels in found.elements {
                    writer.separate()
                    writer.labels(labels)
                }
                writer.close("]")
            })
    }

    func labels(_ form: FormParameters) async throws -> PrometheusAnswer {
        let limit = try NumberParameter.limit(form)
        let (start, end) = try span(form)
        let selectors = try SelectorParameter.parse(form.all("match[]"))
        guard start <= end else { return .json(Envelope.success { $0.raw("[]") }) }
        return Self.list(
            try await dependencies.catalog.labelNames(selectors, start: start, end: end, limit: limit))
    }

    func labelValues(_ name: String, _ form: FormParameters) async throws -> PrometheusAnswer {
        let name = EscapedName.unescaped(try FormParameters.decodedPathPart(name[...]))
        guard !name.isEmpty else {
            throw PrometheusFailure(.badData, "invalid label name: \(LabelName.quoted(name))")
        }
        let limit = try NumberParameter.limit(form)
        let (start, end) = try span(form)
        let selectors = try SelectorParameter.parse(form.all("match[]"))
        guard start <= end else { return .json(Envelope.success { $0.raw("[]") }) }
        return Self.list(
            try await dependencies.catalog.labelValues(name, selectors, start: start, end: end, limit: limit))
    }

    func metadata(_ form: FormParameters) async throws -> PrometheusAnswer {
        let limit = try Self.number(form, "limit")
        let limitPerMetric = try Self.number(form, "limit_per_metric")
        let wanted = form["metric"]
        let all = try await dependencies.catalog.metadata()
        var metrics = all.sorted { $0.key < $1.key }
        if !wanted.isEmpty { metrics = metrics.filter { $0.key == wanted } }
        if limit >= 0 { metrics = Array(metrics.prefix(limit)) }
        return .json(
            Envelope.success { writer in
                writer.open("{")
                for (name, descriptions) in metrics {
                    writer.key(dynamic: name)
                    writer.open("[")
                    for description in limitPerMetric > 0 ? descriptions.prefix(limitPerMetric) : descriptions[...] {
                        writer.separate()
                        writer.open("{")
                        writer.metadata(description)
                        writer.close("}")
                    }
                    writer.close("]")
                }
                writer.close("}")
            })
    }

    /// A number that means nothing below zero; -1 without the parameter.
    static func number(_ form: FormParameters, _ name: String) throws(PrometheusFailure) -> Int {
        let text = form[name]
        guard !text.isEmpty else { return -1 }
        guard let value = Int(text) else { throw PrometheusFailure(.badData, "\(name) must be a number") }
        return value
    }

    private func span(_ form: FormParameters) throws(PrometheusFailure) -> (start: Int64, end: Int64) {
        (
            try TimeParameter.parse(form, "start", default: TimeParameter.earliest),
            try TimeParameter.parse(form, "end", default: TimeParameter.latest)
        )
    }

    private static func list(_ answer: CatalogAnswer<String>) -> PrometheusAnswer {
        .json(Envelope.success(warnings: warnings(answer)) { $0.list(answer.elements) })
    }

    private static func warnings(_ answer: CatalogAnswer<some Sendable>) -> [String] {
        answer.isTruncated ? [QueryAnswer.truncated] : []
    }
}

extension JSONWriter {
    /// The members, without braces.
    mutating func metadata(_ metadata: MetricMetadata) {
        key("type")
        string(metadata.type.rawValue)
        key("unit")
        string(metadata.unit)
        key("help")
        string(metadata.help)
    }
}
