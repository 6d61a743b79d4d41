import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// OTLP/HTTP: a POST for each request.
struct HTTPExportChannel: ExportChannel {
    /// An answer of OTLP is a few bytes, an error page a few thousand.
    private static let answerBytesMax = 1 << 20
    /// What a message of a server may hold of its answer.
    private static let messageCharactersMax = 500

    private let target: ExportTarget
    private let client: HTTPClient

    init(_ target: ExportTarget, client: HTTPClient) {
        self.target = target
        self.client = client
    }

    func export(_ signal: Signal, _ body: EncodedRequest) async -> ExportAnswer {
        var request = HTTPClientRequest(url: "\(target.url)/v1/\(signal.rawValue)")
        request.method = .POST
        let type = target.transport == .httpJSON ? "application/json" : "application/x-protobuf"
        request.headers.add(name: "Content-Type", value: type)
        if body.isGzip { request.headers.add(name: "Content-Encoding", value: "gzip") }
        if let token = target.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: body.bytes))
        do {
            let seconds = TimeAmount.seconds(ExportTarget.timeout.components.seconds)
            let response = try await client.execute(request, timeout: seconds)
            let answer = try await response.body.collect(upTo: Self.answerBytesMax)
            return self.answer(signal, response, Array(answer.readableBytesView))
        } catch {
            return Self.failure(error)
        }
    }

    private func answer(_ signal: Signal, _ response: HTTPClientResponse, _ body: [UInt8]) -> ExportAnswer {
        let status = Int(response.status.code)
        guard (200..<300).contains(status) else {
            let failure = ExportFailure(
                kind: "\(status)",
                message: String(String(decoding: body, as: UTF8.self).prefix(Self.messageCharactersMax)))
            // Spec: OTLP, "Retryable Response Codes".
            guard [429, 502, 503, 504].contains(status) else { return .refused(failure) }
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int64($0) }
            return .later(failure, after: seconds.map { min(.seconds(max(0, $0)), RetryInfo.delayMax) })
        }
        do {
            return .accepted(
                target.transport == .httpJSON
                    ? try PartialSuccess(json: body) : try PartialSuccess(signal, protobuf: body))
        } catch {
            return .refused(ExportFailure(kind: "answer", message: "the server's answer cannot be read: \(error)"))
        }
    }

    private static func failure(_ error: any Error) -> ExportAnswer {
        let message = "\(error)"
        if isUnsent(error) { return .notSent(ExportFailure(kind: "no connection", message: message)) }
        let isLate = error as? HTTPClientError == .deadlineExceeded || error as? HTTPClientError == .readTimeout
        return .unknown(ExportFailure(kind: isLate ? "no answer in time" : "connection broken", message: message))
    }

    /// Whether there never was a connection.
    private static func isUnsent(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        // How the client reports an address where nothing listens, when it is a number.
        case let error as IOError: error.errnoCode == ECONNREFUSED
        case let error as HTTPClientError:
            [.connectTimeout, .getConnectionFromPoolTimeout, .invalidURL, .emptyHost, .emptyScheme].contains(error)
        default: false
        }
    }
}
