import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Ingest
import NIOCore
import TelemetryModel

/// Logs of Loki's clients, on the port of its API.
///
/// - `POST /loki/api/v1/push`: `{"streams": […]}` as `application/json`, else `logproto.PushRequest`, packed with
///   snappy.
/// - `POST /api/prom/push`: the same, with JSON of the API before version 1.
/// - `POST /otlp/v1/logs`: as `/v1/logs` of the OTLP port.
///
/// A push may be packed with gzip, deflate or zstd besides. 204 when every entry is kept. 400 with a sentence when the
/// request is malformed, and then nothing is kept, or when some of its streams or entries are not valid, and then the
/// others are; 422 when it has no streams; 413 when it is too large; 503 when there is no room at present. The tenant,
/// `X-Scope-OrgID`, is taken and means nothing: there is one.
///
/// Spec: Loki 3, HTTP API, "Ingest logs".
package enum LokiPushRoutes {
    package static let paths = ["/loki/api/v1/push", "/api/prom/push", "/otlp/v1/logs"]

    package static func add(to router: Router<SurfaceContext>, _ pipeline: IngestPipeline, limits: OTLPLimits) {
        let handler = LokiPushHandler(pipeline: pipeline, limits: limits)
        router.post(RouterPath(paths[0])) { request, context in await handler.answer(request, .one, peer: context.peer)
        }
        router.post(RouterPath(paths[1])) { request, context in
            await handler.answer(request, .legacy, peer: context.peer)
        }
        let otlp = OTLPHTTPHandler(limits: limits, pipeline: pipeline)
        router.post(RouterPath(paths[2])) { request, context in
            await otlp.answer(request, .logs, peer: context.peer)
        }
        for path in paths {
            for method in [HTTPRequest.Method.get, .put, .delete, .patch] {
                router.on(RouterPath(path), method: method) { _, _ in
                    var response = LokiPushHandler.text(.methodNotAllowed, "logs are sent with POST")
                    response.headers[.allow] = "OPTIONS, POST"
                    return response
                }
            }
        }
    }
}

struct LokiPushHandler: Sendable {
    let pipeline: IngestPipeline
    let limits: OTLPLimits

    func answer(_ request: Request, _ version: LokiPushBody.Version, peer: String) async -> Response {
        let sender = Sender(transport: "loki", address: peer, userAgent: request.headers[.userAgent])
        do throws(IngestError) {
            let time = Timestamp.now()
            let push = try await push(request, version, sender, receivedTime: time)
            defer { pipeline.budget.release(push.request.count, of: sender.connection) }
            guard push.streamCount > 0 else {
                let error = IngestError(
                    kind: .invalid, reason: "no_streams",
                    message: "error at least one valid stream is required for ingestion")
                pipeline.refuse(.logs, sender, error)
                return Self.text(.unprocessableContent, error.message)
            }
            if push.entryCount > 0 {
                let result = await pipeline.admit(
                    IngestRequest(
                        signal: .logs, encoding: .protobuf, body: push.request, receivedTime: time, sender: sender))
                switch result {
                case .acknowledged(let outcome) where outcome.rejectedCount > 0:
                    // Not for a body that was made here.
                    return Self.text(.badRequest, outcome.message(noun: "entries"))
                case .acknowledged: break
                // The pipeline has counted it.
                case .refused(let error): return Self.refusal(error)
                }
            }
            guard !push.rejections.isEmpty else { return Response(status: .noContent) }
            // The sentences name streams, which only their sender may read.
            pipeline.refuse(
                .logs, sender,
                IngestError(
                    kind: .invalid, reason: "loki_stream",
                    message: "streams or entries of a push are not valid; the others are kept"))
            return Self.text(.badRequest, push.rejections.message)
        } catch {
            pipeline.refuse(.logs, sender, error)
            return Self.refusal(error)
        }
    }

    /// The body as an OTLP request, whose count of bytes the caller gives back to the budget.
    private func push(
        _ request: Request, _ version: LokiPushBody.Version, _ sender: Sender, receivedTime: Timestamp
    ) async throws(IngestError) -> LokiPush {
        let kind = try LokiPushBody(
            version, contentType: request.headers[.contentType], contentEncoding: request.headers[.contentEncoding])
        let body = try await PackedBody.read(request, kind.transport, sender, limits, pipeline.budget)
        let connection = sender.connection
        var reserved = body.reserved
        defer { pipeline.budget.release(reserved, of: connection) }
        let push: LokiPush
        do throws(DecodeError) {
            let bytes = try kind.unpack(
                body.bytes, bytesMax: limits.bodyBytesMax, reserved: &reserved,
                reserve: { pipeline.budget.reserve($0, for: connection) })
            push = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
                try LokiPush.decode(bytes, kind.format, receivedTime: receivedTime)
            }
        } catch {
            throw IngestError(decoding: error)
        }
        guard pipeline.budget.reserve(push.request.count, for: connection) else { throw IngestError(body: .noMemory) }
        return push
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
