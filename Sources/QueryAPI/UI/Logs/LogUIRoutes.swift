import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
import QueryEngines

/// The page's and the command line's questions about logs.
///
/// Every path takes GET and HEAD (the tail only GET); other methods are refused.
package enum LogUIRoutes {
    /// Adds them to a port that something else makes, beside the routes of others.
    package static func add(to router: Router<SurfaceContext>, _ dependencies: LogUIDependencies, logger: Logger) {
        let api = LogUIAPI(dependencies: dependencies)
        for endpoint in LogUIEndpoint.allCases {
            @Sendable func answer(_ request: Request, _ context: SurfaceContext) async -> Response {
                let question = LogUIAPI.Question(
                    endpoint: endpoint, id: id(context.parameters.get("id") ?? ""), query: request.uri.query)
                return await TraceUIHandler.answer(request, path: endpoint.path, logger: logger) {
                    await api.answer(question)
                }
            }
            let path = RouterPath(endpoint.path)
            router.get(path) { request, context in await answer(request, context) }
            router.head(path) { request, context in await answer(request, context).createHeadResponse() }
            refuseOthers(on: router, path)
        }
        let path = RouterPath(LogUIEndpoint.tailPath)
        router.get(path) { request, _ in await tail(request, api, logger) }
        refuseOthers(on: router, path)
    }

    /// Lines as they come, each batch an event `entries` whose data is a message of Loki's tail with labels apart; an
    /// event `error` tells why it ends.
    private static func tail(_ request: Request, _ api: LogUIAPI, _ logger: Logger) async -> Response {
        let tail: LogTailRequest
        do throws(TraceUIFailure) {
            tail = try api.tail(request.uri.query)
        } catch {
            return await TraceUIHandler.response(to: request, .failure(error))
        }
        // So that the stored lines that come first are all there.
        await api.dependencies.freshen()
        return EventStream.response { events in
            do {
                try await LogTail.run(
                    api.dependencies.queries, tail, heartbeat: LogUILimits.heartbeat
                ) { batch in
                    if batch.entries.isEmpty, batch.dropped == 0 { return try await events.heartbeat() }
                    try await events.send(
                        event: "entries", data: LokiTailMessage.text(batch, categorizesLabels: true))
                }
            } catch {
                // The client is gone, or the server stops.
                if Task.isCancelled || error is ChannelError { throw error }
                let failure = LogUIFailure.of(error)
                if failure.status >= 500, failure.status != 501 {
                    logger.warning("tail failed", metadata: ["error": "\(failure.message)"])
                }
                var writer = JSONWriter()
                failure.write(into: &writer)
                try await events.send(event: "error", data: writer.bytes)
            }
        }
    }

    private static func refuseOthers(on router: Router<SurfaceContext>, _ path: RouterPath) {
        for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
            router.on(path, method: method) { _, _ in TraceUIHandler.refusedMethod }
        }
    }

    /// Ids in base64 have characters that paths escape.
    private static func id(_ text: String) -> String {
        (try? FormParameters.decodedPathPart(text[...])) ?? text
    }
}
