import QueryEngines
import TelemetryModel

/// Answers each endpoint, knowing nothing of sockets.
///
/// The tenant of a request (`X-Scope-OrgID`) is not looked at: there is one store, for all.
struct TempoAPI: Sendable {
    let dependencies: TempoDependencies

    struct Question: Sendable {
        var endpoint: TempoEndpoint
        var form = TempoForm()
        /// The part of the path that is a name or an id, as it stands there.
        var name = ""
        /// Which formats the client takes.
        var accept: String?
    }

    func answer(_ question: Question) async -> TempoAnswer {
        do {
            return try await answer(trying: question)
        } catch {
            return .failure(error)
        }
    }

    private func answer(trying question: Question) async throws -> TempoAnswer {
        let form = question.form
        if question.endpoint.readsSpans {
            guard dependencies.isReady() else { return .text(503, "not ready") }
            await dependencies.freshen()
        }
        switch question.endpoint {
        case .trace: return try await trace(question, .plain)
        case .traceWithStatus: return try await trace(question, .withStatus)
        case .search: return try await search(form)
        case .tagNames: return try await tagNames(form)
        case .scopedTagNames: return try await scopedTagNames(form)
        case .tagValues: return try await tagValues(try Self.decodedName(question.name), form)
        case .typedTagValues: return try await typedTagValues(try Self.decodedName(question.name), form)
        case .metricsRange: return try await metricsRange(form)
        case .metricsInstant: return try await metricsInstant(form)
        case .echo: return .text(200, "echo")
        case .ready: return dependencies.isReady() ? .text(200, "ready") : .text(503, "not ready")
        case .buildInformation: return buildInformation()
        case .status: return .text(200, versionText + endpointsText)
        case .version: return .text(200, versionText)
        case .endpoints: return .text(200, endpointsText)
        case .overrides, .metricsSummary, .modelContext, .configuration, .services, .runtimeConfiguration,
            .tenantOverrides, .usageStatistics:
            throw TraceQueryError(.unsupported, "\(question.endpoint.path) is not supported")
        }
    }

    /// Undoes the escapes of a name in a path, twice where it was escaped twice: Grafana does so, as proxies on the way
    /// undo one.
    private static func decodedName(_ text: String) throws(TraceQueryError) -> String {
        let once: String
        do {
            once = try FormParameters.decodedPathPart(text[...])
        } catch {
            throw TraceQueryError(.invalid, "error in unescaping tagName")
        }
        guard once.utf8.contains(UInt8(ascii: "%")) else { return once }
        return (try? FormParameters.decodedPathPart(once[...])) ?? once
    }
}
