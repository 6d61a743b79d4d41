import Codecs
import NIOCore
import NIOPosix

/// StatsD lines over TCP.
enum LineServer {
    static func bind(
        host: String, port: Int, options: StatsDOptions, intake: StatsDIntake, connections: ConnectionLimit,
        events: StatsDEvents
    ) async throws -> any Channel {
        let idleTime = TimeAmount.nanoseconds(options.connectionIdleTime.statsDNanoseconds)
        let lineBytesMax = options.lineBytesMax
        return try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idleTime),
                        LineHandler(
                            lineBytesMax: lineBytesMax, intake: intake, connections: connections, events: events),
                    ])
                }
            }
            .bind(host: host, port: port).get()
    }
}

/// One connection. Confined to its event loop.
final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var splitter: LineSplitter
    private let intake: StatsDIntake
    private let connections: ConnectionLimit
    private let events: StatsDEvents
    private var isCounted = false

    init(lineBytesMax: Int, intake: StatsDIntake, connections: ConnectionLimit, events: StatsDEvents) {
        splitter = LineSplitter(lineBytesMax: lineBytesMax)
        self.intake = intake
        self.connections = connections
        self.events = events
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = connections.add(context.channel)
        if isCounted {
            context.fireChannelActive()
        } else {
            events.connectionRefused()
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted {
            connections.remove(context.channel)
            splitter.finish { intake.receive($0) }
        }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isCounted else { return }
        let outcome = unwrapInboundIn(data).withUnsafeReadableBytes { raw in
            splitter.take(raw.bindMemory(to: UInt8.self)) { intake.receive($0) }
        }
        guard outcome != .goesOn else { return }
        if outcome == .tooLong {
            let now = intake.clock()
            intake.with { $0.statistics.count(.tooLong, UnsafeBufferPointer(start: nil, count: 0), now: now) }
        }
        isCounted = false
        connections.remove(context.channel)
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that the other side broke off; what it sent whole is counted.
        context.close(promise: nil)
    }
}

extension Duration {
    var statsDNanoseconds: Int64 {
        components.seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue
            &+ components.attoseconds / 1_000_000_000
    }

    var statsDMilliseconds: Int64 { statsDNanoseconds / 1_000_000 }
}
