import NIOCore

/// Stands alone in the pipeline of a connection until its first bytes tell HTTP/2 from everything else; then the
/// pipeline of that protocol is built behind it, is given what has been read, and the detector leaves.
///
/// At most the preface's 24 bytes and one read of the socket wait here. A connection that says nothing is closed after
/// the surface's idle time, or as soon as the server stops.
final class ProtocolDetector<Outcome: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let idleTimeout: TimeAmount
    private let promise: EventLoopPromise<Outcome>
    /// Builds the pipeline; told whether the connection is HTTP/2.
    private let build: (Bool) -> EventLoopFuture<Outcome>
    /// Called when the pipeline stands, with the context of the detector, to make what was built active.
    private let activate: (Outcome, ChannelHandlerContext) -> Void
    private var received = ByteBuffer()
    private var isBuilding = false
    private var idleTimer: Scheduled<Void>?

    /// - Parameter promise: fulfilled with what was built, or failed when the connection ends before.
    init(
        idleTimeout: Duration, promise: EventLoopPromise<Outcome>, build: @escaping (Bool) -> EventLoopFuture<Outcome>,
        activate: @escaping (Outcome, ChannelHandlerContext) -> Void
    ) {
        self.idleTimeout = .nanoseconds(idleTimeout.nanoseconds)
        self.promise = promise
        self.build = build
        self.activate = activate
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { startTimer(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        promise.fail(ChannelError.ioOnClosedChannel)
    }

    /// Not passed on: nobody stands behind yet, and what is built is made active by `activate`.
    func channelActive(context: ChannelHandlerContext) { startTimer(context) }

    func channelInactive(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        promise.fail(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard !isBuilding else { return }
        switch HTTP2Preface.match(received.readableBytesView) {
        case .undecided: return
        case .http2: build(isHTTP2: true, context)
        case .other: build(isHTTP2: false, context)
        }
    }

    /// Passed on only with what was read.
    func channelReadComplete(context: ChannelHandlerContext) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent where !isBuilding, ChannelEvent.inputClosed where !isBuilding:
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        guard idleTimer == nil else { return }
        let channel = context.channel
        idleTimer = context.eventLoop.scheduleTask(in: idleTimeout) { channel.close(promise: nil) }
    }

    private func build(isHTTP2: Bool, _ context: ChannelHandlerContext) {
        isBuilding = true
        idleTimer?.cancel()
        build(isHTTP2).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let outcome):
                self.promise.succeed(outcome)
                self.activate(outcome, context)
                context.fireChannelRead(self.wrapInboundOut(self.received))
                context.fireChannelReadComplete()
                self.received = ByteBuffer()
                context.pipeline.syncOperations.removeHandler(self, promise: nil)
            case .failure(let error):
                self.promise.fail(error)
                context.close(promise: nil)
            }
        }
    }
}
