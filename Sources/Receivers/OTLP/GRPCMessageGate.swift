import Codecs
import GRPCCore
import HTTPSurface
import Ingest
import NIOCore
import NIOHPACK
import NIOHTTP2
import TelemetryModel

/// Stands before the gRPC transport on each stream: bounds messages, unpacks gzip and zstd, and refuses with a proper status.
///
/// The transport (grpc-swift-nio-transport 2.9) resets a stream whose message is too large, before or after unpacking;
/// the client then sees CANCELLED, and nobody counts it. Here the length in a message's prefix is checked before its
/// bytes arrive, packed messages are unpacked under the same bound and the same memory budget as OTLP/HTTP's, and a refusal is a
/// Trailers-Only answer.
///
/// Spec: gRPC over HTTP/2, "Length-Prefixed-Message" and "Trailers-Only".
final class GRPCMessageGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private static let prefixBytes = 5

    /// The methods whose messages are telemetry, by path; other calls pass.
    private let signals: [String: Signal]
    private let limits: OTLPLimits
    private let pipeline: IngestPipeline
    private var deadline: Scheduled<Void>?
    private var signal: Signal?
    private var compression = BodyCompression.none
    private var sender = Sender.unknown
    /// Bytes of a message that is not complete.
    private var pending = ByteBuffer()
    /// Reserved from the budget for that message.
    private var reserved = 0
    private var hasRefused = false

    init(signals: [String: Signal], limits: OTLPLimits, pipeline: IngestPipeline) {
        self.signals = signals
        self.limits = limits
        self.pipeline = pipeline
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            signal = headers.headers.first(name: ":path").flatMap { signals[$0] }
            let name = headers.headers.first(name: "grpc-encoding") ?? "identity"
            // An encoding that is not known is the transport's to refuse: it says which ones are.
            compression = BodyCompression(contentEncoding: name) ?? .none
            let address = context.channel.parent?.remoteAddress
            sender = Sender(
                transport: "grpc", address: address.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? "",
                userAgent: headers.headers.first(name: "user-agent"))
            if signal != nil, !headers.endStream { startDeadline(context) }
            guard signal != nil, compression != .none else { return context.fireChannelRead(data) }
            // Messages are handed on unpacked, and the transport does not know zstd.
            var plain = headers
            plain.headers.replaceOrAdd(name: "grpc-encoding", value: "identity")
            context.fireChannelRead(wrapInboundOut(.headers(plain)))
        case .data(let frame) where signal != nil:
            guard case .byteBuffer(var bytes) = frame.data else { return context.fireChannelRead(data) }
            do {
                // Reserved as bytes arrive: what a prefix only claims costs nobody anything.
                try reserve(bytes.readableBytes)
                pending.writeBuffer(&bytes)
                var ready = try takeMessages()
                if frame.endStream { deadline?.cancel() }
                // A message that is cut short is the transport's to refuse.
                if frame.endStream { ready.writeBuffer(&pending) }
                guard ready.readableBytes > 0 || frame.endStream else { return }
                context.fireChannelRead(
                    wrapInboundOut(.data(.init(data: .byteBuffer(ready), endStream: frame.endStream))))
            } catch {
                refuse(error, context)
            }
        default:
            context.fireChannelRead(data)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        releaseReservation()
        context.fireChannelInactive()
    }

    /// Takes the complete messages off `pending`, unpacked.
    private func takeMessages() throws(IngestError) -> ByteBuffer {
        var ready = ByteBuffer()
        while let flag = pending.getInteger(at: pending.readerIndex, as: UInt8.self),
            let length = pending.getInteger(at: pending.readerIndex + 1, as: UInt32.self)
        {
            let length = Int(length)
            guard length <= limits.bodyBytesMax else {
                throw IngestError(body: .tooLarge(bytesMax: limits.bodyBytesMax))
            }
            guard let message = pending.getSlice(at: pending.readerIndex + Self.prefixBytes, length: length) else {
                break
            }
            pending.moveReaderIndex(forwardBy: Self.prefixBytes + length)
            if flag == 1, compression != .none {
                write(try unpack(message), to: &ready)
            } else {
                ready.writeInteger(flag)
                ready.writeInteger(UInt32(length))
                ready.writeImmutableBuffer(message)
            }
            releaseReservation()
        }
        pending.discardReadBytes()
        return ready
    }

    private func write(_ message: [UInt8], to ready: inout ByteBuffer) {
        ready.writeInteger(0 as UInt8)
        ready.writeInteger(UInt32(message.count))
        ready.writeBytes(message)
    }

    private func unpack(_ message: ByteBuffer) throws(IngestError) -> [UInt8] {
        var unpacking = 0
        defer { pipeline.budget.release(unpacking, of: sender.connection) }
        do {
            return try compression.decompress(
                Array(message.readableBytesView), bytesMax: limits.bodyBytesMax, reserved: &unpacking,
                reserve: { pipeline.budget.reserve($0, for: sender.connection) })
        } catch {
            throw IngestError(decoding: error)
        }
    }

    private func reserve(_ bytes: Int) throws(IngestError) {
        guard pipeline.budget.reserve(bytes, for: sender.connection) else { throw IngestError(body: .noMemory) }
        reserved += bytes
    }

    /// A client that begins a request has as long for it as one of OTLP/HTTP.
    private func startDeadline(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .nanoseconds(limits.bodyTimeLimit.nanoseconds)) { [limits] in
            let (gate, context) = bound.value
            guard !gate.hasRefused, context.channel.isActive else { return }
            gate.refuse(IngestError(body: .tooSlow(limits.bodyTimeLimit)), context)
        }
    }

    private func releaseReservation() {
        pipeline.budget.release(reserved, of: sender.connection)
        reserved = 0
    }

    private func refuse(_ error: IngestError, _ context: ChannelHandlerContext) {
        hasRefused = true
        releaseReservation()
        pending = ByteBuffer()
        if let signal { pipeline.refuse(signal, sender, error) }
        var headers: HPACKHeaders = [
            ":status": "200", "content-type": "application/grpc", "grpc-status": "\(error.grpcCode.rawValue)",
            "grpc-message": Self.percentEncoded(error.message),
        ]
        if let seconds = error.retryAfterSeconds {
            let details = RPCStatus.encode(
                code: error.grpcCode.rawValue, message: error.message, retrySeconds: seconds)
            headers.add(name: "grpc-status-details-bin", value: Base64.encode(details))
        }
        context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: headers, endStream: true))), promise: nil)
        // What the client still sends is thrown away. Resetting the stream at once would overtake the answer: the client
        // would report CANCELLED. One that goes on sending is cut off after a while.
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .nanoseconds(HTTPLimits.lingerTime.nanoseconds)) {
            channel.close(promise: nil)
        }
    }

    /// Spec: gRPC over HTTP/2, "Percent-Encoded": printable ASCII but `%` stands for itself.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
                ? String(Unicode.Scalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
    }
}
