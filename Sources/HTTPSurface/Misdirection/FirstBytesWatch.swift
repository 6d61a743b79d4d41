package import NIOCore

/// Stands first in the pipeline of a connection until its first bytes tell what it speaks. What the port does not speak
/// is noted, answered in words that a client of the other protocol can show, and closed; else the watch lets the bytes
/// through and leaves.
///
/// At most a preface's 24 bytes and one read of the socket wait here, and what the server says first, which a client of
/// another protocol could not read.
package final class FirstBytesWatch: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What a port speaks.
    package enum Protocols: Sendable {
        case http1, http2, both
    }

    private let port: String
    private let protocols: Protocols
    private let misdirections: Misdirections
    private var received = ByteBuffer()
    private var held: [(NIOAny, EventLoopPromise<Void>?)] = []
    private var isDecided = false

    /// - Parameter port: the surface's name.
    package init(port: String, protocols: Protocols, misdirections: Misdirections) {
        self.port = port
        self.protocols = protocols
        self.misdirections = misdirections
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isDecided else { return }
        received.writeBuffer(&bytes)
        switch FirstBytes.of(received.readableBytesView) {
        case .undecided: return
        case .tls:
            refuse(.tlsToPlain, context, advice: "this port is not encrypted: use http:// or the option `insecure`")
        case .http2 where protocols == .http1:
            refuse(
                .grpcToHTTP, context,
                advice: "this port speaks HTTP/1.1: send gRPC to the port otlp_grpc (4317), or OTLP as http/protobuf")
        case .http1 where protocols == .http2:
            refuse(
                .httpToGRPC, context,
                advice: "this port speaks gRPC: send OTLP over HTTP to the port otlp_http (4318)")
        case .http1, .http2, .other: pass(context)
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if !isDecided { context.read() }
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Of HTTP/2 both sides speak first; a client of HTTP/1.1 would take that for an answer.
        guard protocols == .http2, !isDecided else { return context.write(data, promise: promise) }
        held.append((data, promise))
    }

    package func channelInactive(context: ChannelHandlerContext) {
        forgetHeld()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { forgetHeld() }

    private func pass(_ context: ChannelHandlerContext) {
        isDecided = true
        let writes = held
        held = []
        for (data, promise) in writes { context.write(data, promise: promise) }
        if !writes.isEmpty { context.flush() }
        context.fireChannelRead(wrapInboundOut(received))
        received = ByteBuffer()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func refuse(_ kind: Misdirections.Kind, _ context: ChannelHandlerContext, advice: String) {
        isDecided = true
        let address = context.remoteAddress
        let peer = address.flatMap { address in address.ipAddress.map { "\($0):\(address.port ?? 0)" } } ?? ""
        misdirections.note(kind, port: port, peer: peer, advice: advice)
        received = ByteBuffer()
        forgetHeld()
        guard kind != .tlsToPlain else {
            // An alert that says so: fatal (2), protocol_version (70), RFC 8446, section 6.
            return answer(ByteBuffer(bytes: [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]), context)
        }
        let text = "\(advice)\n"
        answer(
            ByteBuffer(
                string: "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Content-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(text)"), context)
    }

    private func answer(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            // Closing at once would reset the connection while the client still sends, and lose the answer.
            channel.close(mode: .output, promise: nil)
            channel.eventLoop.scheduleTask(in: .nanoseconds(HTTPLimits.lingerTime.nanoseconds)) {
                channel.close(promise: nil)
            }
        }
    }

    private func forgetHeld() {
        let writes = held
        held = []
        for (_, promise) in writes { promise?.fail(ChannelError.ioOnClosedChannel) }
    }
}
