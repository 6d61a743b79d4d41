import HTTPSurface
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// Through a socket, on a port that the system chooses.
@Suite("WebSockets of a surface")
struct WebSocketUpgradeTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Server: Sendable {
        let port: Int
        let stop: @Sendable () async -> Void
    }

    private func withSurface(
        token: String? = nil, limits: WebSocketLimits = WebSocketLimits(),
        _ session: @escaping @Sendable (WebSocketSession) async throws -> Void,
        _ body: @escaping @Sendable (Server) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = HTTPSurface(
            SurfaceOptions(
                name: "test", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: true, token: token, origins: ["http://localhost:*"])),
            logger: Self.logger, onListening: { reporter.yield($0) }
        ) { router in
            router.get("/hello") { _, _ in "hello" }
            router.get("/socket") { request, context in
                try await WebSocketUpgrade.response(to: request, context, limits: limits, session: session)
            }
        }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(Server(port: port) { await group.triggerGracefulShutdown() })
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    private static let echo: @Sendable (WebSocketSession) async throws -> Void = { session in
        for await text in session.messages { try await session.send("you said \(text)") }
    }

    @Test("texts go both ways, and a close is answered")
    func echo() async throws {
        try await withSurface(Self.echo) { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in
                let head = try await client.head()
                #expect(head.hasPrefix("http/1.1 101 "))
                #expect(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
                #expect(!head.contains("transfer-encoding"))
                #expect(!head.contains("content-length"))
                try await client.send("one")
                try await client.expect(.text("you said one"))
                try await client.send(0x89, [1, 2])
                try await client.expect(.pong([1, 2]))
                let long = String(repeating: "é", count: 30_000)
                try await client.send(long)
                try await client.expect(.text("you said \(long)"))
                try await client.close(1000)
                try await client.expect(.close(1000, ""))
                try await client.expect(nil)
            }
        }
    }

    @Test("a connection that was used for HTTP can become a WebSocket")
    func reused() async throws {
        try await withSurface(Self.echo) { server in
            try await WebSocketClient.connect(server.port, "/hello", fields: []) { client in
                let first = try await client.head()
                #expect(first.hasPrefix("http/1.1 200 "))
                try await client.outbound.write(
                    .init(string: WebSocketClient.request("/socket", WebSocketClient.opening)))
                let head = try await client.head()
                #expect(head.contains("101 switching protocols"))
                try await client.send("x")
                try await client.expect(.text("you said x"))
                try await client.close(1000)
                try await client.expect(.close(1000, ""))
            }
        }
    }

    @Test("the rule of access holds for WebSockets, too")
    func access() async throws {
        try await withSurface(token: "secret", Self.echo) { server in
            func status(host: String, _ fields: [String]) async throws -> String {
                var head = ""
                try await WebSocketClient.connect(
                    server.port, "/socket", host: host, fields: WebSocketClient.opening + fields
                ) { client in
                    head = try await client.head()
                }
                return String(head.prefix(12))
            }
            let evil = "Origin: https://evil.example"
            let own = "Origin: http://localhost:3000"
            let right = "Authorization: Bearer secret"
            for (host, fields, expected) in [
                ("localhost", [], 401), ("localhost", ["Authorization: Bearer wrong"], 401),
                ("localhost", [right], 101),
                ("localhost", [right, evil], 403), ("localhost", [right, own], 101), ("evil.example", [right], 403),
            ] {
                let found = try await status(host: host, fields)
                #expect(found == "http/1.1 \(expected)", "\(host) \(fields)")
            }
        }
    }

    @Test("a plain request is refused in HTTP")
    func plain() async throws {
        try await withSurface(Self.echo) { server in
            try await WebSocketClient.connect(server.port, "/socket", fields: []) { client in
                let head = try await client.head()
                #expect(head.hasPrefix("http/1.1 400 "))
                let rest = try await client.rest()
                #expect(rest == "this path is a WebSocket: the request does not ask to upgrade to one\n")
            }
        }
    }

    @Test("a session that ends closes in its way")
    func endings() async throws {
        struct Broken: Error {}
        try await withSurface { session in
            var iterator = session.messages.makeAsyncIterator()
            switch await iterator.next() {
            case "policy": throw WebSocketClosure(.policy, "you are too slow")
            case "broken": throw Broken()
            default: try await session.send("bye")
            }
        } _: { server in
            for (text, frames) in [
                ("policy", [WebSocketClient.Frame.close(1008, "you are too slow")]),
                ("broken", [.close(1011, "the server failed")]), ("", [.text("bye"), .close(1000, "")]),
            ] {
                try await WebSocketClient.connect(server.port, "/socket") { client in
                    _ = try await client.head()
                    try await client.send(text)
                    for frame in frames { try await client.expect(frame) }
                    try await client.close(1000)
                    try await client.expect(nil)
                }
            }
        }
    }

    @Test("a broken frame is told so")
    func violation() async throws {
        try await withSurface(Self.echo) { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in
                _ = try await client.head()
                try await client.send(0x81, [0xFF])
                try await client.expect(.close(1007, "a text is not UTF-8"))
            }
        }
    }

    @Test("when the server stops, clients are told and the sessions end")
    func stop() async throws {
        let ended = Mutex(false)
        try await withSurface { session in
            try await session.send("hello")
            defer { ended.withLock { $0 = true } }
            try await Task.sleep(for: .seconds(600))
        } _: { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in
                _ = try await client.head()
                try await client.expect(.text("hello"))
                await server.stop()
                try await client.expect(.close(1001, "the server stops"))
                try await client.close(1001)
                try await client.expect(nil)
            }
        }
        #expect(ended.withLock { $0 })
    }

    @Test("a session ends when its client goes without a word")
    func gone() async throws {
        let (endings, reporter) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withSurface { session in
            defer { reporter.yield() }
            try await Task.sleep(for: .seconds(600))
        } _: { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in _ = try await client.head() }
            var iterator = endings.makeAsyncIterator()
            await iterator.next()
        }
    }

    @Test("a silent client is pinged, and closed when it does not answer")
    func pings() async throws {
        var limits = WebSocketLimits()
        limits.pingInterval = .milliseconds(20)
        try await withSurface(limits: limits, Self.echo) { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in
                _ = try await client.head()
                try await client.expect(.ping)
                try await client.send(0x8A, [])
                while let frame = try await client.next() { #expect(frame == .ping) }
            }
        }
    }

    @Test("a client that does not read slows the session down, and does not keep the server from stopping")
    func slow() async throws {
        var limits = WebSocketLimits()
        limits.closeTime = .milliseconds(50)
        let sent = Mutex(0)
        let text = String(repeating: "x", count: 1 << 20)
        try await withSurface(limits: limits) { session in
            while true {
                try await session.send(text)
                sent.withLock { $0 += 1 }
            }
        } _: { server in
            try await WebSocketClient.connect(server.port, "/socket") { client in
                _ = try await client.head()
                // Kernel and client take some megabytes before the session waits.
                var before = -1
                while sent.withLock({ $0 }) != before {
                    before = sent.withLock { $0 }
                    try await Task.sleep(for: .milliseconds(200))
                }
                #expect(before < 100)
                await server.stop()
                // The surface ends although nothing was read: the time to close is over.
            }
        }
    }
}
