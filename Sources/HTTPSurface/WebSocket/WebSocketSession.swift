import HTTPTypes
package import Hummingbird
import NIOCore

/// Bounds of a WebSocket.
package struct WebSocketLimits: Sendable {
    /// Pings without a sign of life after which a client counts as gone.
    static let unansweredPingsMax = 2

    /// Bytes of a message of a client's.
    package var messageBytesMax = 64 << 10
    /// Messages that the session has not taken yet; newer ones are thrown away.
    package var messagesMax = 16
    package var pingInterval = Duration.seconds(30)
    /// How long the client may take to close when the server has.
    package var closeTime = Duration.seconds(2)

    package init() {}
}

/// An open WebSocket.
package struct WebSocketSession: Sendable {
    /// Texts that the client sends; ends when it closes.
    package let messages: AsyncStream<String>
    private let pieces: WebSocketWriter

    fileprivate init(messages: AsyncStream<String>, pieces: WebSocketWriter) {
        self.messages = messages
        self.pieces = pieces
    }

    /// Sends one text message; returns when the connection has room for more. Each is awaited before the next.
    ///
    /// - Throws: when the client is gone, or the session has to end: then its task is cancelled, too.
    package func send(_ text: String) async throws {
        try await pieces.write(WebSocketFrames.encode(.text, text.utf8))
    }

    /// The same for a text in bytes, which have to be UTF-8.
    package func send(utf8 text: [UInt8]) async throws {
        try await pieces.write(WebSocketFrames.encode(.text, text))
    }
}

/// Thrown by a session to close with a code and a reason.
package struct WebSocketClosure: Error, Sendable, Equatable {
    package var code: WebSocketCloseCode
    /// One sentence; what is over 123 bytes is cut off.
    package var reason: String

    package init(_ code: WebSocketCloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// Makes WebSockets of requests.
///
/// A WebSocket is a route like others: what the surface demands of a request (host, origin, token) holds for it before
/// it is upgraded, and the route refuses in plain HTTP what it does not want to serve.
package enum WebSocketUpgrade {
    /// The answer to a request for a WebSocket: the upgrade, in whose body the session runs, or a refusal.
    ///
    /// - Parameter session: ends the connection with code 1000 by returning; with that of a `WebSocketClosure` by
    ///   throwing one, else with 1011. It is cancelled when the client is gone or has closed, and when the server stops
    ///   (1001).
    package static func response(
        to request: Request, _ context: SurfaceContext, limits: WebSocketLimits = WebSocketLimits(),
        session: @escaping @Sendable (WebSocketSession) async throws -> Void
    ) async throws -> Response {
        let accept: String
        switch WebSocketHandshake.check(request.head) {
        case .success(let text): accept = text
        case .failure(let refusal): return Self.refusal(refusal.status, refusal.message)
        }
        let channel = context.channel
        let (messages, messagesIn) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(limits.messagesMax))
        let (ends, endsIn) = AsyncStream.makeStream(of: WebSocketEnd.self, bufferingPolicy: .bufferingOldest(1))
        // Before the answer: a client sends frames only after it (RFC 6455, section 4.1).
        let door = try await channel.eventLoop.submit {
            let door = WebSocketDoor(limits: limits, messages: messagesIn, ends: endsIn)
            try channel.pipeline.syncOperations.addHandler(door, position: .first)
            return NIOLoopBound(door, eventLoop: channel.eventLoop)
        }.get()
        return Response(
            status: .switchingProtocols,
            headers: [.connection: "Upgrade", .upgrade: "websocket", .secWebSocketAccept: accept],
            body: ResponseBody { writer in
                channel.eventLoop.execute { door.value.start() }
                let pieces = WebSocketWriter(writer)
                let outcome = await run(session, WebSocketSession(messages: messages, pieces: pieces), until: ends)
                if let closure = outcome {
                    channel.eventLoop.execute { door.value.close(closure.code, reason: closure.reason) }
                }
                try await channel.closeFuture.get()
                try? await writer.finish(nil)
            })
    }

    /// Runs the session until it or the connection ends.
    ///
    /// - Returns: how to close; nil when that has happened.
    private static func run(
        _ session: @escaping @Sendable (WebSocketSession) async throws -> Void, _ socket: WebSocketSession,
        until ends: AsyncStream<WebSocketEnd>
    ) async -> WebSocketClosure? {
        await withTaskGroup(of: WebSocketClosure?.self) { group in
            group.addTask {
                do {
                    try await session(socket)
                    return WebSocketClosure(.normal, "")
                } catch let closure as WebSocketClosure {
                    return closure
                } catch {
                    return WebSocketClosure(.internalError, "the server failed")
                }
            }
            group.addTask {
                for await end in ends {
                    return end == .stopping ? WebSocketClosure(.goingAway, "the server stops") : nil
                }
                // Cancelled from outside.
                return WebSocketClosure(.goingAway, "")
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    /// After a request for an upgrade nothing more is parsed on a connection, so a refusal ends it.
    package static func refusal(_ status: HTTPResponse.Status, _ message: String) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8", .connection: "close"]
        if status == .upgradeRequired { headers[.secWebSocketVersion] = "13" }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: message + "\n")))
    }
}

/// Hands frames to the connection, which slows them down to its own pace.
///
/// Unchecked: the session sends one after another, each awaited before the next, and nobody else writes meanwhile.
private final class WebSocketWriter: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    func write(_ frame: [UInt8]) async throws {
        try await writer.write(ByteBuffer(bytes: frame))
    }
}
