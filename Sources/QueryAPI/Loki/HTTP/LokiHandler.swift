import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TelemetryModel

/// Between Hummingbird's requests and the API's questions.
struct LokiHandler: Sendable {
    /// Below this compression costs more than it saves.
    static let gzipBytesMin = 1024
    /// Above this an answer is sent as it is written, never held as a whole, and so is not compressed.
    static let wholeBytesMax = 8 << 20
    static let pieceBytes = 128 << 10

    let api: LokiAPI
    let logger: Logger

    func answer(_ request: Request, _ endpoint: LokiEndpoint, name: String) async -> Response {
        let question: LokiAPI.Question
        do {
            question = LokiAPI.Question(
                endpoint: endpoint, form: try await form(of: request), name: try Self.decodedName(name),
                categorizesLabels: Self.categorizesLabels(request))
            try Self.checkAccept(request)
        } catch {
            return response(to: request, endpoint, .failure(error))
        }
        guard endpoint.readsLogs else { return response(to: request, endpoint, await api.answer(question)) }
        let outcome = await WatchedWork.run(for: request) { await api.answer(question) }
        var response = response(to: request, endpoint, outcome.value)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    /// Opens a tail, or says in HTTP why not.
    func tail(_ request: Request, _ context: SurfaceContext) async throws -> Response {
        let parameters: LokiTailParameters
        do {
            guard api.dependencies.isReady() else { throw LokiFailure(.unavailable, "not ready") }
            parameters = try LokiTailParameters(
                try LokiForm(query: request.uri.query), now: api.dependencies.now())
        } catch {
            let failure = LokiFailure(error)
            return WebSocketUpgrade.refusal(.init(code: failure.status), failure.message)
        }
        let categorizesLabels = Self.categorizesLabels(request)
        // So that the stored lines that come first are all there.
        await api.dependencies.freshen()
        return try await WebSocketUpgrade.response(to: request, context) { [api, logger] session in
            do {
                try await LogTail.run(api.dependencies.queries, parameters.request, delay: parameters.delay) { batch in
                    try await session.send(
                        utf8: LokiTailMessage.text(batch, categorizesLabels: categorizesLabels))
                }
            } catch {
                // The connection has ended, or the server stops.
                if Task.isCancelled || error is ChannelError { throw error }
                let failure = LokiFailure(error)
                if failure.status >= 500 {
                    logger.warning("tail failed", metadata: ["error": "\(failure.message)"])
                }
                throw WebSocketClosure(failure.closeCode, failure.message)
            }
        }
    }

    // MARK: Requests

    private static func categorizesLabels(_ request: Request) -> Bool {
        guard let name = HTTPField.Name("X-Loki-Response-Encoding-Flags") else { return false }
        return request.headers[values: name].contains { value in
            value.split(separator: ",").contains { $0.filter { !$0.isWhitespace } == LokiStreamsAnswer.flag }
        }
    }

    /// Loki's own parts ask one another for protocol buffers.
    private static func checkAccept(_ request: Request) throws(LokiFailure) {
        guard request.headers[.accept] == "application/vnd.google.protobuf" else { return }
        throw LokiFailure(.unsupported, "answers are JSON: application/vnd.google.protobuf is not supported")
    }

    private static func decodedName(_ text: String) throws(LokiFailure) -> String {
        do {
            return try FormParameters.decodedPathPart(text[...])
        } catch {
            throw LokiFailure(.invalid, error.message)
        }
    }

    private func form(of request: Request) async throws(LokiFailure) -> LokiForm {
        var body: [UInt8]?
        if request.method == .post {
            do {
                body = try await FormBody.read(request, bytesMax: LokiSurface.formBytesMax)
            } catch {
                throw LokiFailure(error.kind, error.message)
            }
        }
        return try LokiForm(query: request.uri.query, body: body)
    }

    // MARK: Answers

    private func response(to request: Request, _ endpoint: LokiEndpoint, _ answer: LokiAnswer) -> Response {
        var headers: HTTPFields = [.contentType: answer.contentType]
        let status: HTTPResponse.Status =
            answer.status == 499
            ? HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request") : .init(code: answer.status)
        var bytes: [UInt8]
        switch answer.body {
        case .bytes(let all): bytes = all
        case .pieces(let pieces) where pieces.bytesExpected <= Self.wholeBytesMax: bytes = pieces.bytes()
        case .pieces(let pieces):
            let response = Response(status: status, headers: headers, body: Self.body(pieces))
            return request.method == .head ? response.createHeadResponse() : response
        }
        if answer.status >= 500, answer.status != 501, endpoint != .ready {
            logger.warning(
                "question failed",
                metadata: [
                    "path": "\(endpoint.path)", "answer": "\(String(decoding: bytes.prefix(500), as: UTF8.self))",
                ])
        }
        if bytes.count >= Self.gzipBytesMin {
            headers[.vary] = "Accept-Encoding"
            if AcceptEncoding.takesGzip(request.headers[.acceptEncoding]), let compressed = try? Gzip.compress(bytes) {
                headers[.contentEncoding] = "gzip"
                bytes = compressed
            }
        }
        let response = Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func body(_ pieces: any LokiPieces) -> ResponseBody {
        ResponseBody { writer in
            var pieces = pieces
            var text = JSONWriter()
            var isMore = true
            while isMore {
                isMore = pieces.write(into: &text, bytesMax: pieceBytes)
                try await writer.write(ByteBuffer(bytes: text.bytes))
                text.bytes.removeAll(keepingCapacity: true)
            }
            try await writer.finish(nil)
        }
    }
}
