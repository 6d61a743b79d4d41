import ClickHouse
import Codecs
@testable import Ingest
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing
import WriteAheadLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps what it is given, and how many inserts the engine had by then.
private final class RecordingSink: StoredBlockSink {
    struct Block {
        var token: String
        var names: [String]
        var inserts: Int
    }

    struct State {
        var blocks: [Block] = []
        var settled: [Int] = []
    }

    let engine: RecordingEngine
    let state = Mutex(State())

    init(_ engine: RecordingEngine) { self.engine = engine }

    func write(_ batch: TelemetryBatch, of signal: Signal, token: String) async {
        let names = (0..<batch.spans.rows).map { batch.spans.name.string(at: $0) }
        state.withLock { $0.blocks.append(Block(token: token, names: names, inserts: engine.inserts.count)) }
    }

    func settle() async { state.withLock { $0.settled.append($0.blocks.count) } }

    var blocks: [Block] { state.withLock { $0.blocks } }
    var settled: [Int] { state.withLock { $0.settled } }
}

@Suite struct StoredBlockSinkTests {
    private func pipeline(_ engine: RecordingEngine, _ directory: TemporaryDirectory) async throws -> IngestPipeline {
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        return try IngestPipeline(
            store: store, logDirectory: directory.path + "/wal",
            limits: IngestLimits(
                memoryBytes: 1 << 24, blockRows: 1000, flushInterval: .milliseconds(20), logBytes: 1 << 24, sync: .never
            ),
            logger: silentLogger())
    }

    private func run(
        _ pipeline: IngestPipeline, _ body: @escaping @Sendable (IngestPipeline) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [pipeline], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(pipeline)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func request(_ name: String) throws -> IngestRequest {
        var span = OTLPSpan()
        span.traceID = Data(TraceID(high: 1, low: 1).bytes)
        span.spanID = Data(SpanID(value: 1).bytes)
        span.name = name
        var message = OTLPTraceRequest()
        message.resourceSpans = [OTLPResourceSpans()]
        message.resourceSpans[0].scopeSpans = [OTLPScopeSpans()]
        message.resourceSpans[0].scopeSpans[0].spans = [span]
        return IngestRequest(
            signal: .traces, encoding: .protobuf, body: try message.serializedBytes(), receivedTime: .now())
    }

    @Test func aBlockIsGivenOnceAfterItsInsert() async throws {
        let (engine, directory) = (RecordingEngine(), TemporaryDirectory())
        let sink = RecordingSink(engine)
        let pipeline = try await pipeline(engine, directory)
        pipeline.copyBlocks(to: sink)
        _ = try await pipeline.recover()
        engine.failNext(1)
        try await run(pipeline) { pipeline in
            for name in ["a", "b"] {
                let request = try self.request(name)
                _ = await pipeline.admit(request)
                // The first attempt fails, and barriers say so until the next one, a moment later.
                for _ in 0..<500 {
                    do {
                        try await pipeline.flush(within: .seconds(10))
                        break
                    } catch {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
        }
        #expect(sink.blocks.map(\.names) == [["a"], ["b"]])
        #expect(Set(sink.blocks.map(\.token)).count == 2)
        #expect(sink.blocks.allSatisfy { $0.inserts > 0 })
        // A barrier settles what was given before it.
        #expect(sink.settled.contains(1) && sink.settled.last == 2)
    }

    @Test func whatALogHoldsIsGivenWhenItIsStored() async throws {
        let (engine, directory) = (RecordingEngine(), TemporaryDirectory())
        let broken = RecordingEngine()
        broken.failNext(.max)
        let none = RecordingSink(broken)
        let first = try await pipeline(broken, directory)
        first.copyBlocks(to: none)
        _ = try await first.recover()
        try await run(first) { pipeline in
            let request = try self.request("a")
            _ = await pipeline.admit(request)
            try? await pipeline.flush(within: .seconds(10))
        }
        #expect(none.blocks.isEmpty)
        let sink = RecordingSink(engine)
        let second = try await pipeline(engine, directory)
        second.copyBlocks(to: sink)
        _ = try await second.recover()
        #expect(sink.blocks.map(\.names) == [["a"]])
        #expect(sink.blocks.first?.token.hasPrefix("wal-") == true)
    }
}
