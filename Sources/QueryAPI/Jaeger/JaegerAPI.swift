/// Answers each request, knowing nothing of sockets.
///
/// - Spec: Jaeger, "APIs", "HTTP JSON" (the API of its web page) and jaeger-idl `query_service.openapi.yaml` (v3).
struct JaegerAPI: Sendable {
    let dependencies: JaegerDependencies

    struct Question: Sendable {
        var method = "GET"
        /// As it stands in the request line, escapes included.
        var path: String
        var form = FormParameters()
        var body: [UInt8] = []
    }

    func answer(_ question: Question) async -> JaegerAnswer {
        do {
            let route = try JaegerRoute(method: question.method, path: question.path)
            let answer = try await answer(route, question)
            return !JaegerRoute.isV3(question.path) && question.form.isPretty ? answer.indented : answer
        } catch {
            return Self.failure(JaegerFailure(error), path: question.path)
        }
    }

    /// In the form of the API that the path belongs to.
    static func failure(_ failure: JaegerFailure, path: String) -> JaegerAnswer {
        JaegerRoute.isV3(path) ? V3Answers.failure(failure) : JaegerEnvelope.failure(failure)
    }

    private func answer(_ route: JaegerRoute, _ question: Question) async throws -> JaegerAnswer {
        let form = question.form
        if route.readsSpans { await dependencies.freshen() }
        switch route {
        case .root: return .text(dependencies.notice)
        case .services: return try await services()
        case .operationNames(let service): return try await operationNames(service)
        case .operations: return try await operations(form)
        case .search: return try await search(form)
        case .trace(let id): return try await trace(id, form)
        case .archive(let id): return try await archive(id)
        case .dependencies: return try await serviceDependencies(form)
        case .metric(let metric): return try await answer(metric, form)
        case .minimumStep: return minimumStep()
        case .transform: return try transform(question.body)
        case .v3Services: return try await v3Services()
        case .v3Operations: return try await v3Operations(form)
        case .v3Dependencies: return try await v3Dependencies(form)
        case .v3Trace(let id): return try await v3Trace(id, form)
        case .v3Search: return try await v3Search(V3Query(question, now: dependencies.now()))
        case .v3Summaries: return try await v3Summaries(V3Query(question, now: dependencies.now()))
        }
    }
}
