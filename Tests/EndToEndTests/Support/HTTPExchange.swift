import Dispatch
import Foundation
import Glibc

/// An answer over HTTP.
struct HTTPAnswer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue { try JSONValue.decode(body) }
}

/// What became of a request.
enum HTTPOutcome: Sendable {
    case answered(HTTPAnswer)
    /// The server closed or reset the connection without an answer.
    case closed
}

/// How the body travels.
enum BodyFraming: Sendable {
    /// With `Content-Length`.
    case length
    /// With `Transfer-Encoding: chunked` in pieces of this many bytes.
    case chunked(Int)
    /// With a `Content-Length` of more than will come, a byte each interval: the slow client.
    case dripping(claimed: Int, every: Duration)
}

/// One HTTP/1.1 exchange on a connection of its own. Blocking sockets on a thread of Dispatch: what goes over the wire
/// is exactly what the test says, which a client library would not allow.
struct HTTPExchange: Sendable {
    static let bodyLimit = 256 << 20

    let method: String
    let url: String
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var framing = BodyFraming.length
    /// Of the whole exchange.
    var deadline = Duration.seconds(60)

    /// - Throws: `TestFailure` when there is no connection, when the answer is no HTTP, or at the deadline.
    func perform() async throws -> HTTPOutcome {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try self.performBlocking() })
            }
        }
    }

    /// The answer; `TestFailure` when the server closed the connection without one.
    func answer() async throws -> HTTPAnswer {
        guard case .answered(let answer) = try await perform() else {
            throw TestFailure("\(method) \(url): the server closed the connection without an answer")
        }
        return answer
    }

    private func performBlocking() throws -> HTTPOutcome {
        guard let target = URLComponents(string: url), let host = target.host else {
            throw TestFailure("no URL: \(url)")
        }
        let end = ContinuousClock.now.advanced(by: deadline)
        let connection = try LoopbackConnection(host: host, port: target.port ?? 80)
        defer { connection.close() }

        var path = target.percentEncodedPath.isEmpty ? "/" : target.percentEncodedPath
        if let query = target.percentEncodedQuery { path += "?" + query }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host):\(target.port ?? 80)\r\nConnection: close\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        switch framing {
        case .length: if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        case .chunked: head += "Transfer-Encoding: chunked\r\n"
        case .dripping(let claimed, _): head += "Content-Length: \(claimed)\r\n"
        }
        // A server may answer and close before it has read the body, so a failed write is not yet the end: what it
        // said is read all the same.
        var isOpen = connection.write(Array((head + "\r\n").utf8))
        switch framing {
        case .length:
            if isOpen { isOpen = connection.write(body) }
        case .chunked(let size):
            var start = 0
            while isOpen, start < body.count {
                let piece = body[start..<min(start + size, body.count)]
                isOpen = connection.write(
                    Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
                start += size
            }
            if isOpen { isOpen = connection.write(Array("0\r\n\r\n".utf8)) }
        case .dripping(let claimed, let interval):
            var sent = 0
            while isOpen, sent < claimed, ContinuousClock.now < end, !connection.waitReadable(interval) {
                isOpen = connection.write(body.isEmpty ? [0x0A] : [body[sent % body.count]])
                sent += 1
            }
        }
        return try readAnswer(connection, until: end)
    }

    private func readAnswer(_ connection: LoopbackConnection, until end: ContinuousClock.Instant) throws -> HTTPOutcome
    {
        var bytes: [UInt8] = []
        reading: while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero, connection.waitReadable(left) else {
                throw TestFailure("\(method) \(url): no end of the answer within \(deadline)")
            }
            guard let piece = connection.read() else { break }
            bytes += piece
            if bytes.count > Self.bodyLimit { throw TestFailure("\(method) \(url): an answer without end") }
            if let complete = try Self.parse(bytes, method: method) { return .answered(complete) }
        }
        if bytes.isEmpty { return .closed }
        guard let answer = try Self.parse(bytes, method: method, atEnd: true) else {
            throw TestFailure("\(method) \(url): half an answer: \(String(decoding: bytes.prefix(300), as: UTF8.self))")
        }
        return .answered(answer)
    }

    /// The answer in `bytes`, nil while it is not complete.
    static func parse(_ bytes: [UInt8], method: String, atEnd: Bool = false) throws -> HTTPAnswer? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            throw TestFailure("not an HTTP answer: \(lines[0])")
        }
        if status == 100 { return try parse(Array(bytes[headEnd.upperBound...]), method: method, atEnd: atEnd) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let rest = bytes[headEnd.upperBound...]
        if method == "HEAD" || status == 204 || status == 304 {
            return HTTPAnswer(status: status, headers: headers, body: [])
        }
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            return try unchunk(rest).map { HTTPAnswer(status: status, headers: headers, body: $0) }
        }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            guard rest.count >= length else { return nil }
            return HTTPAnswer(status: status, headers: headers, body: Array(rest.prefix(length)))
        }
        return atEnd ? HTTPAnswer(status: status, headers: headers, body: Array(rest)) : nil
    }

    private static func unchunk(_ bytes: ArraySlice<UInt8>) throws -> [UInt8]? {
        let newline = Array("\r\n".utf8)
        var rest = bytes
        var body: [UInt8] = []
        while let lineEnd = rest.firstRange(of: newline) {
            let line = String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self)
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else {
                throw TestFailure("not a chunk: \(line)")
            }
            rest = rest[lineEnd.upperBound...]
            guard rest.count >= size + newline.count else { return nil }
            if size == 0 { return body }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + newline.count)
        }
        return nil
    }
}

/// A TCP connection to this machine.
struct LoopbackConnection {
    let descriptor: Int32

    init(host: String, port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("no socket: errno \(errno)") }
        var address = try Self.address(host: host, port: port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close()
            throw TestFailure("no connection to \(host):\(port): errno \(code)")
        }
    }

    static func address(host: String, port: Int) throws -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard let number = UInt16(exactly: port), inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw TestFailure("not an IPv4 address and port: \(host):\(port)")
        }
        address.sin_port = number.bigEndian
        return address
    }

    /// False when the other side takes no more.
    func write(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[start...])
                return send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            start += sent
        }
        return true
    }

    /// Whether there is something to read, the end included.
    func waitReadable(_ limit: Duration) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
        return Glibc.poll(&state, 1, Int32(clamping: max(milliseconds, 1))) > 0
    }

    /// nil at the end, also when the other side broke off.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            return Array(buffer.prefix(count))
        }
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}

/// A port that something else listens on.
final class OccupiedPort {
    let number: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = try LoopbackConnection.address(host: "127.0.0.1", port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        self.descriptor = descriptor
        number = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw TestFailure("cannot listen on a free port: errno \(errno)") }
    }

    deinit {
        _ = Glibc.close(descriptor)
    }
}
