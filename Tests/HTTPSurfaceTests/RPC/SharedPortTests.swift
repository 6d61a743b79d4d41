import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HTTPSurface
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import Testing

/// One port, two protocols; with real clients of both.
@Suite struct SharedPortTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let open = AccessRule(requiresLoopbackHost: true, token: nil, origins: [])
    private static let service = "test.Numbers"

    /// What the service has seen; shared with the test.
    private final class Numbers: RegistrableRPCService, Sendable {
        let written = Atomic<Int>(0)
        let ended = AsyncStream<Bool>.makeStream(bufferingPolicy: .bufferingNewest(1))

        func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
            router.unary(
                SharedPortTests.service, "Increment", Google_Protobuf_Int64Value.self, Google_Protobuf_Int64Value.self
            ) { input in
                guard input.value >= 0 else { throw RPCError(code: .invalidArgument, message: "negative: 1 % 2") }
                return .with { $0.value = input.value + 1 }
            }
            router.streaming(
                SharedPortTests.service, "Count", Google_Protobuf_Int64Value.self, Google_Protobuf_BytesValue.self
            ) { input, write in
                for _ in 0..<input.value {
                    try await write(.with { $0.value = .init(repeating: 7, count: 10_000) })
                    self.written.add(1, ordering: .relaxed)
                }
            }
            router.streaming(
                SharedPortTests.service, "Wait", Google_Protobuf_Int64Value.self, Google_Protobuf_Int64Value.self
            ) { input, write in
                try await write(input)
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    self.ended.continuation.yield(Task.isCancelled)
                    throw error
                }
            }
        }
    }

    private func withSurface(
        _ access: AccessRule = open, _ numbers: Numbers = Numbers(),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = HTTPSurface(
            SurfaceOptions(name: "test", host: "127.0.0.1", port: 0, access: access), services: [numbers],
            logger: Self.logger, onListening: { reporter.yield($0) }
        ) { router in
            router.get("/") { _, _ in "hello" }
        }
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

    private typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

    private func withClient<Result: Sendable>(
        _ port: Int, _ body: @Sendable (Client) async throws -> Result
    ) async throws -> Result {
        try await withGRPCClient(
            transport: try .http2NIOPosix(
                target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
        ) { client in try await body(client) }
    }

    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: service, method: name)
    }

    private func increment(_ client: Client, _ value: Int64, _ metadata: Metadata = [:]) async throws -> Int64 {
        try await client.unary(
            request: ClientRequest(message: Google_Protobuf_Int64Value.with { $0.value = value }, metadata: metadata),
            descriptor: Self.method("Increment"), serializer: ProtobufCoder<Google_Protobuf_Int64Value>(),
            deserializer: ProtobufCoder<Google_Protobuf_Int64Value>(), options: .defaults
        ) { try $0.message.value }
    }

    /// Opens a connection and sends the pieces, each in a write of its own; reads until `isEnough` or the end.
    private func exchange(
        _ port: Int, _ pieces: [[UInt8]], until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for piece in pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
            var answer: [UInt8] = []
            for try await piece in inbound {
                answer += piece.readableBytesView
                if isEnough(answer) { break }
            }
            return answer
        }
    }

    private static let get = Array("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)

    @Test func bothProtocolsAnswerOnOnePort() async throws {
        try await withSurface { port in
            try await withClient(port) { client in
                let answer1 = try await increment(client, 1)
                #expect(answer1 == 2)
                let answer = String(decoding: try await exchange(port, [Self.get]), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
                #expect(answer.hasSuffix("\r\n\r\nhello"))
                let answer2 = try await increment(client, 41)
                #expect(answer2 == 42)
            }
        }
    }

    @Test func theFirstBytesMayComeOneByOne() async throws {
        try await withSurface { port in
            let answer = try await exchange(port, Self.get.map { [$0] })
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
            // The preface and an empty SETTINGS frame; a server begins with its own SETTINGS (RFC 9113, section 3.4).
            let opening = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            let settings = try await exchange(port, opening.map { [$0] }) { $0.count >= 9 }
            #expect(settings.count >= 9)
            #expect(settings.prefix(2) == [0, 0])
            #expect(settings.dropFirst(3).first == 4)
        }
    }

    @Test func aRequestThatOnlyBeginsLikeHTTP2IsHTTP1() async throws {
        try await withSurface { port in
            let text = "PRI / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let answer = String(decoding: try await exchange(port, [Array(text.utf8)]), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test func aRefusalHasItsCodeAndSentence() async throws {
        try await withSurface { port in
            try await withClient(port) { client in
                let error = await #expect(throws: RPCError.self) { try await increment(client, -1) }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message == "negative: 1 % 2")
            }
        }
    }

    @Test func aMethodThatNobodyHasIsUnimplemented() async throws {
        try await withSurface { port in
            try await withClient(port) { client in
                let error = await #expect(throws: RPCError.self) {
                    try await client.unary(
                        request: ClientRequest(message: [UInt8]()),
                        descriptor: MethodDescriptor(fullyQualifiedService: "test.Other", method: "Nothing"),
                        serializer: RawBytesCoder(), deserializer: RawBytesCoder(), options: .defaults
                    ) { try $0.message }
                }
                #expect(error?.code == .unimplemented)
            }
        }
    }

    @Test func aBodyThatIsNoMessageIsInvalid() async throws {
        try await withSurface { port in
            try await withClient(port) { client in
                let error = await #expect(throws: RPCError.self) {
                    try await client.unary(
                        request: ClientRequest(message: [0xFF, 0xFF] as [UInt8]),
                        descriptor: Self.method("Increment"),
                        serializer: RawBytesCoder(), deserializer: RawBytesCoder(), options: .defaults
                    ) { try $0.message }
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }

    @Test func theTokenHoldsForBothProtocols() async throws {
        var rule = Self.open
        rule.token = "secret"
        try await withSurface(rule) { port in
            try await withClient(port) { client in
                let error = await #expect(throws: RPCError.self) { try await increment(client, 1) }
                #expect(error?.code == .unauthenticated)
                let answer3 = try await increment(client, 1, ["authorization": "Bearer secret"])
                #expect(answer3 == 2)
                // Base64 of "me:secret".
                let answer4 = try await increment(client, 1, ["authorization": "Basic bWU6c2VjcmV0"])
                #expect(answer4 == 2)
            }
            let answer = try await exchange(port, [Self.get])
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test func aMessageOverTheBoundEndsItsCallAndNoOther() async throws {
        try await withSurface { port in
            try await withClient(port) { client in
                await #expect(throws: RPCError.self) {
                    try await client.unary(
                        request: ClientRequest(message: [UInt8](repeating: 8, count: RPCLimits.requestBytesMax + 1)),
                        descriptor: Self.method("Increment"),
                        serializer: RawBytesCoder(), deserializer: RawBytesCoder(), options: .defaults
                    ) { try $0.message }
                }
                let answer5 = try await increment(client, 1)
                #expect(answer5 == 2)
            }
        }
    }

    /// The window of HTTP/2 and the buffers of both sides hold a few dozen of these messages; without backpressure the
    /// server would be thousands ahead.
    @Test func aSlowReaderHoldsTheWriterBack() async throws {
        let numbers = Numbers()
        try await withSurface(Self.open, numbers) { port in
            try await withClient(port) { client in
                let ahead = try await client.serverStreaming(
                    request: ClientRequest(message: Google_Protobuf_Int64Value.with { $0.value = 1000 }),
                    descriptor: Self.method("Count"), serializer: ProtobufCoder<Google_Protobuf_Int64Value>(),
                    deserializer: ProtobufCoder<Google_Protobuf_BytesValue>(), options: .defaults
                ) { response in
                    var read = 0
                    var ahead = 0
                    for try await message in response.messages {
                        #expect(message.value.count == 10_000)
                        read += 1
                        if read == 1 { try await Task.sleep(for: .milliseconds(200)) }
                        ahead = max(ahead, numbers.written.load(ordering: .relaxed) - read)
                    }
                    #expect(read == 1000)
                    return ahead
                }
                #expect(ahead < 500)
            }
        }
    }

    @Test func aClientThatGoesAwayCancelsTheWork() async throws {
        let numbers = Numbers()
        try await withSurface(Self.open, numbers) { port in
            try await withClient(port) { client in
                try await client.serverStreaming(
                    request: ClientRequest(message: Google_Protobuf_Int64Value.with { $0.value = 5 }),
                    descriptor: Self.method("Wait"), serializer: ProtobufCoder<Google_Protobuf_Int64Value>(),
                    deserializer: ProtobufCoder<Google_Protobuf_Int64Value>(), options: .defaults
                ) { response in
                    // Leaving after the first message cancels the call.
                    for try await _ in response.messages { break }
                }
                var ended = numbers.ended.stream.makeAsyncIterator()
                #expect(await ended.next() == true)
            }
        }
    }

    /// Idle connections of either protocol, and one that has said nothing yet, do not keep the server.
    @Test func theServerStopsWhileConnectionsAreOpen() async throws {
        let connected = Mutex<[any Channel]>([])
        try await withSurface { port in
            for opening in ["", "PRI * HT", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: port).get()
                try await channel.writeAndFlush(ByteBuffer(string: opening))
                connected.withLock { $0.append(channel) }
            }
            try await withClient(port) { client in
                let answer6 = try await increment(client, 1)
                #expect(answer6 == 2)
            }
        }
        for channel in connected.withLock({ $0 }) { try? await channel.close() }
    }
}
