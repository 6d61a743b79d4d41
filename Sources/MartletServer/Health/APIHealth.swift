import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /api/health` on the port of Martlet's own API: what scripts ask Grafana at this place.
///
/// 200 and `{"database":"ok","version":"…"}`; 503 and `"database":"failing"` while the store takes no data.
enum APIHealth {
    static func add(to router: Router<SurfaceContext>, isStoring: @escaping @Sendable () -> Bool) {
        @Sendable func answer() -> Response {
            let isStoring = isStoring()
            var writer = JSONWriter()
            writer.open("{")
            writer.key("database")
            writer.string(isStoring ? "ok" : "failing")
            writer.key("version")
            writer.string(MartletVersion.current)
            writer.close("}")
            return Response(
                status: isStoring ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
        }
        router.get("/api/health") { _, _ in answer() }
        router.head("/api/health") { _, _ in answer().createHeadResponse() }
    }
}
