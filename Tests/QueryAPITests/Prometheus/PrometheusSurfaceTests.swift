import Codecs
import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PromQLEvaluation
import PrometheusModel
import ServiceLifecycle
import Testing

@testable import QueryAPI

/// Through a socket, on a port that the system chooses.
@Suite struct PrometheusSurfaceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static let queries = CannedQueries(answers: [
        "large": { _ in
            var set = SeriesSet()
            set.labels = [["__name__": "large"]]
            set.times = (0..<1_000_000).map { $0 * 1000 }
            set.values = [Double](repeating: 1, count: 1_000_000)
            set.bounds = [0, 1_000_000]
            return QueryResult(value: .matrix(set))
        },
        "slow": { (_) throws(QueryError) in
            try? await Task.sleep(for: WatchedWork.patience * 2)
            return QueryResult(value: .vector([]))
        },
    ])

    private static let catalog = ListCatalog(list: (0..<100).map { ["__name__": "m", "n": "\($0)"] })

    /// Runs a surface and hands its port to `body`.
    private func withSurface(
        _ queries: CannedQueries = queries, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await run(body) { onListening in
            PrometheusSurface.make(
                Self.options, dependencies: PrometheusDependencies(queries: queries, catalog: Self.catalog),
                logger: Self.logger, onListening: onListening
            ) { router in
                router.post("/api/v1/write") { _, _ in Response(status: .noContent) }
                PrometheusSurface.refuseOtherMethods(on: router, "/api/v1/write", allowed: [.post])
            }
        }
    }

    private static let options = SurfaceOptions(
        name: "prometheus", host: "127.0.0.1", port: 0,
        access: AccessRule(requiresLoopbackHost: true, token: nil, origins: ["http://localhost:*"]))

    private func run(
        _ body: @escaping @Sendable (Int) async throws -> Void,
        on make: (@escaping @Sendable (Int) -> Void) -> HTTPSurface
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = make { reporter.yield($0) }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// Sends bytes and reads until the server closes, or until `isEnough`.
    private func exchange(
        _ port: Int, _ request: String, isEnough: @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer: [UInt8] = []
            for try await piece in inbound {
                answer += piece.readableBytesView
                if isEnough(answer) { break }
            }
            return answer
        }
    }

    private func answer(
        _ port: Int, _ method: String, _ target: String, _ fields: [String] = [], body: String = ""
    ) async throws -> (head: String, body: [UInt8]) {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + fields
        if !body.isEmpty {
            lines += ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(body.utf8.count)"]
        }
        let bytes = try await exchange(port, (lines + ["", ""]).joined(separator: "\r\n") + body)
        let end = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) } ?? bytes.endIndex
        return (
            String(decoding: bytes[..<end], as: UTF8.self).lowercased() + "\r\n", Array(bytes[end...].dropFirst(4))
        )
    }

    @Test func `questions are taken from URL and form`() async throws {
        try await withSurface { port in
            let wanted = #"{"status":"success","data":{"resultType":"scalar","result":[4,"7"]}}"#
            let get = try await answer(port, "GET", "/api/v1/query?query=7&time=4&unknown=x")
            #expect(get.head.hasPrefix("http/1.1 200 "))
            #expect(get.head.contains("content-type: application/json\r\n"))
            #expect(String(decoding: get.body, as: UTF8.self) == wanted)
            let post = try await answer(port, "POST", "/api/v1/query?time=5&query=8", body: "query=7&time=4")
            #expect(String(decoding: post.body, as: UTF8.self) == wanted)
            let name = try await answer(port, "GET", "/api/v1/label/U__n/values?limit=1")
            #expect(
                String(decoding: name.body, as: UTF8.self)
                    == #"{"status":"success","data":["0"],"warnings":["results truncated due to limit"]}"#)
        }
    }

    @Test(
        "paths and methods that are not there are refused in plain text",
        arguments: [
            ("GET", "/api/v1/nope", "404", "404 page not found\n"), ("GET", "/", "404", "404 page not found\n"),
            ("DELETE", "/api/v1/query?query=1", "405", "Method Not Allowed\n"),
            ("POST", "/api/v1/targets", "405", "Method Not Allowed\n"), ("HEAD", "/api/v1/query", "405", ""),
            ("GET", "/api/v1/write", "405", "Method Not Allowed\n"), ("POST", "/api/v1/write", "204", ""),
            ("HEAD", "/-/ready", "200", ""), ("GET", "/-/healthy", "200", "Prometheus Server is Healthy.\n"),
            ("GET", "/-/quit", "405", "Only POST or PUT requests allowed"),
            ("POST", "/-/reload", "403", "Lifecycle API is not enabled."),
        ])
    func refusals(method: String, target: String, status: String, text: String) async throws {
        try await withSurface { port in
            let answer = try await answer(port, method, target)
            #expect(answer.head.hasPrefix("http/1.1 \(status) "))
            #expect(String(decoding: answer.body, as: UTF8.self) == text)
            if !text.isEmpty { #expect(answer.head.contains("content-type: text/plain; charset=utf-8\r\n")) }
            if status == "405", !target.hasPrefix("/-/") { #expect(answer.head.contains("allow: ")) }
        }
    }

    @Test func `the exposition answers GET and, without a body, HEAD`() async throws {
        try await run { port in
            let get = try await answer(port, "GET", "/metrics")
            #expect(get.head.hasPrefix("http/1.1 200 "))
            let head = try await answer(port, "HEAD", "/metrics")
            #expect(head.head.hasPrefix("http/1.1 200 ") && head.body.isEmpty)
            let post = try await answer(port, "POST", "/metrics")
            #expect(post.head.hasPrefix("http/1.1 405 ") && post.head.contains("allow: get, head, options\r\n"))
        } on: { onListening in
            ExpositionSurface.make(
                Self.options, dependencies: PrometheusDependencies(queries: Self.queries, catalog: Self.catalog),
                logger: Self.logger, onListening: onListening)
        }
    }

    @Test func `pages of other origins are told what they may do`() async throws {
        try await withSurface { port in
            let origin = "Origin: http://localhost:3000"
            let get = try await answer(port, "GET", "/api/v1/query?query=1", [origin])
            #expect(get.head.contains("access-control-allow-origin: http://localhost:3000\r\n"))
            #expect(get.head.contains("access-control-allow-methods: get, post, options\r\n"))
            #expect(get.head.contains("access-control-expose-headers: date\r\n"))
            for path in ["/api/v1/query", "/api/v1/anything"] {
                let options = try await answer(port, "OPTIONS", path, [origin])
                #expect(options.head.hasPrefix("http/1.1 204 "))
                #expect(options.head.contains("access-control-allow-headers: accept, "))
            }
        }
    }

    @Test func `long answers are compressed for those who take it`() async throws {
        try await withSurface { port in
            let target = "/api/v1/series?match[]=m"
            let plain = try await answer(port, "GET", target)
            #expect(!plain.head.contains("content-encoding"))
            let packed = try await answer(port, "GET", target, ["Accept-Encoding: gzip"])
            #expect(packed.head.contains("content-encoding: gzip\r\n"))
            #expect(packed.body.count < plain.body.count / 2)
            var reserved = 0
            let unpacked = try Gunzip.decompress(packed.body, bytesMax: 1 << 20, reserved: &reserved)
            #expect(unpacked == plain.body)
            let short = try await answer(port, "GET", "/api/v1/query?query=1", ["Accept-Encoding: gzip"])
            #expect(!short.head.contains("content-encoding"))
        }
    }

    @Test func `a very large answer is sent in pieces`() async throws {
        try await withSurface { port in
            let answer = try await answer(port, "GET", "/api/v1/query?query=large", ["Accept-Encoding: gzip"])
            #expect(answer.head.contains("transfer-encoding: chunked\r\n"))
            #expect(!answer.head.contains("content-encoding"))
            // A million samples of eight bytes at least.
            #expect(answer.body.count > 8_000_000)
            #expect(answer.body.suffix(20).contains(UInt8(ascii: "}")))
        }
    }

    @Test func `a connection is used again after a quick answer`() async throws {
        try await withSurface { port in
            let request = "GET /api/v1/query?query=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let both = try await exchange(port, request + request) { bytes in
                String(decoding: bytes, as: UTF8.self).split(separator: "\"success\"").count == 3
            }
            #expect(String(decoding: both, as: UTF8.self).split(separator: "HTTP/1.1 200").count == 2)
        }
    }

    @Test(
        "a slow query has its answer, and the connection ends with it",
        arguments: [
            "GET /api/v1/query?query=slow HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nquery=slow",
        ])
    func slowness(request: String) async throws {
        try await withSurface { port in
            let answer = String(decoding: try await exchange(port, request), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.lowercased().contains("connection: close\r\n"))
            #expect(answer.hasSuffix(#"{"status":"success","data":{"resultType":"vector","result":[]}}"#))
        }
    }

    @Test(
        "a query is cancelled when its client goes away",
        arguments: [
            "GET /api/v1/query?query=forever HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nquery=forever",
        ])
    func cancellation(request: String) async throws {
        let (cancelled, reporter) = AsyncStream.makeStream(of: Void.self)
        let (started, starter) = AsyncStream.makeStream(of: Void.self)
        let queries = CannedQueries(answers: [
            "forever": { (_) throws(QueryError) in
                starter.yield()
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    reporter.yield()
                    throw QueryError(.cancelled, "cancelled")
                }
                return QueryResult(value: .vector([]))
            }
        ])
        try await withSurface(queries) { port in
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: request))
            for await _ in started { break }
            try await channel.close()
            for await _ in cancelled { break }
        }
    }
}
