import Codecs
package import HTTPSurface
import HTTPTypes
package import Hummingbird
package import Ingest
import NIOCore
import TelemetryModel

/// The flush barrier and the arrival ledger.
///
/// - `POST /api/v1/flush?timeout=30s`: 200 when everything accepted before the call is stored and found by queries,
///   504 when that took too long, 503 when the store does not take data; the latter two with `{"message": …}`.
/// - `GET /api/v1/ledger`: where every item went, for each signal and sender.
/// - `GET /api/v1/misdirected`: what came to a port that does not take it, `{"entries": […], "omitted": n}`.
package enum IngestRoutes {
    /// Of the barrier, when the caller says none, and at most.
    private static let timeout = Duration.seconds(30)
    private static let timeoutMax = Duration.seconds(600)

    package static func add(
        to router: Router<SurfaceContext>, _ pipeline: IngestPipeline, _ misdirections: Misdirections? = nil
    ) {
        router.post("/api/v1/flush") { request, _ in await flush(request, pipeline) }
        router.get("/api/v1/ledger") { _, _ in json(.ok, ledger(pipeline.ledger.all)) }
        if let misdirections {
            router.get("/api/v1/misdirected") { _, _ in json(.ok, misdirected(misdirections)) }
        }
    }

    private static func misdirected(_ misdirections: Misdirections) -> JSONWriter {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("entries")
        writer.open("[")
        for entry in misdirections.entries {
            writer.separate()
            writer.open("{")
            writer.key("port")
            writer.string(entry.port)
            writer.key("kind")
            writer.string(entry.kind.rawValue)
            writer.key("detail")
            writer.string(entry.detail)
            writer.key("count")
            writer.integer(entry.count)
            writer.key("lastPeer")
            writer.string(entry.lastPeer)
            writer.key("lastTime")
            writer.string(entry.lastTime.rfc3339)
            writer.key("advice")
            writer.string(entry.advice)
            writer.close("}")
        }
        writer.close("]")
        writer.key("omitted")
        writer.integer(misdirections.omitted)
        writer.close("}")
        return writer
    }

    private static func flush(_ request: Request, _ pipeline: IngestPipeline) async -> Response {
        var limit = timeout
        if let text = request.uri.queryParameters.get("timeout") {
            guard let given = duration(text), given > .zero, given <= timeoutMax else {
                return message(
                    .badRequest, "timeout wants a time up to \(timeoutMax.components.seconds)s such as 500ms or 30s")
            }
            limit = given
        }
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await pipeline.flush(within: limit)
        } catch {
            return message(error.kind == .timeout ? .gatewayTimeout : .serviceUnavailable, error.message)
        }
        let took = clock.now - start
        var writer = JSONWriter()
        writer.open("{")
        writer.key("status")
        writer.string("stored")
        writer.key("signals")
        writer.open("{")
        for signal in Signal.allCases {
            writer.separate()
            writer.string(signal.rawValue)
            writer.bytes.append(UInt8(ascii: ":"))
            writer.open("{")
            writer.key("stored")
            writer.integer(pipeline.ledger.all.reduce(0) { $0 + ($1.signal == signal ? $1.stored : 0) })
            writer.close("}")
        }
        writer.close("}")
        writer.key("milliseconds")
        writer.integer(took.nanoseconds / 1_000_000)
        writer.close("}")
        return json(.ok, writer)
    }

    private static func ledger(_ entries: [ArrivalLedger.Entry]) -> JSONWriter {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("entries")
        writer.open("[")
        for entry in entries {
            writer.separate()
            writer.open("{")
            writer.key("signal")
            writer.string(entry.signal.rawValue)
            writer.key("sender")
            writer.string(entry.sender)
            writer.key("received")
            writer.integer(entry.received)
            writer.key("stored")
            writer.integer(entry.stored)
            writer.key("waiting")
            writer.integer(entry.waiting)
            writer.key("rejected")
            write(entry.rejected, to: &writer)
            writer.key("dropped")
            write(entry.dropped, to: &writer)
            writer.key("refusedRequests")
            write(entry.refusedRequests, to: &writer)
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        return writer
    }

    private static func write(_ counts: [String: Int], to writer: inout JSONWriter) {
        writer.open("{")
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.separate()
            writer.string(reason)
            writer.bytes.append(UInt8(ascii: ":"))
            writer.integer(count)
        }
        writer.close("}")
    }

    /// As in the configuration, `500ms` or `1m30s`; a number alone is seconds.
    private static func duration(_ text: String) -> Duration? {
        if let seconds = Int32(text) { return .seconds(seconds) }
        return try? DurationText.parse(text)
    }

    private static func message(_ status: HTTPResponse.Status, _ text: String) -> Response {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("message")
        writer.string(text)
        writer.close("}")
        return json(status, writer)
    }

    private static func json(_ status: HTTPResponse.Status, _ writer: JSONWriter) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }
}
