import GRPCNIOTransportHTTP2Posix
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2

/// A connection of a port on which HTTP/1.1 and gRPC are served: what it begins with decides.
struct SharedPortChannel: ServerChildChannel {
    enum Connection: Sendable {
        case http1(HTTP1Channel.Value)
        case rpc(RPCConnection)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    let http1: HTTP1Channel
    let entrance: RPCEntrance
    let idleTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let promise = channel.eventLoop.makePromise(of: Connection.self)
            let detector = ProtocolDetector<Connection>(idleTimeout: idleTimeout, promise: promise) { isHTTP2 in
                guard isHTTP2 else { return http1.setup(channel: channel, logger: logger).map { .http1($0) } }
                // Hummingbird lets clients close their half of a connection and still read. A client of gRPC that has
                // closed is gone, and its calls end with the connection.
                try? channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
                return entrance.configure(channel).map { .rpc($0) }
            } activate: { connection, context in
                switch connection {
                case .http1: context.fireChannelActive()
                case .rpc(let connection):
                    // The HTTP/2 handler has seen that the channel is active when it was added, and tells nobody; the
                    // transport's handler behind it starts the timers of idle time and age then.
                    try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self)
                        .fireChannelActive()
                    entrance.hand(over: connection)
                }
            }
            do {
                try channel.pipeline.syncOperations.addHandler(detector)
            } catch {
                promise.fail(error)
                throw error
            }
            return Value(channel: channel, connection: promise.futureResult)
        }
    }

    /// Returns when the connection is closed. A call or a request that is under way when the task is cancelled is cut off.
    func handle(value: Value, logger: Logger) async {
        // It fails when the connection ends before it has said what it is.
        guard let connection = try? await closing(value.channel, on: value.connection) else { return }
        switch connection {
        case .http1(let http1Connection): await http1.handle(value: http1Connection, logger: logger)
        case .rpc(let connection):
            try? await closing(value.channel, on: value.channel.closeFuture)
            withExtendedLifetime(connection) {}
        }
    }

    /// Waits; cancelled, it closes the channel, which fulfils the future.
    private func closing<Success: Sendable>(
        _ channel: any Channel, on future: EventLoopFuture<Success>
    ) async throws -> Success {
        try await withTaskCancellationHandler {
            try await future.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
