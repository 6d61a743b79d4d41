import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A connection that the gRPC transport can serve.
typealias RPCConnection = HTTP2ServerTransport.ConnectionConfigurator.ConnectionChannel

/// The gRPC transport's listener that listens nowhere: it is handed the connections that another server has accepted.
///
/// The transport takes its connections from a channel of channels. Here that channel is a pipe on which nothing is ever
/// written: connections are put in as if it had accepted them, and closing it ends the transport.
final class RPCListener: HTTP2ServerTransport.ListenerFactory {
    let eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    private let opened: EventLoopPromise<RPCEntrance>

    init() {
        opened = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: RPCEntrance.self)
    }

    /// Where connections are put in, once the transport serves.
    var entrance: EventLoopFuture<RPCEntrance> { opened.futureResult }

    /// Called when the transport has ended, so that nobody waits for the entrance for ever.
    func transportEnded() { opened.fail(ChannelError.ioOnClosedChannel) }

    func makeListeningChannel(
        listenerConfigurator: HTTP2ServerTransport.ListenerConfigurator,
        connectionConfigurator: HTTP2ServerTransport.ConnectionConfigurator
    ) async throws -> NIOAsyncChannel<RPCConnection, Never> {
        // The listener configurator is left out: it would quiesce connections that this channel has accepted itself.
        var descriptors: [CInt] = [-1, -1]
        guard pipe(&descriptors) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        let listener = try await NIOPipeBootstrap(group: eventLoopGroup)
            .takingOwnershipOfDescriptors(input: descriptors[0], output: descriptors[1]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<RPCConnection, Never>(wrappingChannelSynchronously: channel)
                }
            }
        opened.succeed(RPCEntrance(listener: listener.channel, configurator: connectionConfigurator))
        return listener
    }
}

/// Puts accepted connections into the gRPC transport.
struct RPCEntrance: Sendable {
    let listener: any Channel
    let configurator: HTTP2ServerTransport.ConnectionConfigurator

    /// Builds the pipeline of gRPC on a connection, on its event loop.
    func configure(_ channel: any Channel) -> EventLoopFuture<RPCConnection> {
        configurator.configure(channel: channel, tls: .none)
    }

    /// The transport serves the connection from now on. The caller keeps `connection` until its channel is closed: when
    /// the transport has ended it is dropped here, and must not go away before its pipeline.
    func hand(over connection: RPCConnection) {
        listener.eventLoop.execute {
            listener.pipeline.syncOperations.fireChannelRead(NIOAny(connection))
            listener.pipeline.syncOperations.fireChannelReadComplete()
        }
    }

    func close() { listener.close(promise: nil) }
}
