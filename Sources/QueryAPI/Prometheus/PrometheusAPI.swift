import Codecs
import PromQL
import PrometheusModel

/// Answers each endpoint, knowing nothing of sockets.
struct PrometheusAPI: Sendable {
    let dependencies: PrometheusDependencies

    struct Question: Sendable {
        var endpoint: PrometheusEndpoint
        var method = PrometheusEndpoint.Method.get
        var form = FormParameters()
        /// The label in the path of `/api/v1/label/{name}/values`, as it stands there.
        var name = ""
        /// Which formats the client takes.
        var accept: String?
    }

    func answer(_ question: Question) async -> PrometheusAnswer {
        if question.endpoint.isAPI, !dependencies.isReady() { return .text(503, "Service Unavailable\n") }
        do {
            return try await answer(trying: question)
        } catch {
            return .failure(error)
        }
    }

    private func answer(trying question: Question) async throws -> PrometheusAnswer {
        let form = question.form
        if question.endpoint.readsSamples { await dependencies.freshen() }
        switch question.endpoint {
        case .query: return try await query(form)
        case .queryRange: return try await queryRange(form)
        case .queryExemplars: return try await exemplars(form)
        case .formatQuery: return try formatQuery(form)
        case .parseQuery: return try parseQuery(form)
        case .series:
            if question.method == .delete { throw PrometheusFailure(.internal, "not implemented") }
            return try await series(form)
        case .labels: return try await labels(form)
        case .labelValues: return try await labelValues(question.name, form)
        case .metadata: return try await metadata(form)
        case .targets: return await targets(form)
        case .targetMetadata: return try await targetMetadata(form)
        case .scrapePools: return await scrapePools()
        case .rules: return try await rules(form)
        case .alerts: return await alerts()
        case .alertmanagers: return await alertmanagers()
        case .configuration: return await configuration()
        case .flags: return .json(Envelope.success { $0.texts(dependencies.flags) })
        case .runtimeInformation: return await runtimeInformation()
        case .buildInformation: return buildInformation()
        case .storage: return try await storageStatistics(form)
        case .logReplay: return .json(Envelope.success { $0.raw("{\"min\":0,\"max\":0,\"current\":0}") })
        case .notifications: return .json(Envelope.success { $0.raw("[]") })
        case .deleteSeries, .cleanTombstones, .snapshot:
            throw PrometheusFailure(.unavailable, "admin APIs disabled")
        case .federate: return try await federate(form, accept: question.accept)
        case .healthy: return .text(200, "Prometheus Server is Healthy.\n")
        case .ready:
            return dependencies.isReady()
                ? .text(200, "Prometheus Server is Ready.\n") : .text(503, "Service Unavailable\n")
        case .reload: return await reload(question.method)
        case .quit: return await quit(question.method)
        }
    }
}
