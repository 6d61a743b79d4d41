import Codecs
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PromQLEvaluation
import TelemetryModel

/// Between Hummingbird's requests and the API's questions.
struct TraceUIHandler: Sendable {
    /// Below this compression costs more than it saves.
    static let gzipBytesMin = 1024
    /// Above this compression takes milliseconds, and a thread of its own.
    static let gzipInlineBytesMax = 64 << 10

    let api: TraceUIAPI
    let logger: Logger

    func answer(_ request: Request, _ endpoint: TraceUIEndpoint, id: String) async -> Response {
        let question = TraceUIAPI.Question(endpoint: endpoint, id: id, query: request.uri.query)
        return await Self.answer(request, path: endpoint.path, logger: logger) { await api.answer(question) }
    }

    /// Answers a request with what the work finds, which ends when the client goes away.
    static func answer(
        _ request: Request, path: String, logger: Logger, _ work: @Sendable () async -> TraceUIAnswer
    ) async -> Response {
        let outcome = await WatchedWork.run(for: request, work)
        let answer = outcome.value
        if answer.status >= 500, answer.status != 501 {
            logger.warning(
                "question failed",
                metadata: [
                    "path": "\(path)", "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
        }
        var response = await response(to: request, answer)
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    static var refusedMethod: Response {
        var writer = JSONWriter()
        TraceUIFailure(.invalid, "questions are asked with GET").write(into: &writer)
        return Response(
            status: .methodNotAllowed,
            headers: [.contentType: TraceUIAnswer.ContentType.json.rawValue, .allow: "GET, HEAD"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    static func response(to request: Request, _ answer: TraceUIAnswer) async -> Response {
        // What is stored changes from one question to the next.
        var headers: HTTPFields = [.contentType: answer.contentType.rawValue, .cacheControl: "no-store"]
        if let page = answer.page {
            // Of the trace, and the row of the page's first.
            if let name = HTTPField.Name("X-Martlet-Spans") { headers[name] = "\(page.spans)" }
            if let name = HTTPField.Name("X-Martlet-From") { headers[name] = "\(page.from)" }
        }
        if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
        var bytes = answer.body
        // A page of a skeleton is read on the machine that sends it: to compress it takes longer than to send it.
        if answer.contentType == .json, bytes.count >= gzipBytesMin {
            headers[.vary] = "Accept-Encoding"
            if AcceptEncoding.takesGzip(request.headers[.acceptEncoding]),
                let compressed = await compressed(bytes)
            {
                headers[.contentEncoding] = "gzip"
                bytes = compressed
            }
        }
        let status: HTTPResponse.Status =
            answer.status == 499
            ? HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request") : .init(code: answer.status)
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func compressed(_ bytes: [UInt8]) async -> [UInt8]? {
        guard bytes.count > gzipInlineBytesMax else { return try? Gzip.compress(bytes) }
        return await EvaluationThread.run { try? Gzip.compress(bytes) }
    }
}
