import LogQL
import QueryEngines
import TelemetryModel

/// Answers each endpoint, knowing nothing of sockets.
///
/// The tenant of a request (`X-Scope-OrgID`) is not looked at: there is one store, for all.
struct LokiAPI: Sendable {
    let dependencies: LokiDependencies

    struct Question: Sendable {
        var endpoint: LokiEndpoint
        var form = LokiForm()
        /// The part of the path that is a name, its escapes undone.
        var name = ""
        /// Whether entries show which labels are of the stream, which metadata, and which parsed
        /// (`X-Loki-Response-Encoding-Flags: categorize-labels`).
        var categorizesLabels = false
    }

    func answer(_ question: Question) async -> LokiAnswer {
        do {
            return try await answer(trying: question)
        } catch {
            return .failure(error)
        }
    }

    private func answer(trying question: Question) async throws -> LokiAnswer {
        let form = question.form
        if question.endpoint.readsLogs {
            guard dependencies.isReady() else { throw LokiFailure(.unavailable, "not ready") }
            await dependencies.freshen()
        }
        switch question.endpoint {
        case .query: return try await query(form, question.categorizesLabels)
        case .queryRange: return try await queryRange(form, question.categorizesLabels)
        case .labels, .label: return try await labels(form)
        case .labelValues: return try await labelValues(question.name, form)
        case .series: return try await series(form)
        case .statistics: return try await statistics(form)
        case .volume: return try await volume(form)
        case .volumeRange: return try await volumeRange(form)
        case .shards: return try await shards(form)
        case .detectedFields: return try await detectedFields(form)
        case .detectedFieldValues, .detectedFieldsValues: return try await detectedFieldValues(question.name, form)
        case .detectedLabels: return try await detectedLabels(form)
        case .patterns: return try await patterns(form)
        case .formatQuery: return formatQuery(form)
        case .buildInformation: return buildInformation()
        case .drilldownLimits: return drilldownLimits()
        case .cacheGenerations: return LokiAnswer(body: .bytes(Array(#""""#.utf8)))
        case .ready: return dependencies.isReady() ? .text(200, "ready\n") : .text(503, "not ready\n")
        case .delete, .configuration, .services, .ring, .logLevel, .flush:
            throw LokiFailure(.unsupported, "\(question.endpoint.path) is not supported")
        case .rules, .prometheusRules, .prometheusAlerts, .oldRules:
            throw LokiFailure(.notFound, "there are no rules here: rules over logs are not supported")
        case .oldQuery, .oldLabels, .oldLabelValues, .oldSeries, .oldTail:
            throw LokiFailure(.notFound, "\(question.endpoint.path) is not supported: use /loki/api/v1")
        }
    }
}
