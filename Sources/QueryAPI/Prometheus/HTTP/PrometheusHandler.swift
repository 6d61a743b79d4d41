import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Between Hummingbird's requests and the API's questions.
struct PrometheusHandler: Sendable {
    let api: PrometheusAPI
    let logger: Logger

    func answer(
        _ request: Request, _ endpoint: PrometheusEndpoint, _ method: PrometheusEndpoint.Method, name: String
    ) async -> Response {
        let question: PrometheusAPI.Question
        do {
            question = PrometheusAPI.Question(
                endpoint: endpoint, method: method, form: try await form(of: request, method), name: name,
                accept: request.headers[values: .accept].joined(separator: ","))
        } catch {
            return Self.response(to: request, .failure(error))
        }
        guard endpoint.readsSamples else {
            let response = Self.response(to: request, await api.answer(question))
            return method == .head ? response.createHeadResponse() : response
        }
        let outcome = await WatchedWork.run(for: request) { await api.answer(question) }
        if case .bytes(let text) = outcome.value.body, outcome.value.status == 500 {
            logger.warning(
                "question failed",
                metadata: [
                    "path": "\(endpoint.path)", "answer": "\(String(decoding: text.prefix(500), as: UTF8.self))",
                ])
        }
        var response = Self.response(to: request, outcome.value)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    private func form(
        of request: Request, _ method: PrometheusEndpoint.Method
    ) async throws(PrometheusFailure) -> FormParameters {
        var body: [UInt8]?
        if method == .post || method == .put {
            do {
                body = try await FormBody.read(request, bytesMax: PrometheusSurface.formBytesMax)
            } catch {
                throw PrometheusFailure(.badData, "error parsing form values: \(error.message)")
            }
        }
        return try FormParameters(body: body, query: request.uri.query)
    }

    static func options(_ request: Request) -> Response {
        var response = Response(status: .noContent)
        addCORS(to: &response, request)
        return response
    }

    /// The origin itself is judged and answered by the surface.
    private static func addCORS(to response: inout Response, _ request: Request) {
        guard request.headers[.origin] != nil else { return }
        response.headers[.accessControlAllowHeaders] = "Accept, Authorization, Content-Type, Origin"
        response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        response.headers[.accessControlExposeHeaders] = "Date"
    }

    private static func response(to request: Request, _ answer: PrometheusAnswer) -> Response {
        var response = AnswerBody.response(
            answer, acceptsGzip: AcceptEncoding.takesGzip(request.headers[.acceptEncoding]))
        addCORS(to: &response, request)
        return response
    }
}

/// Puts answers on the wire: compressed where that is wanted and worth it, in pieces where they are large.
enum AnswerBody {
    /// Below this compression costs more than it saves.
    static let gzipBytesMin = 1024
    /// Above this an answer is sent as it is written, never held as a whole, and so is not compressed.
    static let wholeBytesMax = 8 << 20
    static let pieceBytes = 128 << 10

    static func response(_ answer: PrometheusAnswer, acceptsGzip: Bool) -> Response {
        var bytes: [UInt8]
        switch answer.body {
        case .bytes(let all): bytes = all
        case .query(let query) where query.bytesExpected <= wholeBytesMax: bytes = query.bytes()
        case .query(let query):
            return Response(
                status: .init(code: answer.status), headers: [.contentType: answer.contentType],
                body: ResponseBody { writer in
                    var query = query
                    var text = JSONWriter()
                    var isMore = true
                    while isMore {
                        isMore = query.write(into: &text, bytesMax: pieceBytes)
                        try await writer.write(ByteBuffer(bytes: text.bytes))
                        text.bytes.removeAll(keepingCapacity: true)
                    }
                    try await writer.finish(nil)
                })
        }
        var headers: HTTPFields = [:]
        if answer.status != 204 { headers[.contentType] = answer.contentType }
        if bytes.count >= gzipBytesMin {
            headers[.vary] = "Accept-Encoding"
            if acceptsGzip, let compressed = try? Gzip.compress(bytes) {
                headers[.contentEncoding] = "gzip"
                bytes = compressed
            }
        }
        let status = HTTPResponse.Status(
            code: answer.status, reasonPhrase: answer.status == 499 ? "Client Closed Request" : "")
        return Response(
            status: answer.status == 499 ? status : .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
