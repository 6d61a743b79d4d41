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
    private let limits: OTLPLimits
    private let pipeline: IngestPipeline
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    package init(
        _ options: SurfaceOptions, limits: OTLPLimits, pipeline: IngestPipeline, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.options = options
        self.limits = limits
        self.pipeline = pipeline
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let transport = HTTP2ServerTransport.Posix(
            address: options.host.contains(":")
                ? .ipv6(host: options.host, port: options.port) : .ipv4(host: options.host, port: options.port),
            transportSecurity: .plaintext,
            config: .defaults { config in
                // Answers; what comes in is unpacked by `GRPCMessageGate`.
                config.compression = .init(enabledAlgorithms: [.gzip])
                // `GRPCMessageGate` refuses what is larger before the transport sees it.
                config.rpc.maxRequestPayloadSize = limits.bodyBytesMax
                config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            GRPCMessageGate(limits: limits, pipeline: pipeline), position: .first)
                    }
                }
                // A stream window of 64 KiB, the default of HTTP/2, halves the throughput of large batches.
                config.http2.targetWindowSize = 4 << 20
                config.http2.maxFrameSize = 1 << 20
                config.connection.maxIdleTime = .seconds(3600)
            })
        let server = GRPCServer(
            transport: transport, services: [OTLPService(pipeline: pipeline)],
            interceptors: options.access.token.map { [TokenInterceptor(rule: options.access, token: $0)] } ?? [])
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

/// The three Export methods on raw bytes, so that decoding is the pipeline's.
private struct OTLPService: RegistrableRPCService {
    let pipeline: IngestPipeline

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for signal in Signal.allCases {
            router.registerHandler(
                forMethod: MethodDescriptor(fullyQualifiedService: signal.grpcService, method: "Export"),
                deserializer: RawBytesCoder(), serializer: RawBytesCoder()
            ) { request, context in
                let sender = Sender(
                    transport: "grpc", peer: context.remotePeer,
                    userAgent: request.metadata[stringValues: "user-agent"].first { _ in true })
                let body = try await ServerRequest(stream: request).message
                return StreamingServerResponse(single: try await export(signal, body, sender))
            }
        }
    }

    private func export(
        _ signal: Signal, _ body: [UInt8], _ sender: Sender
    ) async throws -> ServerResponse<[UInt8]> {
        guard pipeline.budget.reserve(body.count, for: sender.connection) else {
            let error = IngestError(body: .noMemory)
            pipeline.refuse(signal, sender, error)
            throw RPCError(error)
        }
        defer { pipeline.budget.release(body.count, of: sender.connection) }
        let result = await pipeline.admit(
            IngestRequest(signal: signal, encoding: .protobuf, body: body, receivedTime: .now(), sender: sender))
        switch result {
        case .acknowledged(let outcome): return ServerResponse(message: try signal.protobufResponse(outcome))
        case .refused(let error): throw RPCError(error)
        }
    }
}

/// Demands the token of `AccessRule`.
private struct TokenInterceptor: ServerInterceptor {
    let rule: AccessRule
    let token: String

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let authorization = request.metadata[stringValues: "authorization"].first { _ in true }
        if let refusal = rule.refusal(host: nil, origin: nil, authorization: authorization) {
            throw RPCError(code: .unauthenticated, message: refusal.message)
        }
        return try await next(request, context)
    }
}

/// Messages as the bytes they are.
private struct RawBytesCoder: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> [UInt8] {
        serializedMessageBytes.withUnsafeBytes { Array($0) }
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
