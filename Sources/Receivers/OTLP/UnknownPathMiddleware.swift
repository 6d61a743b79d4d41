import HTTPSurface
import HTTPTypes
import Hummingbird
import NIOCore
import TelemetryModel

/// Says where telemetry goes when it is sent to a path that takes none, and notes it: an exporter mostly keeps such an
/// answer to itself.
struct UnknownPathMiddleware: RouterMiddleware {
    let port: String
    let misdirections: Misdirections?

    func handle(
        _ request: Request, context: SurfaceContext, next: (Request, SurfaceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let path = request.uri.path
            let advice = Self.advice(for: path)
            if request.method == .post {
                misdirections?.note(.unknownPath, port: port, detail: path, peer: context.peer, advice: advice)
            }
            return Response(
                status: .notFound, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: "nothing is taken at \(path): \(advice)\n")))
        }
    }

    static func advice(for path: String) -> String {
        let known = Signal.allCases.map(\.httpPath)
        let ends = known.filter { path.hasSuffix($0) }
        if let end = ends.first {
            let before = path.dropLast(end.utf8.count)
            return known.contains { before.hasSuffix($0) }
                ? "the path is there twice: OTEL_EXPORTER_OTLP_ENDPOINT takes the address alone, and the variable of a "
                    + "signal the address with its path"
                : "send it to \(end), without \(before) before it"
        }
        if path.isEmpty || path == "/" {
            return "the path is missing: append /v1/traces, /v1/metrics or /v1/logs to the address"
        }
        return "traces are sent to /v1/traces, metrics to /v1/metrics, logs to /v1/logs"
    }
}
