package import GRPCCore
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// The Jaeger query API over HTTP: the JSON API of its web page and API v3.
///
/// - Spec: Jaeger, "APIs", "HTTP JSON"; jaeger-idl `query_service.openapi.yaml`.
package enum JaegerSurface {
    /// Bytes of a body: traces to transform, or a search.
    static let bodyBytesMax = 32 << 20
    static let bodyTimeLimit = Duration.seconds(30)

    /// - Parameters:
    ///   - options: without `beforeAnswer`: `dependencies.freshen` is awaited before what reads spans.
    ///   - otherRoutes: adds routes of other parts to the same port; they go before the API's.
    package static func make(
        _ options: SurfaceOptions, services: [any RegistrableRPCService] = [], dependencies: JaegerDependencies,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void,
        otherRoutes: (Router<SurfaceContext>) -> Void = { _ in }
    ) -> HTTPSurface {
        let handler = JaegerHandler(api: JaegerAPI(dependencies: dependencies), logger: logger)
        return HTTPSurface(options, services: services, logger: logger, onListening: onListening) { router in
            otherRoutes(router)
            // The API finds its paths itself, as names of services in them may have slashes.
            for path: RouterPath in ["/", "/**"] {
                for method: HTTPRequest.Method in [.get, .head, .post, .put, .delete, .patch] {
                    router.on(path, method: method) { request, _ in await handler.answer(request) }
                }
                router.on(path, method: .options) { request, _ in JaegerHandler.options(request) }
            }
        }
    }
}
