import ClickHouse
import Codecs
package import HTTPSurface
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import TelemetryModel
package import TelemetryStore

/// What a person's SQL may use.
package struct QueryLimits: Sendable, Equatable {
    package var maxExecutionTime: Duration
    package var maxMemoryBytes: Int
    package var maxResultRows: Int
    package var threads: Int

    package init(maxExecutionTime: Duration, maxMemoryBytes: Int, maxResultRows: Int, threads: Int) {
        self.maxExecutionTime = maxExecutionTime
        self.maxMemoryBytes = maxMemoryBytes
        self.maxResultRows = maxResultRows
        self.threads = threads
    }

    /// As settings of the engine.
    var settings: [(name: String, value: String)] {
        [
            ("max_execution_time", "\(max(1, maxExecutionTime.components.seconds))"),
            ("max_memory_usage", "\(maxMemoryBytes)"),
            ("max_result_rows", "\(maxResultRows)"),
            ("result_overflow_mode", "throw"),
            ("max_threads", "\(threads)"),
        ]
    }
}

/// ClickHouse's HTTP interface, reading only: ping, and statements that read in text formats.
///
/// Spec: ClickHouse, "HTTP Interface". What is not supported answers with an error of the engine's form.
package enum ClickHouseSurface {
    /// Bytes of a statement, in the body or the URL.
    static let statementBytesMax = 1 << 20
    /// Bytes of an answer, which is built before it is sent so that an error gets its status.
    static let answerBytesMax = 256 << 20

    package static func make(
        _ options: SurfaceOptions, store: TelemetryStore, limits: QueryLimits, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        let handler = ClickHouseHandler(store: store, limits: limits, logger: logger)
        return HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.get("/ping") { _, _ in PlainText.response(.ok, "Ok.\n") }
            router.get("/") { request, _ in await handler.answer(request) }
            router.post("/") { request, _ in await handler.answer(request) }
        }
    }
}

struct ClickHouseHandler: Sendable {
    let store: TelemetryStore
    let limits: QueryLimits
    let logger: Logger

    func answer(_ request: Request) async -> Response {
        do {
            // A client that goes away takes its statement with it. The price is the connection: it closes after the
            // answer, because its end is being watched.
            var response = try await request.body.consumeWithCancellationOnInboundClose { body in
                try await answer(request, body)
            }
            response.headers[.connection] = "close"
            return response
        } catch {
            let failure = ClickHouseFailure(error)
            var response = PlainText.response(failure.status, failure.text + "\n")
            response.headers[.clickHouseExceptionCode] = "\(failure.code)"
            return response
        }
    }

    private func answer(_ request: Request, _ stream: RequestBody) async throws -> Response {
        var body: [UInt8]
        do {
            body = try await BodyCollector(
                bytesMax: ClickHouseSurface.statementBytesMax, timeLimit: .seconds(30)
            ).collect(stream)
        } catch {
            throw ClickHouseFailure(body: error)
        }
        switch request.headers[.contentEncoding]?.lowercased() ?? "identity" {
        case "identity", "": break
        case "gzip":
            var reserved = 0
            do {
                body = try Gunzip.decompress(body, bytesMax: ClickHouseSurface.statementBytesMax, reserved: &reserved)
            } catch {
                throw ClickHouseFailure(
                    code: 354, name: "ZLIB_INFLATE_FAILED", status: .badRequest, message: error.message)
            }
        case let other:
            throw ClickHouseFailure(
                code: 48, name: "NOT_IMPLEMENTED", status: .notImplemented,
                message: "content encoding \(other) is not supported, send gzip or none")
        }
        let statement = try ClickHouseRequest(
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) }, body: body,
            formatHeader: request.headers[.clickHouseFormat], limits: limits)
        guard let statement else {
            // A request without a statement is how load balancers probe.
            return PlainText.response(.ok, "Ok.\n")
        }
        return try await run(statement)
    }

    private func run(_ request: ClickHouseRequest) async throws -> Response {
        let access = StatementAccess.user(settings: limits.settings + request.settings)
        let statement = BoundStatement(request.text, parameters: request.parameters)
        let shaped = try await ShapedStatement(statement, format: request.format, access: access, engine: store.engine)
        var writer = request.format.makeWriter()
        var isFirst = true
        try await store.engine.query(shaped.statement, access: access) { batch in
            if isFirst {
                writer.begin(shaped.columns(of: batch))
                isFirst = false
            }
            for row in 0..<batch.rows {
                writer.row(batch.columns.map { $0.value(at: row) })
            }
            guard writer.bytes.count <= ClickHouseSurface.answerBytesMax else {
                throw ClickHouseFailure(
                    code: 396, name: "TOO_MANY_ROWS_OR_BYTES", status: .contentTooLarge,
                    message: "the result is larger than \(ClickHouseSurface.answerBytesMax) bytes, add a LIMIT")
            }
        }
        writer.end()
        return Response(
            status: .ok,
            headers: [
                .contentType: request.format.contentType, .clickHouseFormat: request.format.name,
                .clickHouseTimezone: "UTC",
            ], body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }
}

extension HTTPField.Name {
    static let clickHouseFormat = named("X-ClickHouse-Format")
    static let clickHouseTimezone = named("X-ClickHouse-Timezone")
    static let clickHouseExceptionCode = named("X-ClickHouse-Exception-Code")

    private static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no name of a header") }
        return name
    }
}
