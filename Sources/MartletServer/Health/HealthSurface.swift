import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TelemetryModel

/// Whether the server can take and answer.
final class Readiness: Sendable {
    private let readySince = Mutex<Timestamp?>(nil)

    var since: Timestamp? { readySince.withLock { $0 } }
    func becomeReady(at time: Timestamp) { readySince.withLock { $0 = time } }
    func stop() { readySince.withLock { $0 = nil } }
}

/// The health check, as the OpenTelemetry Collector's extension answers it: 200 and JSON when ready, else 503.
enum HealthSurface {
    static func make(
        _ options: SurfaceOptions, readiness: Readiness, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.get("/") { _, _ in answer(readiness) }
            router.head("/") { _, _ in answer(readiness) }
        }
    }

    private static func answer(_ readiness: Readiness) -> Response {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("status")
        let since = readiness.since
        if let since {
            writer.string("Server available")
            writer.key("upSince")
            writer.string(since.rfc3339)
            writer.key("uptime")
            writer.string(uptime(nanoseconds: Timestamp.now().nanoseconds - since.nanoseconds))
        } else {
            writer.string("Server not available")
        }
        writer.close("}")
        return Response(
            status: since == nil ? .serviceUnavailable : .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    /// As Go prints a duration: `1h2m3.5s`.
    static func uptime(nanoseconds: Int64) -> String {
        if nanoseconds < 1_000_000 { return "0s" }
        if nanoseconds < 1_000_000_000 { return "\(max(nanoseconds, 0) / 1_000_000)ms" }
        let seconds = Double(max(nanoseconds, 0) / 1_000_000) / 1000
        let whole = Int(seconds)
        let rest = seconds - Double(whole / 60 * 60)
        let restText = MetricsRegistry.print((rest * 1000).rounded() / 1000) + "s"
        if whole >= 3600 { return "\(whole / 3600)h\(whole / 60 % 60)m\(restText)" }
        return whole >= 60 ? "\(whole / 60)m\(restText)" : restText
    }
}
