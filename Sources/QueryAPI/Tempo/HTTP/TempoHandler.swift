import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import QueryEngines
import TelemetryModel

/// Between Hummingbird's requests and the API's questions.
struct TempoHandler: Sendable {
    /// Below this compression costs more than it saves.
    static let gzipBytesMin = 1024

    let api: TempoAPI
    let logger: Logger

    func answer(_ request: Request, _ endpoint: TempoEndpoint, name: String) async -> Response {
        let question: TempoAPI.Question
        do {
            question = TempoAPI.Question(
                endpoint: endpoint, form: try await form(of: request), name: name,
                accept: request.headers[values: .accept].joined(separator: ","))
        } catch {
            return response(to: request, endpoint, .failure(error))
        }
        guard endpoint.readsSpans else { return response(to: request, endpoint, await api.answer(question)) }
        let outcome = await WatchedWork.run(for: request) { await api.answer(question) }
        var response = response(to: request, endpoint, outcome.value)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    private func form(of request: Request) async throws(TraceQueryError) -> TempoForm {
        var body: [UInt8]?
        if request.method == .post {
            do {
                body = try await FormBody.read(request, bytesMax: TempoSurface.formBytesMax)
            } catch {
                throw TraceQueryError(error.kind, error.message)
            }
        }
        return try TempoForm(query: request.uri.query, body: body)
    }

    private func response(to request: Request, _ endpoint: TempoEndpoint, _ answer: TempoAnswer) -> Response {
        var headers: HTTPFields = [.contentType: answer.contentType]
        let body: ResponseBody
        switch answer.body {
        case .bytes(var bytes):
            if answer.status >= 500, answer.status != 501 {
                logger.warning(
                    "question failed",
                    metadata: [
                        "path": "\(endpoint.path)", "answer": "\(String(decoding: bytes.prefix(500), as: UTF8.self))",
                    ])
            }
            if bytes.count >= Self.gzipBytesMin {
                headers[.vary] = "Accept-Encoding"
                if AcceptEncoding.takesGzip(request.headers[.acceptEncoding]),
                    let compressed = try? Gzip.compress(bytes)
                {
                    headers[.contentEncoding] = "gzip"
                    bytes = compressed
                }
            }
            body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .trace(let stream): body = self.body(stream)
        }
        let status: HTTPResponse.Status =
            answer.status == 499
            ? HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request") : .init(code: answer.status)
        let response = Response(status: status, headers: headers, body: body)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// An error in the middle ends the connection without the last chunk, so that no client takes the part for the
    /// whole.
    private func body(_ stream: TraceStream) -> ResponseBody {
        ResponseBody { [logger] writer in
            let sink = BodyPieces(writer)
            do {
                try await stream.write { try await sink.write($0) }
            } catch {
                logger.warning(
                    "trace was cut off",
                    metadata: ["trace_id": "\(stream.id.hex)", "error": "\(TempoFailure(error).message)"])
                throw error
            }
            try await writer.finish(nil)
        }
    }
}
