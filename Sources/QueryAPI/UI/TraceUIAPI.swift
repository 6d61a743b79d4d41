import QueryEngines
import TelemetryModel
import TraceAnalysis

/// Answers the page's questions about traces, knowing nothing of sockets.
struct TraceUIAPI: Sendable {
    let dependencies: TraceUIDependencies
    let work = TraceWork()
    let cache: TraceTreeCache

    init(dependencies: TraceUIDependencies, cache: TraceTreeCache = TraceTreeCache()) {
        self.dependencies = dependencies
        self.cache = cache
    }

    struct Question: Sendable {
        var endpoint: TraceUIEndpoint
        /// What stands for `{id}` in the path.
        var id = ""
        /// What follows the `?` of the URL.
        var query: String?
    }

    func answer(_ question: Question) async -> TraceUIAnswer {
        do {
            guard dependencies.isReady() else { throw TraceUIFailure(.unavailable, "the server is starting") }
            return try await answer(trying: question)
        } catch {
            return .failure(error)
        }
    }

    private func answer(trying question: Question) async throws -> TraceUIAnswer {
        let parameters = try TraceUIParameters(question.query)
        let id = question.endpoint.path.contains("{id}") ? try TraceUIParameters.traceID(question.id) : .zero
        return switch question.endpoint {
        case .summary: try await summary(id)
        case .skeleton: try await skeleton(id, parameters)
        case .spans: try await spans(id, parameters)
        case .search: try await search(id, parameters)
        case .criticalPath: try await criticalPath(id, parameters)
        case .flame: try await flame(id, parameters)
        case .statistics: try await statistics(id, parameters)
        case .statements: try await statements(id, parameters)
        case .allFlame: try await flame(parameters)
        case .allCriticalPaths: try await criticalPaths(parameters)
        case .allOperations: try await operations(parameters)
        case .allStatements: try await statements(parameters)
        case .allRepeatedStatements: try await repeatedStatements(parameters)
        case .serviceGraph: try await serviceGraph(parameters)
        }
    }

    /// The tree of a trace.
    ///
    /// - Throws: `.notFound` when there is none.
    func tree(_ id: TraceID, _ freshness: TraceTreeCache.Freshness) async throws -> TraceTree {
        let tree = try await cache.tree(id, freshness) {
            await dependencies.freshen()
            guard let skeleton = try await dependencies.analyses.skeleton(id) else { return nil }
            return try await work.run(skeleton.count) { TraceTree(skeleton) }
        }
        guard let tree, tree.count > 0 else { throw TraceUIFailure.noTrace(id) }
        return tree
    }

    /// The tree of a trace, as it was when the client counted its spans if it says how many (`spans`), else as it is.
    func tree(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceTree {
        try await tree(id, try parameters.number("spans").map { .known(spans: $0) } ?? .asked)
    }
}
