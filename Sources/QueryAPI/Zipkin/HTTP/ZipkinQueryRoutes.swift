import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// The questions of the Zipkin v2 API. Spans are sent to the same port: `ZipkinRoutes` of the receivers.
///
/// Each is also answered below `/zipkin`, where Zipkin's own page asks it.
///
/// Spec: OpenZipkin, zipkin2-api.yaml.
package enum ZipkinQueryRoutes {
    /// Call it before other routes are added to the router: unknown paths are answered in one sentence from then on.
    package static func add(
        to router: Router<SurfaceContext>, _ dependencies: ZipkinDependencies, logger: Logger
    ) {
        router.add(middleware: PlainNotFound())
        let handler = ZipkinQueryHandler(api: ZipkinAPI(dependencies: dependencies), logger: logger)
        for endpoint in ZipkinEndpoint.allCases {
            for path in endpoint.readsSpans ? [endpoint.path, "/zipkin" + endpoint.path] : [endpoint.path] {
                router.get(RouterPath(path)) { request, context in
                    await handler.answer(request, endpoint, traceID: context.parameters.get("traceId") ?? "")
                }
                router.head(RouterPath(path)) { request, context in
                    await handler.answer(request, endpoint, traceID: context.parameters.get("traceId") ?? "")
                        .createHeadResponse()
                }
                // The receiver answers for the other methods of its path.
                guard path != ZipkinEndpoint.spanNames.path else { continue }
                for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
                    router.on(RouterPath(path), method: method) { _, _ in
                        var response = PlainText.response(.methodNotAllowed, "questions are asked with GET\n")
                        response.headers[.allow] = "GET, HEAD, OPTIONS"
                        return response
                    }
                }
            }
        }
    }
}

/// Between Hummingbird's requests and the API's questions.
struct ZipkinQueryHandler: Sendable {
    let api: ZipkinAPI
    let logger: Logger

    func answer(_ request: Request, _ endpoint: ZipkinEndpoint, traceID: String) async -> Response {
        let question = ZipkinAPI.Question(endpoint: endpoint, query: request.uri.query, traceID: traceID)
        guard endpoint.readsSpans else { return Self.response(to: request, await api.answer(question)) }
        let outcome = await WatchedWork.run(for: request) { await api.answer(question) }
        let answer = outcome.value
        if answer.status >= 500 {
            logger.warning(
                "question failed",
                metadata: [
                    "path": "\(endpoint.path)", "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
        }
        var response = Self.response(to: request, answer)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    private static func response(to request: Request, _ answer: ZipkinAnswer) -> Response {
        var response = AnswerBody.response(
            PrometheusAnswer(status: answer.status, contentType: answer.contentType, body: .bytes(answer.body)),
            acceptsGzip: AcceptEncoding.takesGzip(request.headers[.acceptEncoding]))
        if let seconds = answer.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }
}
