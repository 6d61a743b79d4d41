import Codecs
import NIOCore
import NIOPosix

/// Syslog over TCP: one connection. Confined to its event loop.
///
/// Spec: RFC 6587.
final class SyslogConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let methods = ["GET /", "POST /", "PUT /", "HEAD /", "OPTIONS /", "DELETE /", "PATCH /"]

    private var framer: SyslogFramer
    private let intake: SyslogIntake
    private let connections: ConnectionLimit
    private var sender = ""
    private var isCounted = false
    private var isAtStart = true
    /// Not read, until there is room.
    private var isPaused = false
    private let idleTime: TimeAmount
    private var resumedTime: NIODeadline?

    private init(_ options: SyslogOptions, _ intake: SyslogIntake, _ connections: ConnectionLimit) {
        framer = SyslogFramer(messageBytesMax: options.messageBytesMax)
        idleTime = Self.idleTime(options)
        self.intake = intake
        self.connections = connections
    }

    static func bind(
        _ options: SyslogOptions, port: Int, _ intake: SyslogIntake, _ connections: ConnectionLimit
    ) async throws -> any Channel {
        let idleTime = idleTime(options)
        return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idleTime),
                        SyslogConnectionHandler(options, intake, connections),
                    ])
                }
            }
            .bind(host: options.host, port: port).get()
    }

    private static func idleTime(_ options: SyslogOptions) -> TimeAmount {
        .nanoseconds(options.connectionIdleTime.statsDNanoseconds)
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = connections.add(context.channel)
        sender = context.remoteAddress?.ipAddress ?? ""
        if isCounted {
            intake.count { $0.connections += 1 }
            context.fireChannelActive()
        } else {
            intake.count { $0.connectionsRefused += 1 }
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted {
            connections.remove(context.channel)
            intake.receive(sender: sender) { framer.finish($0) }
        }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isCounted else { return }
        let isHTTP = unwrapInboundIn(data).withUnsafeReadableBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            if isAtStart {
                isAtStart = false
                // Most likely a web page that wants to write through a person's browser.
                if Self.methods.contains(where: { bytes.starts(with: $0.utf8) }) { return true }
            }
            intake.receive(sender: sender) { framer.take(bytes, $0) }
            return false
        }
        if isHTTP {
            isCounted = false
            connections.remove(context.channel)
            return context.close(promise: nil)
        }
        if !isPaused, intake.pauseIfFull(context.channel) {
            isPaused = true
            setReading(context, false)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is SyslogResume:
            isPaused = false
            resumedTime = .now()
            setReading(context, true)
        case is IdleStateHandler.IdleStateEvent:
            // One that is not read is idle by our doing.
            if isPaused { return }
            if let resumedTime, NIODeadline.now() - resumedTime < idleTime { return }
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that the other side broke off; what it sent whole is kept.
        context.close(promise: nil)
    }

    private func setReading(_ context: ChannelHandlerContext, _ isOn: Bool) {
        // Fails for a channel that is closed, which needs it no more.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
