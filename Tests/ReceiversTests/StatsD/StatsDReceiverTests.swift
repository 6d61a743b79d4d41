import Codecs
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import Receivers

/// The receiver on ports that the system chooses; what its sink gets, and what its ports answer.
@Suite(.timeLimit(.minutes(1))) struct StatsDReceiverTests {
    private final class RecordingSink: SampleSink, StatsDLogSink {
        struct Refusal: Error {}
        private struct State {
            var requests: [[UInt8]] = []
            var samples = 0
            var records: [StatsDLogRecord] = []
            var failuresLeft = 0
        }
        private let state = Mutex(State())

        init(failures: Int = 0) { state.withLock { $0.failuresLeft = failures } }

        var samples: Int { state.withLock { $0.samples } }
        var records: [StatsDLogRecord] { state.withLock { $0.records } }

        /// Whether a request holds this text among its symbols.
        func holds(_ text: String) -> Bool {
            let wanted = Array(text.utf8)
            return state.withLock { state in
                state.requests.contains { request in
                    request.indices.contains { request[$0...].starts(with: wanted) }
                }
            }
        }

        func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {
            try state.withLock { state in
                if state.failuresLeft > 0 {
                    state.failuresLeft -= 1
                    throw Refusal()
                }
                state.requests.append(request)
                state.samples += sampleCount
            }
        }

        func admit(_ records: [StatsDLogRecord]) async throws { state.withLock { $0.records += records } }
    }

    /// Runs `body` beside a receiver, stops the receiver gracefully, and waits for its end.
    private func serve(
        _ sink: RecordingSink, _ change: (inout StatsDOptions) -> Void = { _ in },
        _ body: @escaping @Sendable (StatsDReceiver, StatsDReceiver.Ports) async throws -> Void
    ) async throws {
        var options = StatsDOptions(port: 0, administrationPort: 0)
        options.firstFlushDelay = .milliseconds(10)
        change(&options)
        let (ports, continuation) = AsyncStream.makeStream(of: StatsDReceiver.Ports.self, bufferingPolicy: .unbounded)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let receiver = StatsDReceiver(options, sink: sink, logSink: sink, logger: logger) { continuation.yield($0) }
        let group = ServiceGroup(services: [receiver], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let open = try #require(await iterator.next())
            let result = await Result.of { try await body(receiver, open) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private static func wait(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    private static func sendDatagram(_ text: String, port: Int) async throws {
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: text))
        try await channel.writeAndFlush(envelope).get()
        try await channel.close()
    }

    /// Sends text, and gives what comes back until the other side closes or says `until`.
    private static func talk(_ text: String, port: Int, until end: String) async throws -> String {
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await part in inbound {
                answer += String(buffer: part)
                if !end.isEmpty, answer.hasSuffix(end) { break }
            }
            return answer
        }
    }

    @Test func datagramsAndConnectionsAreAddedUp() async throws {
        let sink = RecordingSink()
        try await serve(sink) { receiver, ports in
            try await Self.sendDatagram("a.b:1|c\nbad\n_e{1,1}:t|x", port: ports.lines)
            let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: ports.lines).get()
            for piece in ["over.t", "cp:1|c\nlast.line", ":2|c"] {
                try await client.writeAndFlush(ByteBuffer(string: piece)).get()
            }
            try await client.close()
            try await Self.wait { receiver.statistics.lines == 5 }
            #expect(receiver.statistics.badLineCount == 1)
            #expect(receiver.statistics.datagrams == 1)
            #expect(receiver.seriesCount == 3)
            try await Self.wait {
                sink.holds("a_b_total") && sink.holds("over_tcp_total") && sink.holds("last_line_total")
            }
            try await Self.wait { sink.records.map(\.title) == ["t"] }
        }
    }

    @Test func theEndFlushesWhatWaits() async throws {
        let sink = RecordingSink()
        try await serve(
            sink,
            {
                $0.firstFlushDelay = .seconds(3600); $0.flushInterval = .seconds(3600)
            }
        ) {
            receiver, ports in
            try await Self.sendDatagram("a:1|c", port: ports.lines)
            try await Self.wait { receiver.statistics.lines == 1 }
            #expect(sink.samples == 0)
        }
        #expect(sink.holds("a_total"))
        #expect(sink.samples == 2)
    }

    /// So that queries, which look back five minutes, bridge a restart.
    @Test func theEndEndsNoSeries() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.flushInterval = .seconds(3600) }) { receiver, ports in
            try await Self.sendDatagram("a:1|c\nb:1|g", port: ports.lines)
            try await Self.wait { sink.samples == 3 }
        }
        // No marker came after the zero and the value of the counter, and the value of the gauge.
        #expect(sink.samples == 3)
    }

    @Test func aRefusedRequestIsTriedAgain() async throws {
        let sink = RecordingSink(failures: 1)
        try await serve(sink) { _, ports in
            try await Self.sendDatagram("a:1|c", port: ports.lines)
            try await Self.wait { sink.holds("a_total") }
        }
    }

    @Test func aConnectionThatSpeaksHTTPIsClosed() async throws {
        let sink = RecordingSink()
        try await serve(sink) { receiver, ports in
            let answer = try? await Self.talk("POST / HTTP/1.1\r\n\r\nx:1|c\n", port: ports.lines, until: "")
            #expect(answer ?? "" == "")
            #expect(receiver.statistics.lines == 0)
        }
    }

    @Test func connectionsAreBounded() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.connectionsMax = 1 }) { receiver, ports in
            let first = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: ports.lines).get()
            try await first.writeAndFlush(ByteBuffer(string: "a:1|c\n")).get()
            try await Self.wait { receiver.statistics.lines == 1 }
            // The connection is closed or, when the line comes later than that, reset.
            let answer = try? await Self.talk("b:1|c\n", port: ports.lines, until: "")
            #expect(answer ?? "" == "")
            #expect(receiver.statistics.lines == 1)
            try await first.close()
        }
    }

    @Test func theAdministrationPortAnswersCommandsAndHTTP() async throws {
        let sink = RecordingSink()
        try await serve(sink) { receiver, ports in
            let port = try #require(ports.administration)
            try await Self.sendDatagram("a.b:2|c", port: ports.lines)
            try await Self.wait { receiver.statistics.lines == 1 }
            #expect(try await Self.talk("health\r\n", port: port, until: "\n") == "health: up\n")
            #expect(try await Self.talk("nonsense\nquit\n", port: port, until: "") == "ERROR\n")
            #expect(
                try await Self.talk("health\ncounters\n", port: port, until: "END\n\n")
                    == "health: up\n{\"a.b\":2}\nEND\n\n")
            let answer = try await Self.talk("GET /counters HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port, until: "")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("{\"a.b\":2}"))
        }
    }

    @Test func theAdministrationPortNamesItself() async throws {
        try await serve(RecordingSink()) { _, ports in
            let port = try #require(ports.administration)
            let answer = try await Self.talk("config\n", port: port, until: "END\n\n")
            #expect(answer.contains("\"mgmt_port\":\"\(port)\""))
        }
    }

    @Test func whereATokenIsDemandedTextCommandsAreRefused() async throws {
        let sink = RecordingSink()
        try await serve(
            sink,
            { $0.refusal = { _, _, authorization in authorization == "Bearer t" ? nil : "a token is needed" } }
        ) { receiver, ports in
            let port = try #require(ports.administration)
            try await Self.sendDatagram("a:1|c", port: ports.lines)
            try await Self.wait { receiver.statistics.lines == 1 }
            let refused = "ERROR: a token is needed\n"
            #expect(
                try await Self.talk("delcounters a\ncounters\nhealth down\nhealth\nquit\n", port: port, until: "")
                    == refused + refused + refused + "health: up\n")
            let request = "GET /counters HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n"
            #expect(try await Self.talk(request, port: port, until: "").hasSuffix("{\"a\":1}"))
        }
    }

    @Test func aTakenPortIsSaid() async throws {
        let sink = RecordingSink()
        try await serve(sink) { _, ports in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let second = StatsDReceiver(
                StatsDOptions(port: ports.lines, administrationPort: nil), sink: sink, logSink: nil, logger: logger
            ) { _ in }
            let error = await #expect(throws: StatsDError.self) { try await second.run() }
            #expect(error?.message.contains("\(ports.lines)") == true)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate static func of(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
