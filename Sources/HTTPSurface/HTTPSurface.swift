package import GRPCCore
import HTTPTypes
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Where and how a surface listens.
package struct SurfaceOptions: Sendable {
    /// For logs, metrics and the endpoints table.
    package var name: String
    package var host: String
    /// 0 asks the system for a free port.
    package var port: Int
    package var access: AccessRule
    /// A connection on which nothing happens is closed after this time.
    package var idleTimeout: Duration
    /// Awaited before each request that is let in.
    package var beforeAnswer: (@Sendable () async -> Void)?
    /// Told what comes to this port and belongs to another.
    package var misdirections: Misdirections?

    package init(name: String, host: String, port: Int, access: AccessRule, idleTimeout: Duration = .seconds(90)) {
        self.name = name
        self.host = host
        self.port = port
        self.access = access
        self.idleTimeout = idleTimeout
    }
}

/// What a route knows of a request besides its head and body.
package struct SurfaceContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The other end of the connection, `address:port`.
    package let peer: String
    /// The connection, for a request that makes something else of it.
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        let address = channel.remoteAddress
        peer = address.flatMap { address in address.ipAddress.map { "\($0):\(address.port ?? 0)" } } ?? ""
    }
}

/// Runs what a surface wants done before it answers.
private struct BeforeAnswer: RouterMiddleware {
    let action: @Sendable () async -> Void

    func handle(
        _ request: Request, context: SurfaceContext,
        next: (Request, SurfaceContext) async throws -> Response
    ) async throws -> Response {
        await action()
        return try await next(request, context)
    }
}

/// One listening HTTP/1.1 port, which takes gRPC besides when it has services for it: HTTP/2 with prior knowledge on the
/// same port. Every HTTP surface of Martlet is one of these, so that access checks, limits and lingering are the same
/// everywhere.
package struct HTTPSurface: Service, Sendable {
    private let options: SurfaceOptions
    private let responder: RouterResponder<SurfaceContext>
    private let services: [any RegistrableRPCService]
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - services: of gRPC; without any, HTTP/2 is refused.
    ///   - onListening: told the port once the surface listens.
    ///   - routes: adds the surface's routes.
    package init(
        _ options: SurfaceOptions, services: [any RegistrableRPCService] = [], logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void, routes: (Router<SurfaceContext>) -> Void
    ) {
        self.options = options
        self.services = services
        self.logger = logger
        self.onListening = onListening
        let router = Router(context: SurfaceContext.self)
        router.add(middleware: AccessMiddleware(rule: options.access))
        if let action = options.beforeAnswer { router.add(middleware: BeforeAnswer(action: action)) }
        routes(router)
        responder = router.buildResponder()
    }

    package func run() async throws {
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [LingeringClose(timeLimit: HTTPLimits.lingerTime)],
            idleTimeout: .nanoseconds(options.idleTimeout.nanoseconds))
        guard !services.isEmpty else {
            return try await serve(
                HTTPServerBuilder { responder in
                    watched(HTTP1Channel(responder: responder, configuration: http1), .http1)
                })
        }
        let idleTimeout = options.idleTimeout
        try await RPCServer(options, services: services).serve { entrance in
            try await serve(
                HTTPServerBuilder { responder in
                    watched(
                        SharedPortChannel(
                            http1: HTTP1Channel(responder: responder, configuration: http1), entrance: entrance,
                            idleTimeout: idleTimeout), .both)
                })
        }
    }

    private func watched(
        _ channel: some ServerChildChannel, _ protocols: FirstBytesWatch.Protocols
    ) -> any ServerChildChannel {
        guard let misdirections = options.misdirections else { return channel }
        return WatchedChannel(
            base: channel, port: options.name, protocols: protocols, misdirections: misdirections)
    }

    private func serve(_ server: HTTPServerBuilder) async throws {
        let application = Application(
            responder: responder, server: server,
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: "martlet"),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: quietLogger)
        try await application.run()
    }

    /// Hummingbird tells of each server's start and stop, and as errors that a stop cuts off open connections; the
    /// endpoints table and the server's own lines say what matters.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .critical)
        return logger
    }
}

/// Bounds of every HTTP surface.
package enum HTTPLimits {
    /// How long a connection is read and thrown away after an answer that closes it. Closing at once would reset the
    /// connection while the client still sends, and the client would lose the answer.
    package static let lingerTime = Duration.seconds(2)
}

extension Duration {
    package var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
