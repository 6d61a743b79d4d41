import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Ingest
import NIOCore
import TelemetryModel

/// Spans of Zipkin's clients, on the port of its API.
///
/// - `POST /api/v2/spans`: a list in JSON or, as `application/x-protobuf`, a `ListOfSpans`.
/// - `POST /api/v1/spans`: a list in JSON.
///
/// Both may be packed with gzip or zstd. 202 without a body when the spans are kept; 400 with a sentence, and nothing
/// kept, when one of them is malformed; 415 for thrift; 503 when there is no room at present.
///
/// Spec: OpenZipkin, zipkin2-api.yaml.
package enum ZipkinRoutes {
    package static let paths = ["/api/v2/spans", "/api/v1/spans"]

    package static func add(to router: Router<SurfaceContext>, _ pipeline: IngestPipeline, limits: OTLPLimits) {
        let handler = ZipkinHandler(pipeline: pipeline, limits: limits)
        for (path, version) in zip(paths, [ZipkinBody.Version.two, .one]) {
            router.post(RouterPath(path)) { request, context in
                await handler.answer(request, version, peer: context.peer)
            }
            // GET of the second version is a question.
            for method in [HTTPRequest.Method.get, .put, .delete, .patch] where !(method == .get && version == .two) {
                router.on(RouterPath(path), method: method) { _, _ in
                    var response = ZipkinHandler.text(.methodNotAllowed, "spans are sent with POST")
                    response.headers[.allow] = version == .two ? "GET, OPTIONS, POST" : "OPTIONS, POST"
                    return response
                }
            }
        }
    }
}

struct ZipkinHandler: Sendable {
    let pipeline: IngestPipeline
    let limits: OTLPLimits

    func answer(_ request: Request, _ version: ZipkinBody.Version, peer: String) async -> Response {
        let sender = Sender(transport: "zipkin", address: peer, userAgent: request.headers[.userAgent])
        do throws(IngestError) {
            let format = try ZipkinBody(version, contentType: request.headers[.contentType])
            let time = Timestamp.now()
            let body = try await converted(request, format, sender, receivedTime: time)
            defer { pipeline.budget.release(body.count, of: sender.connection) }
            let result = await pipeline.admit(
                IngestRequest(signal: .traces, encoding: .protobuf, body: body, receivedTime: time, sender: sender))
            switch result {
            case .acknowledged(let outcome) where outcome.rejectedCount == 0:
                return Response(status: .accepted)
            case .acknowledged(let outcome):
                // Not for a body that was read here, whose ids are checked.
                return Self.text(.badRequest, outcome.message(noun: "spans"))
            case .refused(let error):
                // The pipeline has counted it.
                return Self.refusal(error)
            }
        } catch {
            pipeline.refuse(.traces, sender, error)
            return Self.refusal(error)
        }
    }

    /// The body as an OTLP request, whose count of bytes the caller gives back to the budget.
    private func converted(
        _ request: Request, _ format: ZipkinBody, _ sender: Sender, receivedTime: Timestamp
    ) async throws(IngestError) -> [UInt8] {
        let name = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard let compression = BodyCompression(contentEncoding: name) else {
            throw IngestError(
                kind: .unsupported, reason: "content_encoding",
                message: "content encoding \(name) is not supported, send gzip, zstd or none")
        }
        let body = try await PackedBody.read(request, compression, sender, limits, pipeline.budget)
        defer { pipeline.budget.release(body.reserved, of: sender.connection) }
        let bytes = try format.otlp(body.bytes, receivedTime: receivedTime)
        guard pipeline.budget.reserve(bytes.count, for: sender.connection) else { throw IngestError(body: .noMemory) }
        return bytes
    }

    private static func refusal(_ error: IngestError) -> Response {
        var response = text(error.httpStatus, error.message)
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        // The rest of the body is not read.
        if error.kind == .tooLarge || error.kind == .timeout { response.headers[.connection] = "close" }
        return response
    }

    static func text(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: message + "\n")))
    }
}
