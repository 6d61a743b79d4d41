import Ingest
import Logging
import NIOCore
import NIOPosix
import Receivers
import ServiceLifecycle
import Synchronization
import TelemetryModel
import Testing

/// The receiver on a port that the system chooses; what its sink gets.
@Suite(.timeLimit(.minutes(1))) struct SyslogReceiverTests {
    private final class RecordingSink: SyslogSink {
        private struct State {
            var records: [LogDraft] = []
            var batches: [Int] = []
            var refusals: [IngestError] = []
            var isShut = false
        }
        private let state = Mutex(State())

        /// - Parameter refusals: of the first batches.
        init(refusals: [IngestError] = []) { state.withLock { $0.refusals = refusals } }

        var bodies: [String] { state.withLock { $0.records.map(\.body) } }
        var records: [LogDraft] { state.withLock { $0.records } }
        var batches: [Int] { state.withLock { $0.batches } }

        /// A pipeline that is full, until it is told otherwise.
        var isShut: Bool {
            get { state.withLock { $0.isShut } }
            set { state.withLock { $0.isShut = newValue } }
        }

        func admit(_ records: [LogDraft]) async throws(IngestError) {
            let refusal: IngestError? = state.withLock { state in
                if state.isShut { return SyslogReceiverTests.overload }
                if !state.refusals.isEmpty { return state.refusals.removeFirst() }
                state.records += records
                state.batches.append(records.count)
                return nil
            }
            if let refusal { throw refusal }
        }
    }

    fileprivate static let overload = IngestError(kind: .overloaded, reason: "overloaded", message: "full")

    /// Runs `body` beside a receiver, stops the receiver gracefully, and waits for its end.
    private func serve(
        _ sink: RecordingSink, _ change: (inout SyslogOptions) -> Void = { _ in },
        _ body: @escaping @Sendable (SyslogReceiver, Int) async throws -> Void
    ) async throws {
        var options = SyslogOptions(port: 0)
        options.batchDelay = .milliseconds(10)
        change(&options)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let receiver = SyslogReceiver(options, sink: sink, logger: logger) { continuation.yield($0) }
        let group = ServiceGroup(services: [receiver], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(receiver, port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    private static func wait(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    private static func sendDatagrams(_ texts: [String], port: Int) async throws {
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        for text in texts {
            let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: text))
            try await channel.writeAndFlush(envelope).get()
        }
        try await channel.close()
    }

    private static func connect(_ port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port).get()
    }

    @Test func aDatagramIsAMessage() async throws {
        let sink = RecordingSink()
        try await serve(sink) { receiver, port in
            try await Self.sendDatagrams(
                ["<165>1 2003-10-11T22:14:15.003Z host app 7 id [a b=\"c\"] text", "<14>bare", "no\nsyslog"],
                port: port)
            try await Self.wait { sink.records.count == 3 }
            let first = try #require(sink.records.first)
            #expect(
                first.resource == [
                    LogAttribute("service.name", .string("app")), LogAttribute("host.name", .string("host")),
                ])
            #expect(first["syslog.structured_data.a.b"] == .string("c"))
            #expect(sink.records[1].resource.last == LogAttribute("host.name", .string("127.0.0.1")))
            #expect(sink.bodies == ["text", "bare", "no\nsyslog"])
            try await Self.wait { receiver.statistics.recordsKept == 3 }
            let statistics = receiver.statistics
            #expect(statistics.datagrams == 3)
            #expect([statistics.rfc5424, statistics.rfc3164, statistics.plain] == [1, 1, 1])
        }
    }

    @Test func connectionsMixBothFramingsSplitAnywhere() async throws {
        let sink = RecordingSink()
        try await serve(sink) { _, port in
            let client = try await Self.connect(port)
            for byte in "9 <13>hello<14>a: line\n12 <13>two\nline\n<15>nul\u{0}".utf8 {
                try await client.writeAndFlush(ByteBuffer(bytes: [byte])).get()
            }
            try await Self.wait { sink.records.count == 4 }
            #expect(sink.bodies == ["hello", "line", "two\nline", "nul"])
            // The last has no end.
            try await client.writeAndFlush(ByteBuffer(string: "<13>last")).get()
            try await client.close()
            try await Self.wait { sink.records.count == 5 }
            #expect(sink.bodies.last == "last")
        }
    }

    @Test func longMessagesAreCutAndCounted() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.messageBytesMax = 1000 }) { receiver, port in
            let client = try await Self.connect(port)
            let long = String(repeating: "x", count: 300_000)
            try await client.writeAndFlush(ByteBuffer(string: "<13>\(long)\n<13>next\n")).get()
            try await Self.wait { sink.records.count == 2 }
            #expect(sink.bodies.map(\.utf8.count) == [996, 4])
            #expect(receiver.statistics.messagesCut == 1)
            try await client.close()
        }
    }

    @Test func manyMessagesAreOneBatch() async throws {
        let sink = RecordingSink()
        try await serve(
            sink,
            {
                $0.batchDelay = .seconds(30); $0.batchMessages = 1000
            }
        ) { _, port in
            let client = try await Self.connect(port)
            let text = (0..<1000).map { "<13>app: \($0)\n" }.joined()
            try await client.writeAndFlush(ByteBuffer(string: text)).get()
            try await Self.wait { sink.records.count == 1000 }
            #expect(sink.batches == [1000])
            #expect(sink.bodies == (0..<1000).map(String.init))
            try await client.close()
        }
    }

    @Test func whatWaitsAtTheEndIsHandedOn() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.batchDelay = .seconds(30) }) { receiver, port in
            try await Self.sendDatagrams(["<13>x"], port: port)
            try await Self.wait { receiver.statistics.messages == 1 }
        }
        #expect(sink.bodies == ["x"])
    }

    @Test func overloadIsRetriedAndSizeSplit() async throws {
        let sink = RecordingSink(refusals: [
            Self.overload, IngestError(kind: .tooLarge, reason: "too_large", message: "too large"),
        ])
        try await serve(
            sink,
            {
                $0.batchDelay = .seconds(30); $0.batchMessages = 4
            }
        ) { receiver, port in
            let client = try await Self.connect(port)
            try await client.writeAndFlush(ByteBuffer(string: "<13>1\n<13>2\n<13>3\n<13>4\n")).get()
            try await Self.wait { sink.records.count == 4 }
            #expect(sink.batches == [2, 2])
            #expect(sink.bodies == ["1", "2", "3", "4"])
            #expect(receiver.statistics.retries == 1)
            try await client.close()
        }
    }

    @Test func whatIsRefusedForGoodIsCounted() async throws {
        let sink = RecordingSink(refusals: [IngestError(kind: .invalid, reason: "malformed", message: "bad")])
        try await serve(sink) { receiver, port in
            try await Self.sendDatagrams(["<13>x"], port: port)
            try await Self.wait { receiver.statistics.recordsLost == 1 }
            try await Self.sendDatagrams(["<13>y"], port: port)
            try await Self.wait { sink.bodies == ["y"] }
        }
    }

    /// Method: the sink takes nothing; a client writes far more than the queue and the sockets' buffers hold, and does
    /// not get it off. Then the sink opens, and everything arrives, once and in order.
    @Test func aFullQueueHoldsConnectionsUpAndDropsDatagrams() async throws {
        let sink = RecordingSink()
        sink.isShut = true
        let options: (inout SyslogOptions) -> Void = {
            $0.queuedBytesMax = 100_000
            $0.connectionIdleTime = .milliseconds(2000)
        }
        try await serve(sink, options) { receiver, port in
            let client = try await Self.connect(port)
            let line = String(repeating: "x", count: 990)
            let text = (0..<20_000).map { "<13>\($0) \(line)\n" }.joined()
            let write: EventLoopFuture<Void> = client.writeAndFlush(ByteBuffer(string: text))
            try await Self.wait { receiver.statistics.pauses > 0 }
            // The queue is full now, or becomes a batch first, which is refused, and then is full again.
            while receiver.statistics.droppedQueueFull == 0 {
                try await Self.sendDatagrams(["<13>datagram"], port: port)
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(receiver.statistics.messages < 20_000)
            // Longer than the idle time, which does not run while it is not read.
            try await Task.sleep(for: .milliseconds(2500))
            sink.isShut = false
            try await write.get()
            try await Self.wait { sink.bodies.last?.hasPrefix("19999 ") == true }
            let areAllThere = sink.bodies.filter { $0 != "datagram" } == (0..<20_000).map { "\($0) \(line)" }
            #expect(areAllThere)
            try await client.close()
        }
    }

    @Test func connectionsAreLimited() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.connectionsMax = 1 }) { receiver, port in
            let first = try await Self.connect(port)
            try await Self.wait { receiver.statistics.connections == 1 }
            let second = try await Self.connect(port)
            try await second.closeFuture.get()
            #expect(receiver.statistics.connectionsRefused == 1)
            try await first.close()
        }
    }

    @Test func connectionsEndWhenIdle() async throws {
        let sink = RecordingSink()
        try await serve(sink, { $0.connectionIdleTime = .milliseconds(100) }) { _, port in
            let client = try await Self.connect(port)
            try await client.closeFuture.get()
        }
    }

    @Test func webPagesAreNotTaken() async throws {
        let sink = RecordingSink()
        try await serve(sink) { receiver, port in
            let client = try await Self.connect(port)
            try await client.writeAndFlush(ByteBuffer(string: "POST / HTTP/1.1\r\n\r\n<13>x\n")).get()
            try await client.closeFuture.get()
            #expect(receiver.statistics.messages == 0)
        }
    }

    @Test func aPortThatIsTakenIsAnError() async throws {
        let sink = RecordingSink()
        try await serve(sink) { _, port in
            let other = SyslogReceiver(
                SyslogOptions(port: port), sink: sink, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { _ in }
            let error = await #expect(throws: SyslogError.self) { try await other.run() }
            #expect(error?.message.hasPrefix("cannot listen on UDP 127.0.0.1:\(port)") == true)
        }
    }
}
