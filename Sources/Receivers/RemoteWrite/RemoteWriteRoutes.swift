import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Ingest
import NIOCore
import TelemetryModel

/// Prometheus Remote-Write 1.0 and 2.0, and OTLP metrics as Prometheus takes them, on the port of its API.
///
/// - `POST /api/v1/write`: 204 when every sample is kept; 400 with a sentence when some are not, which a sender does not
///   repeat; 415 for another content type or encoding; 503 when there is no room at present.
/// - `POST /api/v1/otlp/v1/metrics`: as `/v1/metrics` of the OTLP port.
///
/// Spec: "Prometheus Remote-Write 1.0", "Prometheus Remote-Write 2.0".
package enum RemoteWriteRoutes {
    package static let paths = ["/api/v1/write", "/api/v1/otlp/v1/metrics"]

    package static func add(to router: Router<SurfaceContext>, _ pipeline: IngestPipeline, limits: OTLPLimits) {
        router.post(RouterPath(paths[0])) { request, context in
            await write(request, pipeline, limits, peer: context.peer)
        }
        let otlp = OTLPHTTPHandler(limits: limits, pipeline: pipeline)
        router.post(RouterPath(paths[1])) { request, context in
            await otlp.answer(request, .metrics, peer: context.peer)
        }
    }

    private static func write(
        _ request: Request, _ pipeline: IngestPipeline, _ limits: OTLPLimits, peer: String
    ) async -> Response {
        let sender = Sender(transport: "remote_write", address: peer, userAgent: request.headers[.userAgent])
        do throws(IngestError) {
            let encoding = try encoding(request)
            let body = try await PackedBody.read(request, .snappy, sender, limits, pipeline.budget)
            defer { pipeline.budget.release(body.reserved, of: sender.connection) }
            let result = await pipeline.admit(
                IngestRequest(
                    signal: .metrics, encoding: encoding, body: body.bytes, receivedTime: .now(), sender: sender))
            switch result {
            case .acknowledged(let outcome): return answer(outcome, encoding)
            case .refused(let error): return refusal(error, encoding)
            }
        } catch {
            pipeline.refuse(.metrics, sender, error)
            return refusal(error, nil)
        }
    }

    /// Which message the body is, by the content type; the first version's when there is none.
    static func encoding(_ request: Request) throws(IngestError) -> IngestRequest.Encoding {
        let compression = request.headers[.contentEncoding]?.lowercased() ?? "snappy"
        guard compression == "snappy" else {
            throw unsupported("content_encoding", "content encoding \(compression) is not supported, send snappy")
        }
        guard let contentType = request.headers[.contentType], !contentType.isEmpty else { return .remoteWrite1 }
        let parts = contentType.split(separator: ";").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard parts.first?.lowercased() == "application/x-protobuf" else {
            throw unsupported(
                "content_type", "content type \(contentType) is not supported, send application/x-protobuf")
        }
        for part in parts.dropFirst() where part.lowercased().hasPrefix("proto=") {
            switch part.dropFirst("proto=".count) {
            case "prometheus.WriteRequest": return .remoteWrite1
            case "io.prometheus.write.v2.Request": return .remoteWrite2
            case let other: throw unsupported("content_type", "the message \(other) is not supported")
            }
        }
        return .remoteWrite1
    }

    private static func unsupported(_ reason: String, _ message: String) -> IngestError {
        IngestError(kind: .unsupported, reason: reason, message: message)
    }

    private static func answer(_ outcome: AppendOutcome, _ encoding: IngestRequest.Encoding) -> Response {
        var response: Response
        if outcome.rejectedCount > 0 {
            // What could be kept is; the sender must not repeat the rest.
            response = text(.badRequest, outcome.message(noun: "samples"))
        } else {
            response = Response(status: .noContent)
        }
        if encoding == .remoteWrite2 { response.headers.append(counts: outcome.remoteWrite) }
        return response
    }

    private static func refusal(_ error: IngestError, _ encoding: IngestRequest.Encoding?) -> Response {
        var response = text(error.httpStatus, error.message)
        if encoding == .remoteWrite2 { response.headers.append(counts: RemoteWriteCounts()) }
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if error.kind == .tooLarge || error.kind == .timeout { response.headers[.connection] = "close" }
        return response
    }

    private static func text(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: message + "\n")))
    }
}

extension HTTPFields {
    /// Spec: Remote-Write 2.0, "Required Written Response Headers".
    fileprivate mutating func append(counts: RemoteWriteCounts) {
        for (name, count) in [
            ("Samples", counts.samples), ("Histograms", counts.histograms), ("Exemplars", counts.exemplars),
        ] {
            if let field = HTTPField.Name("X-Prometheus-Remote-Write-\(name)-Written") {
                append(HTTPField(name: field, value: "\(count)"))
            }
        }
    }
}
