import NIOCore
import NIOPosix

/// The administration port: the text commands of the original server, and HTTP for whoever tries it with a browser.
enum AdministrationServer {
    static let connectionsMax = 64
    static let idleTime = TimeAmount.seconds(300)

    static func bind(
        host: String, port: Int, commands: AdministrationCommands, connections: ConnectionLimit,
        refusal: @escaping @Sendable (String?, String?, String?) -> String?
    ) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            // A script may close its side after the last command and still wants the answers.
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idleTime),
                        AdministrationHandler(commands: commands, connections: connections, refusal: refusal),
                    ])
                }
            }
            .bind(host: host, port: port).get()
    }
}

/// One connection. Confined to its event loop.
final class AdministrationHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Of one command with its names.
    private static let lineBytesMax = 64 << 10

    private enum Mode {
        case undecided, text, http, ended
    }

    private let commands: AdministrationCommands
    private let connections: ConnectionLimit
    private let http: AdministrationHTTP
    private var pending: [UInt8] = []
    private var mode = Mode.undecided

    init(
        commands: AdministrationCommands, connections: ConnectionLimit,
        refusal: @escaping @Sendable (String?, String?, String?) -> String?
    ) {
        self.commands = commands
        self.connections = connections
        http = AdministrationHTTP(commands: commands, refusal: refusal)
    }

    func channelActive(context: ChannelHandlerContext) {
        guard connections.add(context.channel) else {
            mode = .ended
            return context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.remove(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard mode != .ended else { return }
        pending.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        if mode == .undecided {
            guard let isHTTP = AdministrationHTTP.isHTTP(pending) else { return }
            mode = isHTTP ? .http : .text
        }
        if mode == .http { answerHTTP(context) } else { answerLines(context) }
    }

    private func answerHTTP(_ context: ChannelHandlerContext) {
        if let end = AdministrationHTTP.headEnd(pending) {
            finish(context, http.answer(Array(pending[..<end])))
        } else if pending.count > AdministrationHTTP.headBytesMax {
            finish(context, [])
        }
    }

    private func answerLines(_ context: ChannelHandlerContext) {
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let line = pending[..<end].filter { $0 != UInt8(ascii: "\r") }
            pending.removeSubrange(...end)
            let answer = answer(String(decoding: line, as: UTF8.self))
            if answer.closes { return finish(context, Array(answer.text.utf8)) }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer.text)), promise: nil)
        }
        if pending.count > Self.lineBytesMax { finish(context, Array("ERROR\n".utf8)) }
    }

    /// The text protocol has no place for a token: where one is demanded, the rest is answered over HTTP only.
    private func answer(_ line: String) -> AdministrationCommands.Answer {
        guard !AdministrationCommands.isOpen(line), let reason = http.refusal(nil, nil, nil) else {
            return commands.answer(line)
        }
        return .init(text: "ERROR: \(reason)\n")
    }

    private func finish(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
        mode = .ended
        pending = []
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is IdleStateHandler.IdleStateEvent: context.close(promise: nil)
        case let event as ChannelEvent where event == .inputClosed:
            // A last command without a line end, or a request that will never be whole.
            if mode == .text || mode == .undecided, !pending.isEmpty {
                let answer = answer(String(decoding: pending, as: UTF8.self))
                finish(context, Array(answer.text.utf8))
            } else if mode != .ended {
                finish(context, [])
            }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
