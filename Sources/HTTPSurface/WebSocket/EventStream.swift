import HTTPTypes
package import Hummingbird
import NIOCore
import ServiceLifecycle

/// Answers that go on: server-sent events.
///
/// - Spec: WHATWG HTML, "Server-sent events".
package enum EventStream {
    /// - Parameter body: sends events until it returns. It is cancelled when the server stops; when the client is gone,
    ///   the next that is sent throws.
    package static func response(
        _ body: @escaping @Sendable (EventStreamWriter) async throws -> Void
    ) -> Response {
        // A proxy that collects the answer (nginx does) would keep it for ever.
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close"]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let events = EventStreamWriter(writer)
                // So that the client sees the head of the answer at once.
                try await events.heartbeat()
                do {
                    try await cancelWhenGracefulShutdown { try await body(events) }
                } catch is CancellationError {
                    // The server stops: the answer ends like one that is complete.
                }
                try? await writer.finish(nil)
            })
    }
}

/// Sends events, each awaited before the next: the connection slows them down to its own pace.
///
/// Unchecked: nobody else writes meanwhile.
package final class EventStreamWriter: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    fileprivate init(_ writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    /// - Parameter data: one line, such as JSON without line breaks.
    package func send(event: StaticString, data: [UInt8]) async throws {
        var buffer = ByteBuffer()
        buffer.writeStaticString("event: ")
        buffer.writeStaticString(event)
        buffer.writeStaticString("\ndata: ")
        buffer.writeBytes(data)
        buffer.writeStaticString("\n\n")
        try await writer.write(buffer)
    }

    /// A comment, which clients throw away.
    package func heartbeat() async throws { try await writer.write(ByteBuffer(string: ":\n\n")) }
}
