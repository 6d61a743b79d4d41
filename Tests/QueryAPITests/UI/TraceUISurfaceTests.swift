import Codecs
import HTTPSurface
import Logging
import NIOCore
import NIOPosix
import QueryEngines
import ServiceLifecycle
import TelemetryModel
import Testing
import TraceAnalysis

@testable import QueryAPI

/// Through a socket, on a port that the system chooses.
@Suite struct TraceUISurfaceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Received {
        var head: String
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private func withSurface(
        _ traces: UIMemoryTraces, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let options = SurfaceOptions(
            name: "api", host: "127.0.0.1", port: 0,
            access: AccessRule(requiresLoopbackHost: true, token: nil, origins: []))
        let surface = HTTPSurface(options, logger: Self.logger, onListening: { reporter.yield($0) }) { router in
            TraceUIRoutes.add(
                to: router, TraceUIDependencies(queries: traces, analyses: traces), logger: Self.logger)
        }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(port))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// Sends one request and reads until the server closes.
    private func ask(
        _ port: Int, _ target: String, method: String = "GET", _ fields: [String] = []
    ) async throws -> Received {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + fields + ["", ""]
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let bytes = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: lines.joined(separator: "\r\n")))
            var bytes: [UInt8] = []
            for try await piece in inbound { bytes += piece.readableBytesView }
            return bytes
        }
        let end = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) } ?? bytes.endIndex
        return Received(
            head: String(decoding: bytes[..<end], as: UTF8.self).lowercased() + "\r\n",
            body: Array(bytes[end...].dropFirst(4)))
    }

    @Test func `a summary and its pages`() async throws {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        try await withSurface(traces) { port in
            let summary = try await ask(port, "/api/ui/trace/abc")
            #expect(summary.head.hasPrefix("http/1.1 200 ok\r\n"))
            #expect(summary.head.contains("\r\ncontent-type: application/json\r\n"))
            #expect(summary.head.contains("\r\ncache-control: no-store\r\n"))
            #expect(summary.text.hasPrefix("{\"traceId\":\"\(UISamples.hex)\",\"root\":{"))
            let page = try await ask(
                port, "/api/ui/trace/\(UISamples.hex)/skeleton?spans=3&from=1", ["Accept-Encoding: gzip"])
            #expect(page.head.contains("\r\ncontent-type: application/octet-stream\r\n"))
            #expect(page.head.contains("\r\nx-martlet-spans: 3\r\n") && page.head.contains("\r\nx-martlet-from: 1\r\n"))
            let tree = TraceTree(UIMemoryTraces.skeleton(UISamples.small))
            #expect(page.body == TraceSkeletonEncoder().encode(tree, 1..<3))
        }
    }

    @Test func `every question has its route`() async throws {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        try await withSurface(traces) { port in
            for endpoint in TraceUIEndpoint.allCases {
                let parts = endpoint.path.split(separator: "{id}", omittingEmptySubsequences: false)
                let path = parts.joined(separator: "abc") + (endpoint == .spans ? "?ids=1" : "?q=%7B%7D")
                let answer = try await ask(port, path)
                #expect(answer.head.hasPrefix("http/1.1 200 ok\r\n"), "\(path)")
                let head = try await ask(port, path, method: "HEAD")
                #expect(head.head.hasPrefix("http/1.1 200 ok\r\n") && head.body.isEmpty, "\(path)")
                let post = try await ask(port, path, method: "POST", ["Content-Length: 0"])
                #expect(post.head.hasPrefix("http/1.1 405 ") && post.head.contains("\r\nallow: get, head\r\n"))
            }
        }
    }

    @Test func `failures are JSON with their status`() async throws {
        try await withSurface(UIMemoryTraces()) { port in
            let missing = try await ask(port, "/api/ui/trace/abc/flame")
            #expect(
                missing.head.hasPrefix("http/1.1 404 ") && missing.text.hasPrefix("{\"error\":{\"kind\":\"notFound\""))
            let wrong = try await ask(port, "/api/ui/trace/x%2Fy/flame")
            #expect(wrong.head.hasPrefix("http/1.1 400 ") && wrong.text.hasPrefix("{\"error\":{\"kind\":\"invalid\""))
            let query = try await ask(port, "/api/ui/traces/flame?q=%7B")
            #expect(query.head.hasPrefix("http/1.1 400 ") && query.text.contains("\"position\":{\"start\":"))
        }
        try await withSurface(UIMemoryTraces { $0.failure = .init(.overloaded, "later") }) { port in
            let busy = try await ask(port, "/api/ui/servicegraph")
            #expect(busy.head.hasPrefix("http/1.1 503 ") && busy.head.contains("\r\nretry-after: 1\r\n"))
        }
    }

    @Test func `long answers are compressed when that is wanted`() async throws {
        let spans = (1...3000).map { UISpan(UInt64($0), 0, 0, Int64($0), name: "operation \($0)") }
        try await withSurface(UIMemoryTraces([(UISamples.id, spans)])) { port in
            let plain = try await ask(port, "/api/ui/trace/abc/statistics")
            #expect(!plain.head.contains("content-encoding") && plain.head.contains("\r\nvary: accept-encoding\r\n"))
            let packed = try await ask(port, "/api/ui/trace/abc/statistics", ["Accept-Encoding: gzip"])
            #expect(packed.head.contains("\r\ncontent-encoding: gzip\r\n"))
            #expect(packed.body.count * 4 < plain.body.count)
        }
    }
}
