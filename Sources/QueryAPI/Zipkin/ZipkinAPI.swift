import Codecs
package import QueryEngines
package import TelemetryModel

/// What the Zipkin API needs of the rest of the server.
package struct ZipkinDependencies: Sendable {
    package var queries: any TraceQueries
    /// Awaited before each question about stored spans, so that what was just sent is found.
    package var freshen: @Sendable () async -> Void
    package var isReady: @Sendable () -> Bool
    package var now: @Sendable () -> Timestamp
    /// Of Martlet, for `/info`.
    package var version: String

    package init(
        queries: any TraceQueries, version: String, freshen: @escaping @Sendable () async -> Void = {},
        isReady: @escaping @Sendable () -> Bool = { true }, now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.queries = queries
        self.freshen = freshen
        self.isReady = isReady
        self.now = now
        self.version = version
    }
}

/// Bounds of the API's answers.
enum ZipkinLimits {
    /// Of an answer: its JSON is held as a whole. 256 MiB are some 500 000 spans.
    static let answerBytesMax = 256 << 20
    /// Traces in an answer; each is read by itself.
    static let tracesMax = 10_000
    /// Names offered for completion.
    static let namesMax = 1000
}

/// Answers each question of the Zipkin v2 API, knowing nothing of sockets.
///
/// Spec: OpenZipkin, zipkin2-api.yaml; where it says nothing, what Zipkin's server answers.
struct ZipkinAPI: Sendable {
    let dependencies: ZipkinDependencies

    struct Question: Sendable {
        var endpoint: ZipkinEndpoint
        /// What follows the `?` of the URL.
        var query: String?
        /// The id in the path of `/api/v2/trace/{traceId}`, as it stands there.
        var traceID = ""
    }

    var queries: any TraceQueries { dependencies.queries }

    func answer(_ question: Question) async -> ZipkinAnswer {
        do {
            if question.endpoint.readsSpans {
                guard dependencies.isReady() else { throw ZipkinFailure(.unavailable, "the server is starting") }
                await dependencies.freshen()
            }
            return try await answer(trying: question)
        } catch {
            return .failure(ZipkinFailure(error))
        }
    }

    private func answer(trying question: Question) async throws -> ZipkinAnswer {
        let parameters = try ZipkinParameters(question.query)
        switch question.endpoint {
        case .services: return .names(try await queries.services(.all).filter { !$0.isEmpty })
        case .spanNames: return .names(try await spanNames(parameters))
        case .remoteServices: return .names(try await remoteServices(parameters))
        case .traces: return try await traces(parameters)
        case .trace: return try await trace(question.traceID)
        case .traceMany: return try await traceMany(parameters)
        case .dependencies: return try await dependencyLinks(parameters)
        case .autocompleteKeys: return .names(try await autocompleteKeys())
        case .autocompleteValues: return .names(try await autocompleteValues(parameters))
        case .health: return health()
        case .information: return information()
        case .root, .page:
            return .text(200, "Martlet answers the Zipkin v2 API here: spans go to POST /api/v2/spans.\n")
        }
    }

    /// In the form of Zipkin's server.
    private func health() -> ZipkinAnswer {
        let isReady = dependencies.isReady()
        let status = isReady ? "UP" : "DOWN"
        return ZipkinAnswer(
            status: isReady ? 200 : 503,
            body: Array("{\"status\":\"\(status)\",\"zipkin\":{\"status\":\"\(status)\",\"details\":{}}}".utf8))
    }

    private func information() -> ZipkinAnswer {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("martlet")
        writer.open("{")
        writer.key("version")
        writer.string(dependencies.version)
        writer.close("}")
        writer.close("}")
        return .json(writer.bytes)
    }
}
