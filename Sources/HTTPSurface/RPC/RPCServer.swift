import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore

/// Bounds of the gRPC calls of a surface of questions. Receivers of telemetry have their own.
package enum RPCLimits {
    /// Of a request: a query, not a payload.
    package static let requestBytesMax = 1 << 20
    /// Calls at a time on one connection.
    package static let streamsMax = 100
    /// How long a call may go on when the server stops; less than the server waits for its services.
    package static let graceTime = Duration.seconds(10)
    /// A client that is silent is asked after this time whether it is still there, and cut off when it does not answer:
    /// otherwise a search would go on for a client whose machine has vanished.
    package static let keepaliveTime = Duration.seconds(60)
    package static let keepaliveTimeout = Duration.seconds(20)
}

/// The gRPC half of a surface: serves the connections that come in through `entrance`.
struct RPCServer: Sendable {
    private let listener = RPCListener()
    private let server: GRPCServer<HTTP2ServerTransport.Custom<RPCListener>>

    init(_ options: SurfaceOptions, services: [any RegistrableRPCService]) {
        var config = HTTP2ServerTransport.Custom<RPCListener>.Config.defaults
        config.compression = .init(enabledAlgorithms: [.gzip])
        config.rpc.maxRequestPayloadSize = RPCLimits.requestBytesMax
        config.http2.maxConcurrentStreams = RPCLimits.streamsMax
        config.connection.maxIdleTime = options.idleTimeout
        config.connection.maxGraceTime = RPCLimits.graceTime
        config.connection.keepalive.time = RPCLimits.keepaliveTime
        config.connection.keepalive.timeout = RPCLimits.keepaliveTimeout
        // Grafana's data sources keep their connection alive with pings while no call is under way.
        config.connection.keepalive.clientBehavior.allowWithoutCalls = true
        config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
        var interceptors: [any ServerInterceptor] = []
        if let token = TokenInterceptor(options.access) { interceptors.append(token) }
        if let action = options.beforeAnswer { interceptors.append(BeforeCall(action: action)) }
        server = GRPCServer(
            transport: HTTP2ServerTransport.Custom(listenerFactory: listener, config: config), services: services,
            interceptors: interceptors)
    }

    /// Serves while `body` runs, which accepts connections and puts them in.
    func serve(while body: (RPCEntrance) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                defer { listener.transportEnded() }
                try await server.serve()
            }
            let entrance = try await listener.entrance.get()
            // Nothing comes in any more and what came in has ended; the transport ends with its listener.
            defer { entrance.close() }
            try await body(entrance)
        }
    }
}
