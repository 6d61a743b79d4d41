import AsyncHTTPClient
import MartletServer
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An answer of a server.
struct HTTPAnswer {
    let status: Int
    let body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Calls to a running server.
enum HTTPCalls {
    /// Largest answer that a verb reads.
    private static let answerBytesMax = 1 << 30

    /// - Throws: exit code 3 when nothing answers.
    static func send(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(60)
    ) async throws -> HTTPAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        // On loopback packing costs more than it saves, and the client refuses what was packed well.
        request.headers.add(name: "Accept-Encoding", value: "identity")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token = configuredToken {
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(timeout.components.seconds))
            let buffer = try await response.body.collect(upTo: answerBytesMax)
            return HTTPAnswer(status: Int(response.status.code), body: Array(buffer.readableBytesView))
        } catch {
            throw CommandFailure(.unreachable, "\(url) does not answer: \(error)")
        }
    }

    /// The token of the configuration, which a verb on the server's machine shares with it.
    static var configuredToken: String? {
        let loaded = try? ConfigurationLoader.load(file: nil, environment: processEnvironment(), flags: [])
        guard let token = loaded?.configuration.auth.token, !token.isEmpty else { return nil }
        return token
    }
}

/// The environment of this process.
func processEnvironment() -> [String: String] {
    var values: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
        entry += 1
    }
    return values
}
