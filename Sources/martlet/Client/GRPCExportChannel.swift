import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Synchronization
import TelemetryModel

/// OTLP/gRPC: an Export call for each request, the messages as bytes.
struct GRPCExportChannel: ExportChannel {
    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let metadata: Metadata
    private let options: CallOptions

    init(client: GRPCClient<HTTP2ClientTransport.Posix>, token: String?, compression: RequestCompression) {
        self.client = client
        var metadata = Metadata()
        if let token { metadata.addString("Bearer \(token)", forKey: "authorization") }
        self.metadata = metadata
        var options = CallOptions.defaults
        options.timeout = ExportTarget.timeout
        if compression == .gzip { options.compression = .gzip }
        self.options = options
    }

    func export(_ signal: Signal, _ body: EncodedRequest) async -> ExportAnswer {
        let coder = BytesCoder()
        do {
            let answer = try await client.unary(
                request: ClientRequest(message: body.bytes, metadata: metadata), descriptor: Self.method(signal),
                serializer: coder, deserializer: coder, options: options
            ) { try $0.message }
            return .accepted(try PartialSuccess(signal, protobuf: answer))
        } catch let error as RPCError {
            return Self.answer(error, wasSent: coder.hasSerialized)
        } catch {
            return .refused(ExportFailure(kind: "answer", message: "the server's answer cannot be read: \(error)"))
        }
    }

    /// The client library reports a broken connection by the codes of the protocol, too. What a server sent has the
    /// metadata of its trailers (at least the content type, or the status details); what the library made up has none.
    private static func answer(_ error: RPCError, wasSent: Bool) -> ExportAnswer {
        let failure = ExportFailure(kind: name(error.code), message: error.message)
        guard wasSent else {
            let cause = error.cause.map { ": \($0)" } ?? ""
            return .notSent(ExportFailure(kind: "no connection", message: error.message + cause))
        }
        let isOfLibrary = error.metadata.isEmpty
        switch error.code {
        case .deadlineExceeded where isOfLibrary:
            return .unknown(ExportFailure(kind: "no answer in time", message: error.message))
        case .unavailable where isOfLibrary, .cancelled where isOfLibrary, .unknown where isOfLibrary,
            .internalError where isOfLibrary:
            return .unknown(ExportFailure(kind: "connection broken", message: error.message))
        // Spec: OTLP, "OTLP/gRPC Response", "Failures": the codes that a client should retry.
        case .unavailable, .cancelled, .deadlineExceeded, .aborted, .outOfRange, .dataLoss:
            return .later(failure, after: retryDelay(error))
        case .resourceExhausted:
            // Only with RetryInfo.
            guard let delay = retryDelay(error) else { return .refused(failure) }
            return .later(failure, after: delay)
        default:
            return .refused(failure)
        }
    }

    private static func retryDelay(_ error: RPCError) -> Duration? {
        for details in error.metadata[binaryValues: "grpc-status-details-bin"] {
            if let delay = RetryInfo.delay(status: details) { return delay }
        }
        return nil
    }

    /// The code as gRPC's documents write it.
    private static func name(_ code: RPCError.Code) -> String {
        switch code {
        case .unavailable: "UNAVAILABLE"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .unauthenticated: "UNAUTHENTICATED"
        case .permissionDenied: "PERMISSION_DENIED"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        default: "\(code)"
        }
    }

    private static func method(_ signal: Signal) -> MethodDescriptor {
        let (package, service) =
            switch signal {
            case .traces: ("trace", "TraceService")
            case .metrics: ("metrics", "MetricsService")
            case .logs: ("logs", "LogsService")
            }
        return MethodDescriptor(
            fullyQualifiedService: "opentelemetry.proto.collector.\(package).v1.\(service)", method: "Export")
    }
}

/// Messages as bytes, and whether a message was handed to a stream: a call that fails before that has sent nothing.
private final class BytesCoder: MessageSerializer, MessageDeserializer {
    private let serialized = Atomic(false)

    var hasSerialized: Bool { serialized.load(ordering: .acquiring) }

    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
        serialized.store(true, ordering: .releasing)
        return Bytes(message)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> [UInt8] {
        serializedMessageBytes.withUnsafeBytes { Array($0) }
    }
}
