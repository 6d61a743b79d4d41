import Codecs
import QueryEngines

/// What is found in lines: fields, labels and templates.
///
/// - Spec: Grafana Loki, "Query detected fields", "Query detected labels", "Patterns detection".
extension LokiAPI {
    func detectedFields(_ form: LokiForm) async throws -> LokiAnswer {
        let request = try detectRequest(form)
        let fields = try await dependencies.queries.detectedFields(request)
        return .json { writer in
            writer.list("fields", fields) { writer, field in
                writer.member("label", field.label)
                writer.member("type", field.type)
                writer.member("cardinality", field.cardinality)
                writer.key("parsers")
                // Clients take null for structured metadata.
                if field.parsers.isEmpty { writer.raw("null") } else { writer.list(field.parsers) }
                if !field.jsonPath.isEmpty {
                    writer.key("jsonPath")
                    writer.list(field.jsonPath)
                }
            }
            writer.member("limit", request.limit)
        }
    }

    func detectedFieldValues(_ name: String, _ form: LokiForm) async throws -> LokiAnswer {
        let request = try detectRequest(form)
        let values = try await dependencies.queries.detectedFieldValues(name, request)
        return .json { writer in
            writer.key("values")
            writer.list(values)
            writer.member("limit", request.limit)
        }
    }

    private func detectRequest(_ form: LokiForm) throws -> LogDetectRequest {
        let range = try form.orderedBounds(now: dependencies.now())
        let lineLimit = try form.count("line_limit", default: LokiLimits.lineLimitDefault)
        let limit = try form.count(
            form["limit"] == nil ? "field_limit" : "limit", default: LokiLimits.fieldsDefault)
        _ = try form.step(range)
        return LogDetectRequest(
            selection: try form.selection(), range: range, lineLimit: min(lineLimit, LokiLimits.lineLimitMax),
            limit: min(limit, LokiLimits.fieldsMax))
    }

    func detectedLabels(_ form: LokiForm) async throws -> LokiAnswer {
        let range = try form.orderedBounds(now: dependencies.now())
        let labels = try await dependencies.queries.detectedLabels(try form.matchers(isOptional: true), range)
        return .json { writer in
            writer.list("detectedLabels", labels) { writer, label in
                writer.member("label", label.label)
                writer.member("cardinality", label.cardinality)
            }
        }
    }

    func patterns(_ form: LokiForm) async throws -> LokiAnswer {
        let range = try form.orderedBounds(now: dependencies.now())
        let step = try form.step(range)
        let result = try await dependencies.queries.patterns(
            LogPatternsRequest(
                selection: try form.selection(), range: range, step: step, limit: LokiLimits.patternsMax))
        return .json { writer in
            writer.member("status", "success")
            writer.list("data", result.patterns) { writer, pattern in
                writer.member("pattern", pattern.pattern)
                writer.member("level", pattern.level)
                writer.key("samples")
                writer.open("[")
                for sample in pattern.samples {
                    writer.separate()
                    writer.open("[")
                    writer.integer(sample.time)
                    writer.separate()
                    writer.integer(sample.count)
                    writer.close("]")
                }
                writer.close("]")
            }
        }
    }
}
