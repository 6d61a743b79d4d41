package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging

/// The page's questions about traces.
///
/// Every path takes GET and HEAD; other methods are refused.
package enum TraceUIRoutes {
    /// Adds them to a port that something else makes, beside the routes of others.
    package static func add(
        to router: Router<SurfaceContext>, _ dependencies: TraceUIDependencies, logger: Logger
    ) {
        let handler = TraceUIHandler(api: TraceUIAPI(dependencies: dependencies), logger: logger)
        for endpoint in TraceUIEndpoint.allCases {
            let path = RouterPath(endpoint.path)
            router.get(path) { request, context in
                await handler.answer(request, endpoint, id: context.parameters.get("id") ?? "")
            }
            router.head(path) { request, context in
                await handler.answer(request, endpoint, id: context.parameters.get("id") ?? "").createHeadResponse()
            }
            for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
                router.on(path, method: method) { _, _ in TraceUIHandler.refusedMethod }
            }
        }
    }
}
