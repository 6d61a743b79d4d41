import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What went wrong between an HTTP client and the other side, in words for a person.
enum HTTPProblem {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            "cannot connect to \(error.host):\(error.port)"
                + (error.connectionErrors.first.map { ": \(text($0.error))" } ?? "")
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case let error as HTTPParserError: "the answer is not HTTP: \(error)"
        case let error as HTTPClientError: "HTTP: \(error)"
        default: "\(error)"
        }
    }
}
