import NIOCore

/// Stands between the socket and the HTTP handlers of a connection that has become a WebSocket: what the client sends is
/// frames from now on and goes no further, what the server sends passes it on its way out.
///
/// It answers pings and close frames itself, asks silent clients whether they are there, and tells of the end.
///
/// The HTTP handlers behind it stay, and hold the request that opened the WebSocket as one whose answer is being
/// written; what is written as its body goes out as it is (an answer 101 has no framing of HTTP).
final class WebSocketDoor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limits: WebSocketLimits
    private let messages: AsyncStream<String>.Continuation
    private let ends: AsyncStream<WebSocketEnd>.Continuation
    private var reader: WebSocketReader
    private var context: ChannelHandlerContext?
    private var hasSentClose = false
    /// Pings since the client was last heard.
    private var unansweredPings = 0
    private var pingTimer: Scheduled<Void>?
    private var closeTimer: Scheduled<Void>?

    init(
        limits: WebSocketLimits, messages: AsyncStream<String>.Continuation,
        ends: AsyncStream<WebSocketEnd>.Continuation
    ) {
        self.limits = limits
        self.messages = messages
        self.ends = ends
        reader = WebSocketReader(bytesMax: limits.messageBytesMax)
    }

    // MARK: What the session's side does, on the event loop

    /// The answer to the opening is on its way.
    func start() { schedulePing() }

    /// Begins to close, unless that has happened; the connection ends when the client closes too, or does not for too
    /// long.
    func close(_ code: WebSocketCloseCode, reason: String) {
        guard let context, !hasSentClose else { return }
        hasSentClose = true
        write(WebSocketFrames.close(code, reason: reason), context)
        closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .init(limits.closeTime)) {
            context.close(promise: nil)
        }
    }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.gone)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.gone)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unansweredPings = 0
        for event in reader.read(unwrapInboundIn(data).readableBytesView) {
            switch event {
            case .text(let text): messages.yield(text)
            case .binary, .pong: break
            case .ping(let payload):
                // To answer the newest is enough (RFC 6455, section 5.5.3): one who does not read gets no more.
                if context.channel.isWritable, !hasSentClose { write(WebSocketFrames.encode(.pong, payload), context) }
            case .close(let code):
                closeAnswering(code ?? .normal, context)
                end(.closed)
            case .violation(let code, let reason):
                close(code, reason: reason)
                end(.closed)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: ends.yield(.stopping)
        case ChannelEvent.inputClosed:
            // Not passed on: the parser of HTTP would call it an error.
            end(.gone)
            context.close(promise: nil)
            return
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.gone)
        context.close(promise: nil)
    }

    // MARK: Helpers

    /// The server is the one to end the connection once both have closed (section 7.1.1).
    private func closeAnswering(_ code: WebSocketCloseCode, _ context: ChannelHandlerContext) {
        guard !hasSentClose else {
            context.close(promise: nil)
            return
        }
        hasSentClose = true
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        write(WebSocketFrames.close(code, reason: ""), context, promise)
        // A client that does not read keeps the answer from going out.
        closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .init(limits.closeTime)) {
            context.close(promise: nil)
        }
    }

    private func end(_ end: WebSocketEnd) {
        pingTimer?.cancel()
        if end == .gone { closeTimer?.cancel() }
        messages.finish()
        ends.yield(end)
        ends.finish()
    }

    private func schedulePing() {
        guard let context, context.channel.isActive else { return }
        pingTimer = context.eventLoop.assumeIsolated().scheduleTask(in: .init(limits.pingInterval)) {
            guard self.unansweredPings < WebSocketLimits.unansweredPingsMax else {
                context.close(promise: nil)
                return
            }
            self.unansweredPings += 1
            if context.channel.isWritable, !self.hasSentClose {
                self.write(WebSocketFrames.encode(.ping, []), context)
            }
            self.schedulePing()
        }
    }

    private func write(_ frame: [UInt8], _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
        // Written from here, so past the HTTP handlers; a frame of the session's is whole, so none is cut in two.
        context.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer(bytes: frame))), promise: promise)
    }
}

/// Why a session has to end.
enum WebSocketEnd: Sendable, Equatable {
    /// The client closed, or broke the protocol and was told so.
    case closed
    /// Without a word.
    case gone
    case stopping
}
