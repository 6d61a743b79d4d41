import NIOCore
import NIOPosix

/// Syslog over UDP: a datagram is a message. Confined to its event loop.
///
/// Spec: RFC 5426.
final class SyslogDatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// Datagrams of one system call, each of 64 KiB at most.
    private static let datagramsPerRead = 16

    private let intake: SyslogIntake
    private let events: SyslogEvents
    private var lastAddress: SocketAddress?
    private var lastSender = ""

    private init(_ intake: SyslogIntake, _ events: SyslogEvents) {
        self.intake = intake
        self.events = events
    }

    static func bind(
        _ options: SyslogOptions, port: Int, _ intake: SyslogIntake, _ events: SyslogEvents
    ) async throws -> any Channel {
        var bootstrap = DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: datagramsPerRead * (64 << 10))
            )
            .channelOption(.datagramVectorReadMessageCount, value: datagramsPerRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SyslogDatagramHandler(intake, events))
                }
            }
        if let bytes = options.receiveBufferBytes {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(clamping: bytes))
        }
        return try await bootstrap.bind(host: options.host, port: port).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        if envelope.remoteAddress != lastAddress {
            lastAddress = envelope.remoteAddress
            lastSender = envelope.remoteAddress.ipAddress ?? ""
        }
        envelope.data.withUnsafeReadableBytes { raw in
            guard !raw.isEmpty else { return }
            intake.receiveDatagram(raw.bindMemory(to: UInt8.self), sender: lastSender)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One datagram's, such as an answer to none that was sent; the socket goes on.
        events.receiveFailed(error)
    }

    /// Datagrams that the system dropped since the socket was opened, modulo 2^32; nil where it does not say.
    static func kernelDrops(_ channel: any Channel) async -> UInt32? {
        #if os(Linux)
        // linux/sock_diag.h: SO_MEMINFO is 55, its ninth number is SK_MEMINFO_DROPS.
        typealias Numbers = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let option = NIOBSDSocket.Option(rawValue: 55)
        let numbers: EventLoopFuture<Numbers> = provider.unsafeGetSocketOption(level: .socket, name: option)
        return try? await numbers.get().8
        #else
        return nil
        #endif
    }
}
