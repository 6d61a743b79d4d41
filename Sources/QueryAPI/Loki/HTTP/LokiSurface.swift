package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging

/// The Loki HTTP API.
///
/// Every path takes GET, HEAD and POST, as Loki's do; what a form of a POST says goes before the URL. The tail takes GET
/// and becomes a WebSocket.
///
/// - Spec: Grafana Loki 3, "Loki HTTP API".
package enum LokiSurface {
    /// Bytes of a form.
    static let formBytesMax = 1 << 20

    /// - Parameters:
    ///   - options: without `beforeAnswer`: `dependencies.freshen` is awaited before what reads logs.
    ///   - otherRoutes: adds routes of other parts to the same port.
    package static func make(
        _ options: SurfaceOptions, dependencies: LokiDependencies, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void,
        otherRoutes: (Router<SurfaceContext>) -> Void = { _ in }
    ) -> HTTPSurface {
        HTTPSurface(options, logger: logger, onListening: onListening) { router in
            addRoutes(to: router, dependencies: dependencies, logger: logger)
            otherRoutes(router)
        }
    }

    /// Adds the API to a port that something else makes.
    package static func addRoutes(to router: Router<SurfaceContext>, dependencies: LokiDependencies, logger: Logger) {
        router.add(middleware: PlainNotFound())
        let handler = LokiHandler(api: LokiAPI(dependencies: dependencies), logger: logger)
        for endpoint in LokiEndpoint.allCases {
            let handled = endpoint == .delete ? HTTPRequest.Method.allHandled : [.get, .head, .post]
            for method in handled {
                router.on(RouterPath(endpoint.path), method: method) { request, context in
                    await handler.answer(request, endpoint, name: context.parameters.get("name") ?? "")
                }
            }
            PrometheusSurface.refuseOtherMethods(on: router, endpoint.path, allowed: handled)
        }
        router.get(RouterPath(LokiEndpoint.tailPath)) { request, context in
            try await handler.tail(request, context)
        }
        PrometheusSurface.refuseOtherMethods(on: router, LokiEndpoint.tailPath, allowed: [.get])
    }
}

extension HTTPRequest.Method {
    fileprivate static let allHandled: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete]
}
