package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// Exports of what is stored: `/api/ui/export/{traces|metrics|logs|sql}`.
///
/// GET, or POST with the parameters as a form (`application/x-www-form-urlencoded`), for long lists of traces.
///
/// - `form`: `otlp-jsonl` (without), an OTLP JSON object a line; `otlp-proto`, `ExportTraceServiceRequest` and its like,
///   each after its length in four bytes, the highest first; `jaeger-json` of traces, as Jaeger's page downloads them;
///   `csv`, `parquet`, flat rows. Of `sql` only the last two.
/// - `start`, `end`: nanoseconds since 1970, the end exclusive, of the items' own time (a span's start); without, all.
/// - `service`, `trace`: one of these; each may repeat. Points of metrics are of no trace, and come whatever is named.
/// - `query`: TraceQL (all spans of the traces that it finds), LogQL of lines (the records that it finds, as they were
///   sent), a PromQL selector (the points of series that it finds).
/// - `sql`: a statement, under the rules and limits of the port for SQL.
///
/// Spans stand in order of start, trace and id; records of time; points of their series, then of time. What is still the
/// same stands in order of its content, and a line or message has 1,000 items but for the last, so that the export of an
/// imported export is the same, byte for byte. In Jaeger's form a trace is whole, whatever part of it the time chose.
///
/// The header `X-Martlet-Items` says how many items there were when it began, as far as that is known: a query may choose
/// fewer. An error before the first byte has a status and `{"error":{"kind","message"}}`; after it the connection ends
/// without the last chunk, so that no client takes the part for the whole.
package enum ExportRoutes {
    /// Adds them to a port that something else makes, beside the routes of others.
    package static func add(to router: Router<SurfaceContext>, _ dependencies: ExportDependencies, logger: Logger) {
        let handler = ExportHandler(api: ExportAPI(dependencies: dependencies), logger: logger)
        for subject in ExportSubject.allCases {
            let path = RouterPath("/api/ui/export/\(subject.rawValue)")
            router.get(path) { request, _ in await handler.answer(request, subject) }
            router.post(path) { request, _ in await handler.answer(request, subject) }
            for method in [HTTPRequest.Method.put, .delete, .patch] {
                router.on(path, method: method) { _, _ in TraceUIHandler.refusedMethod }
            }
        }
    }
}

/// Between Hummingbird's requests and exports.
struct ExportHandler: Sendable {
    let api: ExportAPI
    let logger: Logger

    func answer(_ request: Request, _ subject: ExportSubject) async -> Response {
        let parameters: ExportParameters
        do {
            var body: [UInt8]?
            if request.method == .post {
                do throws(FormBody.Failure) {
                    body = try await FormBody.read(request, bytesMax: ExportLimits.formBytesMax)
                } catch {
                    throw TraceUIFailure(error.kind, error.message)
                }
            }
            parameters = try ExportParameters(subject, body: body, query: request.uri.query)
        } catch {
            return await TraceUIHandler.response(to: request, .failure(error))
        }
        // Up to the first piece: what can fail soon has a status.
        let outcome = await WatchedWork.run(for: request) { () -> Result<Begun, any Error> in
            do {
                return .success(try await begin(parameters))
            } catch {
                return .failure(error)
            }
        }
        var response: Response
        switch outcome.value {
        case .failure(let error):
            let failure = LogUIFailure.of(error)
            if failure.status >= 500, failure.status != 501 {
                logger.warning(
                    "export failed", metadata: ["subject": "\(subject.rawValue)", "error": "\(failure.message)"])
            }
            response = await TraceUIHandler.response(to: request, .failure(failure))
        case .success(let begun): response = self.response(begun, parameters)
        }
        // Watching took the connection's other end.
        if outcome.wasWatched { response.headers[.connection] = "close" }
        return response
    }

    /// An export with its first piece.
    private struct Begun: Sendable {
        var answer: ExportAPI.Answer
        var first: [UInt8]
    }

    private func begin(_ parameters: ExportParameters) async throws -> Begun {
        var answer = try await api.answer(parameters)
        guard case .pieces(var stream) = answer.body else { return Begun(answer: answer, first: []) }
        let first = try await stream.next() ?? []
        answer.body = .pieces(stream)
        return Begun(answer: answer, first: first)
    }

    private func response(_ begun: Begun, _ parameters: ExportParameters) -> Response {
        var headers: HTTPFields = [.contentType: parameters.form.contentType, .cacheControl: "no-store"]
        if let items = begun.answer.items, let name = HTTPField.Name("X-Martlet-Items") { headers[name] = "\(items)" }
        let body = ResponseBody { [logger] writer in
            let sink = BodyPieces(writer)
            do {
                switch begun.answer.body {
                case .written(let write): try await write { try await sink.write($0) }
                case .pieces(var stream):
                    try await sink.write(begun.first)
                    if !begun.first.isEmpty {
                        while let piece = try await stream.next() { try await sink.write(piece) }
                    }
                }
            } catch {
                if !Task.isCancelled {
                    logger.warning(
                        "export was cut off",
                        metadata: [
                            "subject": "\(parameters.subject.rawValue)",
                            "error": "\(LogUIFailure.of(error).message)",
                        ])
                }
                throw error
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
