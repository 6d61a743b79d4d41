import Codecs
import GRPCCore
import GRPCNIOTransportHTTP2Posix
package import HTTPSurface
package import Ingest
package import Logging
import NIOCore
import ServiceLifecycle
import TelemetryModel

/// OTLP over gRPC: h2c with prior knowledge, plain and gzip.
///
/// Spec: OpenTelemetry Protocol, "OTLP/gRPC".
package struct OTLPGRPCReceiver: Service {
    private let options: SurfaceOptions
    private let calls: [IngestCall]
    private let limits: OTLPLimits
    private let pipeline: IngestPipeline
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    package init(
        _ options: SurfaceOptions, limits: OTLPLimits, pipeline: IngestPipeline, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.init(
            options, besides: [], limits: limits, pipeline: pipeline, logger: logger, onListening: onListening)
    }

    /// - Parameter others: taken on the same port besides the three Export methods, within the same limits.
    init(
        _ options: SurfaceOptions, besides others: [IngestCall], limits: OTLPLimits, pipeline: IngestPipeline,
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.options = options
        calls = Signal.allCases.map(IngestCall.export) + others
        self.limits = limits
        self.pipeline = pipeline
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let signals = Dictionary(calls.map { ($0.path, $0.signal) }) { first, _ in first }
        let transport = HTTP2ServerTransport.Posix(
            address: options.host.contains(":")
                ? .ipv6(host: options.host, port: options.port) : .ipv4(host: options.host, port: options.port),
            transportSecurity: .plaintext,
            config: .defaults { config in
                // Answers; what comes in is unpacked by `GRPCMessageGate`.
                config.compression = .init(enabledAlgorithms: [.gzip])
                // `GRPCMessageGate` refuses what is larger before the transport sees it.
                config.rpc.maxRequestPayloadSize = limits.bodyBytesMax
                if let misdirections = options.misdirections {
                    config.channelDebuggingCallbacks.onAcceptTCPConnection = { [name = options.name] channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(
                                FirstBytesWatch(port: name, protocols: .http2, misdirections: misdirections),
                                position: .first)
                        }
                    }
                }
                config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            GRPCMessageGate(signals: signals, limits: limits, pipeline: pipeline),
                            position: .first)
                    }
                }
                // A stream window of 64 KiB, the default of HTTP/2, halves the throughput of large batches.
                config.http2.targetWindowSize = 4 << 20
                config.http2.maxFrameSize = 1 << 20
                config.connection.maxIdleTime = .seconds(3600)
            })
        let server = GRPCServer(
            transport: transport, services: [IngestService(calls: calls, pipeline: pipeline)],
            interceptors: TokenInterceptor(options.access).map { [$0] } ?? [])
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await server.serve() }
            let address = try await transport.listeningAddress
            if let port = address.ipv4?.port ?? address.ipv6?.port { onListening(port) }
            group.addTask {
                try? await gracefulShutdown()
                server.beginGracefulShutdown()
            }
        }
    }
}

/// Methods that bring telemetry, on raw bytes, so that decoding is the pipeline's.
private struct IngestService: RegistrableRPCService {
    let calls: [IngestCall]
    let pipeline: IngestPipeline

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for call in calls {
            router.registerHandler(
                forMethod: MethodDescriptor(fullyQualifiedService: call.service, method: call.method),
                deserializer: RawBytesCoder(), serializer: RawBytesCoder()
            ) { request, context in
                let sender = Sender(
                    transport: "grpc", peer: context.remotePeer,
                    userAgent: request.metadata[stringValues: "user-agent"].first { _ in true })
                let body = try await ServerRequest(stream: request).message
                return StreamingServerResponse(single: try await take(body, call, sender))
            }
        }
    }

    private func take(_ message: [UInt8], _ call: IngestCall, _ sender: Sender) async throws -> ServerResponse<[UInt8]>
    {
        var reserved = 0
        defer { pipeline.budget.release(reserved, of: sender.connection) }
        var body = message
        do throws(IngestError) {
            try reserve(message.count, &reserved, sender)
            if let convert = call.convert {
                body = try convert(message)
                try reserve(body.count, &reserved, sender)
            }
        } catch {
            pipeline.refuse(call.signal, sender, error)
            throw RPCError(error)
        }
        let result = await pipeline.admit(
            IngestRequest(signal: call.signal, encoding: .protobuf, body: body, receivedTime: .now(), sender: sender))
        switch result {
        case .acknowledged(let outcome): return ServerResponse(message: try call.answer(outcome))
        // The pipeline has counted it.
        case .refused(let error): throw RPCError(error)
        }
    }

    private func reserve(_ bytes: Int, _ reserved: inout Int, _ sender: Sender) throws(IngestError) {
        guard pipeline.budget.reserve(bytes, for: sender.connection) else { throw IngestError(body: .noMemory) }
        reserved += bytes
    }
}

extension Sender {
    /// - Parameter peer: as gRPC writes it, `ipv4:127.0.0.1:4000` or `ipv6:[::1]:4000`.
    fileprivate init(transport: String, peer: String, userAgent: String?) {
        let address = peer.firstIndex(of: ":").map { peer[peer.index(after: $0)...] } ?? peer[...]
        self.init(
            transport: transport, address: String(address.filter { $0 != "[" && $0 != "]" }), userAgent: userAgent)
    }
}

extension RPCError {
    /// A refusal that a repetition can turn into success says when: `google.rpc.RetryInfo` in the status details.
    fileprivate init(_ error: IngestError) {
        var metadata = Metadata()
        if let seconds = error.retryAfterSeconds {
            metadata.addBinary(
                RPCStatus.encode(code: error.grpcCode.rawValue, message: error.message, retrySeconds: seconds),
                forKey: "grpc-status-details-bin")
        }
        self.init(code: error.grpcCode, message: error.message, metadata: metadata)
    }
}
