import ArgumentParser
import Codecs
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// The three transports of OTLP.
enum OTLPProtocol: String, CaseIterable, ExpressibleByArgument {
    case grpc
    case httpProtobuf = "http-protobuf"
    case httpJSON = "http-json"
}

/// An export request of any signal.
enum OTLPRequest {
    case traces(OTLPTraceRequest)
    case metrics(OTLPMetricsRequest)
    case logs(OTLPLogsRequest)

    var signal: Signal {
        switch self {
        case .traces: .traces
        case .metrics: .metrics
        case .logs: .logs
        }
    }

    func protobuf() throws -> [UInt8] {
        switch self {
        case .traces(let request): try request.serializedBytes()
        case .metrics(let request): try request.serializedBytes()
        case .logs(let request): try request.serializedBytes()
        }
    }

    func json() -> [UInt8] {
        switch self {
        case .traces(let request): OTLPJSONEncoder.encode(request)
        case .metrics(let request): OTLPJSONEncoder.encode(request)
        case .logs(let request): OTLPJSONEncoder.encode(request)
        }
    }

    fileprivate var grpcMethod: MethodDescriptor {
        let (package, service) =
            switch self {
            case .traces: ("trace", "TraceService")
            case .metrics: ("metrics", "MetricsService")
            case .logs: ("logs", "LogsService")
            }
        return MethodDescriptor(
            fullyQualifiedService: "opentelemetry.proto.collector.\(package).v1.\(service)", method: "Export")
    }

    /// Items that the server left out, and why.
    fileprivate func partialSuccess(protobuf body: [UInt8]) throws -> (rejected: Int64, message: String) {
        switch self {
        case .traces:
            let partial = try OTLPTraceResponse(serializedBytes: body).partialSuccess
            return (partial.rejectedSpans, partial.errorMessage)
        case .metrics:
            let partial = try OTLPMetricsResponse(serializedBytes: body).partialSuccess
            return (partial.rejectedDataPoints, partial.errorMessage)
        case .logs:
            let partial = try OTLPLogsResponse(serializedBytes: body).partialSuccess
            return (partial.rejectedLogRecords, partial.errorMessage)
        }
    }
}

/// Sends export requests to a server by one of the transports.
struct OTLPSender {
    let transport: OTLPProtocol
    /// `http://host:port` of the receiver of that transport.
    let url: String
    /// The token of the configuration goes to this machine's own server only.
    let isOwnServer: Bool

    /// - Throws: `CommandFailure`: unreachable when nothing answers, no when the server refuses or leaves items out.
    func send(_ requests: [OTLPRequest]) async throws {
        switch transport {
        case .grpc: try await sendByGRPC(requests)
        case .httpProtobuf:
            for request in requests { try await sendByHTTP(request, "application/x-protobuf", try request.protobuf()) }
        case .httpJSON:
            for request in requests { try await sendByHTTP(request, "application/json", request.json()) }
        }
    }

    private func sendByHTTP(_ request: OTLPRequest, _ contentType: String, _ body: [UInt8]) async throws {
        let answer = try await HTTPCalls.send(
            "POST", "\(url)/v1/\(request.signal.rawValue)", headers: [("Content-Type", contentType)], body: body,
            withToken: isOwnServer)
        guard answer.status == 200 else {
            throw CommandFailure(
                .no, "the server refuses \(request.signal.rawValue) with \(answer.status): \(answer.text)")
        }
        if transport == .httpJSON {
            guard !answer.text.contains("partialSuccess") else {
                throw CommandFailure(.no, "the server left items out: \(answer.text)")
            }
        } else {
            try check(try request.partialSuccess(protobuf: answer.body))
        }
    }

    private func sendByGRPC(_ requests: [OTLPRequest]) async throws {
        guard let (host, port) = Self.hostAndPort(url) else { throw CommandFailure(.usage, "\(url) is not an address") }
        var metadata = Metadata()
        if isOwnServer, let token = HTTPCalls.configuredToken {
            metadata.addString("Bearer \(token)", forKey: "authorization")
        }
        do {
            try await withGRPCClient(
                transport: .http2NIOPosix(target: .ipv4(address: host, port: port), transportSecurity: .plaintext)
            ) { client in
                for request in requests {
                    let body = try await client.unary(
                        request: ClientRequest(message: try request.protobuf(), metadata: metadata),
                        descriptor: request.grpcMethod,
                        serializer: BytesCoder(), deserializer: BytesCoder(), options: .defaults
                    ) { try $0.message }
                    try check(try request.partialSuccess(protobuf: body))
                }
            }
        } catch let error as RPCError {
            let exit: CommandExit = error.code == .unavailable ? .unreachable : .no
            throw CommandFailure(exit, "\(url) answers \(error.code): \(error.message)")
        }
    }

    private func check(_ partial: (rejected: Int64, message: String)) throws {
        guard partial.rejected == 0 else {
            throw CommandFailure(.no, "the server left \(partial.rejected) items out: \(partial.message)")
        }
    }

    private static func hostAndPort(_ url: String) -> (host: String, port: Int)? {
        let address = url.split(separator: "/").last ?? ""
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
            return nil
        }
        return (String(address[..<colon].filter { $0 != "[" && $0 != "]" }), port)
    }
}

/// Messages as bytes.
private struct BytesCoder: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> [UInt8] {
        serializedMessageBytes.withUnsafeBytes { Array($0) }
    }
}
