import Codecs
package import HTTPSurface
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
package import TelemetryStore

/// The Tempo HTTP API: traces by id.
///
/// Spec: Grafana Tempo, "Tempo HTTP API", "Query" and "Query V2". What is not answered yet says so with 501.
package enum TempoSurface {
    package static func make(
        _ options: SurfaceOptions, store: TelemetryStore, spansMax: Int, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        let handler = TempoTraceHandler(store: store, spansMax: spansMax, logger: logger)
        return HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.get("/api/echo") { _, _ in PlainText.response(.ok, "echo") }
            router.get("/ready") { _, _ in PlainText.response(.ok, "ready") }
            router.get("/api/traces/{id}") { request, context in
                await handler.answer(request, id: context.parameters.get("id") ?? "", version: .v1)
            }
            router.get("/api/v2/traces/{id}") { request, context in
                await handler.answer(request, id: context.parameters.get("id") ?? "", version: .v2)
            }
            for path: RouterPath in ["/api/search/**", "/api/v2/search/**", "/api/metrics/**", "/api/search"] {
                router.get(path) { request, _ in
                    PlainText.response(.notImplemented, "\(request.uri.path) is not supported by this version")
                }
            }
        }
    }
}

struct TempoTraceHandler: Sendable {
    enum Version { case v1, v2 }

    let store: TelemetryStore
    let spansMax: Int
    let logger: Logger

    func answer(_ request: Request, id text: String, version: Version) async -> Response {
        guard let id = TraceID(hex: text), !id.isZero else {
            return PlainText.response(.badRequest, "trace id must be 1 to 32 hex digits and not zero")
        }
        let trace: StoredTrace
        do {
            guard let found = try await store.trace(id, spansMax: spansMax) else {
                return PlainText.response(.notFound, "trace \(id.hex) not found")
            }
            trace = found
        } catch {
            let failure = TempoFailure(error)
            logger.warning("trace query failed", metadata: ["trace_id": "\(id.hex)", "error": "\(failure.message)"])
            return PlainText.response(failure.status, failure.message)
        }
        let spans = StoredTraceMessages.resourceSpans(trace)
        if request.headers[values: .accept].contains(where: { $0.contains("application/protobuf") }) {
            return protobuf(spans, version)
        }
        return json(spans, version)
    }

    /// v1 is `tempopb.Trace` and v2 `tempopb.TraceByIDResponse`, whose field 1 is such a Trace. A Trace has the
    /// resource spans in field 1, like OTLP's TracesData.
    private func protobuf(_ spans: [OTLPResourceSpans], _ version: Version) -> Response {
        var message = OTLPTracesData()
        message.resourceSpans = spans
        do {
            let trace: [UInt8] = try message.serializedBytes()
            var response = ProtobufWriter()
            if version == .v2 { response.field(1, trace) }
            return Response(
                status: .ok, headers: [.contentType: "application/protobuf"],
                body: .init(byteBuffer: ByteBuffer(bytes: version == .v2 ? response.bytes : trace)))
        } catch {
            return PlainText.response(.internalServerError, "the trace could not be encoded: \(error)")
        }
    }

    private func json(_ spans: [OTLPResourceSpans], _ version: Version) -> Response {
        var body: [UInt8]
        switch version {
        case .v1:
            body = Array("{\"batches\":".utf8)
            OTLPJSONEncoder.encode(resourceSpans: spans, into: &body)
            body += Array("}".utf8)
        case .v2:
            body = Array("{\"trace\":{\"resourceSpans\":".utf8)
            OTLPJSONEncoder.encode(resourceSpans: spans, into: &body)
            body += Array("},\"metrics\":{}}".utf8)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
