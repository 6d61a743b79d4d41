package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// The Prometheus HTTP API, and its routes for health, federation and life cycle.
///
/// Spec: Prometheus 3.5, "HTTP API", "Management API", "Federation".
package enum PrometheusSurface {
    /// Bytes of a form.
    static let formBytesMax = 10 << 20

    /// - Parameters:
    ///   - options: without `beforeAnswer`: other routes of the port need not wait. `dependencies.freshen` is awaited
    ///     before what reads samples.
    ///   - otherRoutes: adds routes of other parts (remote write, own metrics) to the same port.
    package static func make(
        _ options: SurfaceOptions, dependencies: PrometheusDependencies, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void,
        otherRoutes: (Router<SurfaceContext>) -> Void = { _ in }
    ) -> HTTPSurface {
        HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.add(middleware: PlainNotFound())
            addRoutes(to: router, PrometheusHandler(api: PrometheusAPI(dependencies: dependencies), logger: logger))
            otherRoutes(router)
        }
    }

    /// Refuses the other methods of a path as Prometheus does: 405 with the ones that it takes.
    package static func refuseOtherMethods(
        on router: Router<SurfaceContext>, _ path: String, allowed: [HTTPRequest.Method]
    ) {
        let allow = (allowed + [.options]).map(\.rawValue).sorted().joined(separator: ", ")
        for method in PrometheusEndpoint.Method.allCases.map(\.request) where !allowed.contains(method) {
            router.on(RouterPath(path), method: method) { _, _ in
                var response = PlainText.response(.methodNotAllowed, "Method Not Allowed\n")
                response.headers[.allow] = allow
                return method == .head ? response.createHeadResponse() : response
            }
        }
    }

    private static func addRoutes(to router: Router<SurfaceContext>, _ handler: PrometheusHandler) {
        for endpoint in PrometheusEndpoint.allCases {
            for method in endpoint.methods {
                router.on(RouterPath(endpoint.path), method: method.request) { request, context in
                    await handler.answer(request, endpoint, method, name: context.parameters.get("name") ?? "")
                }
            }
            refuseOtherMethods(on: router, endpoint.path, allowed: endpoint.methods.map(\.request))
            if endpoint.isAPI {
                router.on(RouterPath(endpoint.path), method: .options) { request, _ in
                    PrometheusHandler.options(request)
                }
            }
        }
        router.on("/api/v1/**", method: .options) { request, _ in PrometheusHandler.options(request) }
    }
}

extension PrometheusEndpoint.Method {
    var request: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .post: .post
        case .put: .put
        case .delete: .delete
        case .patch: .patch
        }
    }
}

/// Says of an unknown path what Go's servers say.
struct PlainNotFound: RouterMiddleware {
    func handle(
        _ request: Request, context: SurfaceContext,
        next: (Request, SurfaceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && error.body == nil {
            return PlainText.response(.notFound, "404 page not found\n")
        }
    }
}
