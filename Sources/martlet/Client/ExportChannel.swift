import ArgumentParser
import AsyncHTTPClient
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import TelemetryModel

/// The three transports of OTLP.
enum OTLPProtocol: String, CaseIterable, ExpressibleByArgument {
    case grpc
    case httpProtobuf = "http-protobuf"
    case httpJSON = "http-json"
}

/// Compression of requests.
enum RequestCompression: String, CaseIterable, ExpressibleByArgument {
    case none, gzip
}

/// A way to a receiver: takes the bytes of export requests, encoded as its transport wants them, and tells what became
/// of each. One call at a time; a call never throws.
protocol ExportChannel: Sendable {
    func export(_ signal: Signal, _ body: EncodedRequest) async -> ExportAnswer
}

/// A request as it goes over the wire.
struct EncodedRequest: Sendable {
    var bytes: [UInt8]
    /// Packed already; a gRPC transport packs by itself and takes bytes that are not.
    var isGzip = false
}

/// A receiver and how to talk to it.
struct ExportTarget: Sendable {
    /// Until a call without an answer is given up.
    static let timeout = Duration.seconds(60)

    let transport: OTLPProtocol
    /// `http://host:port` of the receiver of that transport.
    let url: String
    /// The token of the configuration goes to this machine's own server only.
    let token: String?
    let compression: RequestCompression

    init(_ transport: OTLPProtocol, url: String, isOwnServer: Bool, compression: RequestCompression = .none) {
        self.transport = transport
        self.url = url
        self.token = isOwnServer ? HTTPCalls.configuredToken : nil
        self.compression = compression
    }

    /// Runs `body` with a channel that ends with it. A gRPC channel is a connection of its own; the HTTP channels share
    /// the client's.
    ///
    /// - Throws: `CommandFailure` with wrong usage when the address is none; what `body` throws.
    func withChannel<Result: Sendable>(
        _ client: HTTPClient, _ body: (any ExportChannel) async throws -> Result
    ) async throws -> Result {
        guard transport == .grpc else { return try await body(HTTPExportChannel(self, client: client)) }
        guard let address = Self.address(url) else { throw CommandFailure(.usage, "\(url) is not an address") }
        var config = HTTP2ClientTransport.Posix.Config.defaults
        // Two minutes between attempts, the default, would hide that the server is back.
        config.backoff = .init(
            initial: .milliseconds(100), max: .milliseconds(500), multiplier: 1.5, jitter: 0.2)
        if compression == .gzip { config.compression = .init(algorithm: .gzip, enabledAlgorithms: [.gzip]) }
        let client = GRPCClient(
            transport: try HTTP2ClientTransport.Posix(
                target: address, transportSecurity: .plaintext, config: config))
        return try await Self.running(client) {
            try await body(GRPCExportChannel(client: client, token: token, compression: compression))
        }
    }

    /// Runs a client's connections for as long as `body`. Not `withGRPCClient`, which throws when `body` returns without
    /// a call before the connections run.
    private static func running<Result: Sendable>(
        _ client: GRPCClient<HTTP2ClientTransport.Posix>, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await client.runConnections()
                } catch let error as RuntimeError where error.code == .clientIsStopped {}
            }
            let result = try await body()
            client.beginGracefulShutdown()
            try await group.waitForAll()
            return result
        }
    }

    /// Numbers are used as they are; a name is resolved.
    private static func address(_ url: String) -> (any ResolvableTarget)? {
        let text = url.split(separator: "/").last ?? ""
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
        let host = String(text[..<colon].filter { $0 != "[" && $0 != "]" })
        if host.contains(":") { return .ipv6(address: host, port: port) }
        let isNumeric = host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isNumeric ? .ipv4(address: host, port: port) : .dns(host: host, port: port)
    }
}
