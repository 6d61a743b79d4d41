package import HTTPSurface
import HTTPTypes
import Hummingbird
package import LogFiles
package import Logging
import NIOCore
import TelemetryModel

/// The statistics port (5066): `GET /` and `GET /stats`, with `?pretty` for people, as Filebeat's HTTP endpoint.
package enum LogShipperSurface {
    package static func make(
        _ options: SurfaceOptions, page: LogShipperPage, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.get("/") { request, _ in answer(page.info(isPretty: isPretty(request))) }
            router.head("/") { request, _ in answer(page.info(isPretty: isPretty(request))) }
            router.get("/stats") { request, _ in answer(page.stats(at: .now(), isPretty: isPretty(request))) }
        }
    }

    /// `?pretty` and `?pretty=true`.
    private static func isPretty(_ request: Request) -> Bool {
        guard let query = request.uri.query else { return false }
        return query.split(separator: "&").contains { $0 == "pretty" || $0 == "pretty=true" || $0 == "pretty=" }
    }

    private static func answer(_ body: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
