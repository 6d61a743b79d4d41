import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Between Hummingbird's requests and the API's questions.
struct JaegerHandler: Sendable {
    let api: JaegerAPI
    let logger: Logger

    func answer(_ request: Request) async -> Response {
        var question = JaegerAPI.Question(method: request.method.rawValue, path: request.uri.path)
        do throws(JaegerFailure) {
            if request.method == .post { question.body = try await body(of: request) }
            do {
                question.form = try FormParameters(body: nil, query: request.uri.query)
            } catch {
                throw JaegerFailure(400, error.message)
            }
        } catch {
            return response(to: request, JaegerAPI.failure(error, path: question.path))
        }
        let outcome = await WatchedWork.run(for: request) { [question] in await api.answer(question) }
        var response = response(to: request, outcome.value)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    private func body(of request: Request) async throws(JaegerFailure) -> [UInt8] {
        do {
            return try await BodyCollector(
                bytesMax: JaegerSurface.bodyBytesMax, timeLimit: JaegerSurface.bodyTimeLimit
            ).collect(request)
        } catch {
            switch error {
            case .tooLarge(let bytesMax): throw JaegerFailure(413, "the body has more than \(bytesMax) bytes")
            case .tooSlow(let limit):
                throw JaegerFailure(408, "the body did not come within \(limit.components.seconds) s")
            case .noMemory: throw JaegerFailure(503, "there is no memory for the body")
            case .incomplete: throw JaegerFailure(400, "the body is not complete")
            }
        }
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
    }

    private func response(to request: Request, _ answer: JaegerAnswer) -> Response {
        var response: Response
        switch answer.body {
        case .bytes(let bytes):
            if answer.status >= 500, answer.status != 501 {
                logger.warning(
                    "question failed",
                    metadata: [
                        "path": "\(request.uri.path)",
                        "answer": "\(String(decoding: bytes.prefix(500), as: UTF8.self))",
                    ])
            }
            response = AnswerBody.response(
                PrometheusAnswer(status: answer.status, contentType: answer.contentType, body: .bytes(bytes)),
                acceptsGzip: AcceptEncoding.takesGzip(request.headers[.acceptEncoding]))
        case .stream(let write):
            response = Response(
                status: .init(code: answer.status), headers: [.contentType: answer.contentType],
                body: body(write, path: request.uri.path))
        }
        Self.addCORS(to: &response, request)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// An error in the middle ends the connection without the last chunk, so that no client takes the part for the
    /// whole.
    private func body(
        _ write: @escaping @Sendable (_ sink: @escaping JaegerAnswer.Sink) async throws -> Void, path: String
    ) -> ResponseBody {
        ResponseBody { [logger] writer in
            let sink = BodyPieces(writer)
            do {
                try await write { try await sink.write($0) }
            } catch {
                logger.warning(
                    "answer was cut off",
                    metadata: ["path": "\(path)", "error": "\(JaegerFailure(error).message)"])
                throw error
            }
            try await writer.finish(nil)
        }
    }
}
