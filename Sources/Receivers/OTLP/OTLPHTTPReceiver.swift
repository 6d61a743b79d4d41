import Codecs
package import HTTPSurface
import HTTPTypes
import Hummingbird
package import Ingest
package import Logging
import NIOCore
import ServiceLifecycle
import TelemetryModel

/// What a receiver of OTLP accepts.
package struct OTLPLimits: Sendable, Equatable {
    /// Of a body, before and after decompression.
    package var bodyBytesMax: Int
    /// From a request's head to the end of its body.
    package var bodyTimeLimit: Duration

    package init(bodyBytesMax: Int, bodyTimeLimit: Duration) {
        self.bodyBytesMax = bodyBytesMax
        self.bodyTimeLimit = bodyTimeLimit
    }
}

/// OTLP over HTTP: protobuf and JSON, plain and gzip.
///
/// Spec: OpenTelemetry Protocol, "OTLP/HTTP". The answer has the encoding of the request, errors included.
package struct OTLPHTTPReceiver: Service {
    private let surface: HTTPSurface

    package init(
        _ options: SurfaceOptions, limits: OTLPLimits, pipeline: IngestPipeline, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        let handler = OTLPHTTPHandler(limits: limits, pipeline: pipeline)
        surface = HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.add(middleware: UnknownPathMiddleware(port: options.name, misdirections: options.misdirections))
            for signal in Signal.allCases {
                let path = RouterPath(signal.httpPath)
                router.post(path) { request, context in await handler.answer(request, signal, peer: context.peer) }
                for method in [HTTPRequest.Method.get, .put, .delete, .patch, .head] {
                    router.on(path, method: method) { _, _ in
                        Response(
                            status: .methodNotAllowed,
                            headers: [.allow: "POST, OPTIONS", .contentType: "text/plain; charset=utf-8"],
                            body: .init(byteBuffer: ByteBuffer(string: "telemetry is sent with POST\n")))
                    }
                }
            }
            IngestRoutes.add(to: router, pipeline)
        }
    }

    package func run() async throws {
        try await surface.run()
    }
}

struct OTLPHTTPHandler: Sendable {
    let limits: OTLPLimits
    let pipeline: IngestPipeline

    /// - Parameter peer: the other end of the connection.
    func answer(_ request: Request, _ signal: Signal, peer: String) async -> Response {
        let sender = Sender(transport: "http", address: peer, userAgent: request.headers[.userAgent])
        guard let encoding = Self.encoding(request.headers[.contentType]) else {
            // There is no encoding to mirror; JSON is what a person can read.
            let given = request.headers[.contentType] ?? "none"
            return refuse(
                signal, sender, .json,
                IngestError(
                    kind: .unsupported, reason: "content_type",
                    message: "content type \(given) is not supported, send application/x-protobuf or application/json"))
        }
        do {
            let name = request.headers[.contentEncoding]?.lowercased() ?? "identity"
            guard let compression = BodyCompression(contentEncoding: name) else {
                throw IngestError(
                    kind: .unsupported, reason: "content_encoding",
                    message: "content encoding \(name) is not supported, send gzip, zstd or none")
            }
            let body = try await PackedBody.read(request, compression, sender, limits, pipeline.budget)
            defer { pipeline.budget.release(body.reserved, of: sender.connection) }
            let result = await pipeline.admit(
                IngestRequest(
                    signal: signal, encoding: encoding, body: body.bytes, receivedTime: .now(), sender: sender))
            switch result {
            case .acknowledged(let outcome):
                let bytes = encoding == .json ? signal.jsonResponse(outcome) : try signal.protobufResponse(outcome)
                return response(.ok, encoding, bytes)
            case .refused(let error):
                // The pipeline has counted it.
                return errorResponse(encoding, error)
            }
        } catch let error as IngestError {
            return refuse(signal, sender, encoding, error)
        } catch {
            return refuse(
                signal, sender, encoding, IngestError(kind: .internal, reason: "internal", message: "\(error)"))
        }
    }

    static func encoding(_ contentType: String?) -> IngestRequest.Encoding? {
        let media = contentType?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch media {
        case "application/x-protobuf": return .protobuf
        case "application/json": return .json
        default: return nil
        }
    }

    private func refuse(
        _ signal: Signal, _ sender: Sender, _ encoding: IngestRequest.Encoding, _ error: IngestError
    ) -> Response {
        pipeline.refuse(signal, sender, error)
        return errorResponse(encoding, error)
    }

    /// A `google.rpc.Status` in the request's encoding; `code` is left out, as the specification allows.
    private func errorResponse(_ encoding: IngestRequest.Encoding, _ error: IngestError) -> Response {
        var bytes: [UInt8]
        switch encoding {
        case .json:
            var writer = JSONWriter()
            writer.open("{")
            writer.key("message")
            writer.string(error.message)
            writer.close("}")
            bytes = writer.bytes
        case .protobuf, .remoteWrite1, .remoteWrite2, .ownSamples:
            bytes = RPCStatus.encode(message: error.message)
        }
        var response = response(error.httpStatus, encoding, bytes)
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if error.kind == .tooLarge || error.kind == .timeout {
            // The rest of the body is not read.
            response.headers[.connection] = "close"
        }
        return response
    }

    private func response(
        _ status: HTTPResponse.Status, _ encoding: IngestRequest.Encoding, _ bytes: [UInt8]
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: encoding == .json ? "application/json" : "application/x-protobuf"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
