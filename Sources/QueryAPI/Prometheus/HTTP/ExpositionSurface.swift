package import HTTPSurface
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore

/// A port to scrape: the newest values of all metrics that were received, as the Collector's Prometheus exporter shows
/// them.
///
/// Spec: Prometheus text format 0.0.4, OpenMetrics 1.0.
package enum ExpositionSurface {
    /// The page in the text format, for a file.
    package static func page(_ dependencies: PrometheusDependencies) async throws -> [UInt8] {
        try await PrometheusAPI(dependencies: dependencies).textExposition()
    }

    /// - Parameter dependencies: of these `catalog`, `now`, `freshen` and the lookback of `queries` are used.
    package static func make(
        _ options: SurfaceOptions, dependencies: PrometheusDependencies, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        let api = PrometheusAPI(dependencies: dependencies)
        return HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.add(middleware: PlainNotFound())
            @Sendable func answer(_ request: Request) async -> Response {
                await dependencies.freshen()
                let answer: PrometheusAnswer
                do {
                    answer = try await api.exposition(
                        accept: request.headers[values: .accept].joined(separator: ","))
                } catch {
                    let failure = PrometheusFailure(error)
                    logger.warning("exposition failed", metadata: ["error": "\(failure.message)"])
                    answer = .text(failure.status, failure.message + "\n")
                }
                return AnswerBody.response(
                    answer, acceptsGzip: AcceptEncoding.takesGzip(request.headers[.acceptEncoding]))
            }
            router.get("/metrics") { request, _ in await answer(request) }
            // What probes send.
            router.head("/metrics") { request, _ in await answer(request).createHeadResponse() }
            PrometheusSurface.refuseOtherMethods(on: router, "/metrics", allowed: [.get, .head])
        }
    }
}
