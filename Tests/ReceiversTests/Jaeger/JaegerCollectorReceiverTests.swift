import Codecs
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HTTPSurface
import Ingest
import OTLPMessages
import Receivers
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing
import TraceMessages
import WriteAheadLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// With a real client; the store's engine only records what is inserted.
@Suite("Jaeger collector over gRPC")
struct JaegerCollectorReceiverTests {
    private typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

    private static let postSpans = MethodDescriptor(
        fullyQualifiedService: "jaeger.api_v2.CollectorService", method: "PostSpans")

    private func withReceiver(
        bodyBytesMax: Int = 1 << 20, token: String? = nil,
        _ body: @escaping @Sendable (Client, IngestPipeline, RecordingEngine) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let engine = RecordingEngine()
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        let pipeline = try IngestPipeline(
            store: store, logDirectory: directory.path + "/wal",
            limits: IngestLimits(
                memoryBytes: 1 << 24, blockRows: 1000, flushInterval: .milliseconds(20), logBytes: 1 << 24,
                sync: .never), logger: silentLogger())
        _ = try await pipeline.recover()
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let receiver = JaegerCollectorReceiver(
            SurfaceOptions(
                name: "jaeger_grpc", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: false, token: token, origins: [])),
            limits: OTLPLimits(bodyBytesMax: bodyBytesMax, bodyTimeLimit: .seconds(30)), pipeline: pipeline,
            logger: silentLogger(), onListening: { reporter.yield($0) })
        let group = ServiceGroup(services: [pipeline, receiver], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await withGRPCClient(
                        transport: try .http2NIOPosix(
                            target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
                    ) { client in try await body(client, pipeline, engine) }
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    private func send(
        _ client: Client, _ message: [UInt8], to method: MethodDescriptor = postSpans, _ metadata: Metadata = [:]
    ) async throws -> [UInt8] {
        try await client.unary(
            request: ClientRequest(message: message, metadata: metadata), descriptor: method,
            serializer: RawBytesCoder(), deserializer: RawBytesCoder(), options: .defaults
        ) { try $0.message }
    }

    private func batch(_ spans: Int, validOf valid: Int? = nil) throws -> [UInt8] {
        var request = JaegerPostSpansRequest()
        request.batch.process.serviceName = "shop"
        request.batch.spans = (0..<spans).map { index in
            .with {
                $0.traceID = Data(repeating: 1, count: index < valid ?? spans ? 16 : 3)
                $0.spanID = Data([0, 0, 0, 0, 0, 0, 0, UInt8(index + 1)])
                $0.operationName = "GET"
                $0.startTime = Google_Protobuf_Timestamp(seconds: 1_700_000_000, nanos: 0)
            }
        }
        return try request.serializedBytes()
    }

    @Test func spansThatAreAcknowledgedAreStored() async throws {
        try await withReceiver { client, pipeline, engine in
            let answer = try await send(client, try batch(3))
            #expect(answer == [])
            try await pipeline.flush(within: .seconds(10))
            #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows) == [3])
            #expect(pipeline.ledger.all.map(\.received) == [3])
            #expect(pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func spansWithoutAnIDAreLeftOutAndCounted() async throws {
        try await withReceiver { client, pipeline, _ in
            _ = try await send(client, try batch(3, validOf: 2))
            try await pipeline.flush(within: .seconds(10))
            let entry = try #require(pipeline.ledger.all.first)
            #expect(entry.stored == 2)
            #expect(entry.rejected.values.reduce(0, +) == 1)
        }
    }

    @Test func whatIsNoBatchIsInvalidAndCounted() async throws {
        try await withReceiver { client, pipeline, _ in
            let error = await #expect(throws: RPCError.self) { try await send(client, [0xFF, 0xFF]) }
            #expect(error?.code == .invalidArgument)
            #expect(pipeline.ledger.all.map(\.refusedRequests) == [["malformed": 1]])
            #expect(pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func theLimitOfABodyHolds() async throws {
        try await withReceiver(bodyBytesMax: 100) { client, pipeline, _ in
            let large = try batch(20)
            let error = await #expect(throws: RPCError.self) { try await send(client, large) }
            #expect(error?.code == .resourceExhausted)
            #expect(pipeline.ledger.all.map(\.refusedRequests) == [["too_large": 1]])
            #expect(pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func theTokenIsDemanded() async throws {
        try await withReceiver(token: "secret") { client, pipeline, _ in
            let message = try batch(1)
            let error = await #expect(throws: RPCError.self) { try await send(client, message) }
            #expect(error?.code == .unauthenticated)
            _ = try await send(client, message, ["authorization": "Bearer secret"])
            #expect(pipeline.ledger.all.map(\.received) == [1])
        }
    }

    /// Senders of OTLP are pointed at this port as well.
    @Test(arguments: [
        "opentelemetry.proto.collector.trace.v1.TraceService",
        "opentelemetry.proto.collector.metrics.v1.MetricsService",
        "opentelemetry.proto.collector.logs.v1.LogsService",
    ])
    func otlpIsTakenOnTheSamePort(service: String) async throws {
        try await withReceiver { client, _, _ in
            let method = MethodDescriptor(fullyQualifiedService: service, method: "Export")
            let answer = try await send(client, [], to: method)
            #expect(answer == [])
        }
    }
}
