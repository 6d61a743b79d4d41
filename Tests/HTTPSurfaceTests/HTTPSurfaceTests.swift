import HTTPSurface
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

/// Through a socket, on a port that the system chooses.
@Suite struct HTTPSurfaceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a surface with the routes `GET /` and `POST /length` and hands its port to `body`.
    private func withSurface(
        _ access: AccessRule, bodyBytesMax: Int = 100, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = HTTPSurface(
            SurfaceOptions(name: "test", host: "127.0.0.1", port: 0, access: access), logger: Self.logger,
            onListening: { reporter.yield($0) }
        ) { router in
            router.get("/") { _, _ in "hello" }
            router.post("/length") { request, _ in
                do throws(BodyError) {
                    let bytes = try await BodyCollector(bytesMax: bodyBytesMax, timeLimit: .seconds(60)).collect(
                        request)
                    return "\(bytes.count)"
                } catch {
                    return "\(error)"
                }
            }
        }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                #expect(port > 0)
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

    /// Sends bytes and reads until the server closes.
    private func exchange(_ port: Int, _ request: String) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer = ""
            for try await piece in inbound { answer += String(buffer: piece) }
            return answer
        }
    }

    private func head(_ method: String, _ path: String, host: String = "localhost", _ fields: [String] = []) -> String {
        (["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields + ["", ""]).joined(
            separator: "\r\n")
    }

    private static let loopback = AccessRule(requiresLoopbackHost: true, token: nil, origins: ["http://localhost:*"])

    @Test func aRouteAnswersOnTheReportedPort() async throws {
        try await withSurface(Self.loopback) { port in
            let answer = try await exchange(port, head("GET", "/"))
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.hasSuffix("\r\n\r\nhello"))
            #expect(try await exchange(port, head("GET", "/nothing")).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func aForeignHostIsRefusedBeforeAnyRoute() async throws {
        try await withSurface(Self.loopback) { port in
            for path in ["/", "/nothing"] {
                let answer = try await exchange(port, head("GET", path, host: "evil.example"))
                #expect(answer.hasPrefix("HTTP/1.1 403 "))
                #expect(!answer.contains("hello"))
            }
        }
    }

    @Test func aPermittedPageIsToldSoAndAnotherIsRefused() async throws {
        try await withSurface(Self.loopback) { port in
            let allowed = try await exchange(port, head("GET", "/", ["Origin: http://localhost:3000"])).lowercased()
            #expect(allowed.hasPrefix("http/1.1 200 "))
            #expect(allowed.contains("access-control-allow-origin: http://localhost:3000\r\n"))
            #expect(allowed.contains("vary: origin\r\n"))
            let refused = try await exchange(port, head("GET", "/", ["Origin: https://evil.example"])).lowercased()
            #expect(refused.hasPrefix("http/1.1 403 "))
            #expect(!refused.contains("access-control-allow-origin"))
        }
    }

    /// Fetch standard, "CORS-preflight fetch": it carries no credentials, so it is answered without a token.
    @Test func aPreflightNeedsNoTokenAndTheRequestAfterItDoes() async throws {
        var rule = Self.loopback
        rule.token = "secret"
        try await withSurface(rule) { port in
            let preflight = try await exchange(
                port,
                head(
                    "OPTIONS", "/",
                    [
                        "Origin: http://localhost:3000", "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: content-type,x-own",
                    ])
            ).lowercased()
            #expect(preflight.hasPrefix("http/1.1 204 "))
            #expect(preflight.contains("access-control-allow-headers: content-type,x-own\r\n"))
            #expect(preflight.contains("access-control-allow-methods: get, post, options\r\n"))
            let without = try await exchange(port, head("GET", "/", ["Origin: http://localhost:3000"]))
            #expect(without.hasPrefix("HTTP/1.1 401 "))
            #expect(without.lowercased().contains("www-authenticate: basic "))
            let with = try await exchange(port, head("GET", "/", ["Authorization: Bearer secret"]))
            #expect(with.hasPrefix("HTTP/1.1 200 "))
            // OPTIONS that is no preflight is a request like others.
            #expect(try await exchange(port, head("OPTIONS", "/")).hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test(
        "a body is taken up to the bound, whether its length is told or not",
        arguments: [
            ("Content-Length: 100", String(repeating: "x", count: 100), "100"),
            ("Content-Length: 0", "", "0"),
            ("Content-Length: 101", String(repeating: "x", count: 101), "tooLarge(bytesMax: 100)"),
            ("Transfer-Encoding: chunked", "64\r\n" + String(repeating: "x", count: 100) + "\r\n0\r\n\r\n", "100"),
            (
                "Transfer-Encoding: chunked", "64\r\n" + String(repeating: "x", count: 100) + "\r\n1\r\ny\r\n0\r\n\r\n",
                "tooLarge(bytesMax: 100)"
            ),
        ])
    func bodies(field: String, body: String, answer: String) async throws {
        try await withSurface(Self.loopback) { port in
            let received = try await exchange(port, head("POST", "/length", [field]) + body)
            #expect(received.hasPrefix("HTTP/1.1 200 "))
            #expect(received.hasSuffix("\r\n\r\n" + answer))
        }
    }
}

@Suite struct FreePortTests {
    /// Holds a port of the loopback address while `body` runs.
    private func withTakenPort(_ body: (Int) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(
            host: "127.0.0.1", port: 0
        ).get()
        let port = try #require(channel.localAddress?.port)
        do {
            try await body(port)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    @Test func aTakenPortMovesOnPastTheReserved() async throws {
        try await withTakenPort { taken in
            try #require(taken < 65_000)
            let next = try await FreePort.find(taken, host: "127.0.0.1", reserved: [])
            #expect(next > taken)
            let other = try await FreePort.find(taken, host: "127.0.0.1", reserved: [next])
            #expect(other > taken)
            #expect(other != next)
        }
    }

    @Test func anyPortStaysAnyPort() async throws {
        #expect(try await FreePort.find(0, host: "127.0.0.1", reserved: []) == 0)
    }

    @Test func anAddressOfAnotherMachineIsAnError() async {
        // 192.0.2.0/24 is for documentation (RFC 5737).
        await #expect(throws: (any Error).self) { _ = try await FreePort.find(3200, host: "192.0.2.1", reserved: []) }
    }
}
