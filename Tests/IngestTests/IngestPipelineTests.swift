import ClickHouse
import Codecs
import Ingest
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pipeline over an engine that records; the store behind a real engine is tested in TelemetryStoreTests and
/// EndToEndTests.
@Suite struct IngestPipelineTests {
    private static let limits = IngestLimits(
        memoryBytes: 1 << 20, queueRows: 1000, blockRows: 1000, flushInterval: .milliseconds(1))

    /// Runs a pipeline for the length of `body`, then stops it in order.
    private func withPipeline(
        _ engine: RecordingEngine, limits: IngestLimits = Self.limits,
        _ body: @escaping @Sendable (IngestPipeline) async throws -> Void
    ) async throws {
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        let pipeline = IngestPipeline(store: store, limits: limits, logger: silentLogger())
        let group = ServiceGroup(services: [pipeline], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(pipeline)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func request(_ spans: Int, service: String = "s", seed: UInt64 = 1) throws -> IngestRequest {
        var message = OTLPTraceRequest()
        var group = OTLPResourceSpans()
        var name = OTLPKeyValue()
        name.key = "service.name"
        name.value.stringValue = service
        group.resource.attributes = [name]
        var scope = OTLPScopeSpans()
        for index in 0..<spans {
            var span = OTLPSpan()
            span.traceID = Data(TraceID(high: seed, low: 1).bytes)
            span.spanID = Data(SpanID(value: UInt64(index + 1)).bytes)
            span.name = "operation"
            scope.spans.append(span)
        }
        group.scopeSpans = [scope]
        message.resourceSpans = [group]
        return IngestRequest(
            signal: .traces, encoding: .protobuf, body: try message.serializedBytes(), receivedTime: .now())
    }

    @Test func acknowledgesWhenTheRowsAreInserted() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            let result = await pipeline.admit(try request(3))
            guard case .acknowledged(let outcome) = result else { throw TestFailure("\(result)") }
            #expect(outcome.accepted == 3)
            // Already there, without waiting: resource and scope first.
            #expect(engine.inserts.map(\.table) == ["resources", "scopes", "spans"])
            #expect(engine.inserts.last?.rows == 3)
        }
    }

    @Test(arguments: [IngestRequest.Encoding.protobuf, .json]) func acknowledgesAnEmptyRequest(
        encoding: IngestRequest.Encoding
    ) async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            let body: [UInt8] = encoding == .json ? Array("{}".utf8) : []
            let result = await pipeline.admit(
                IngestRequest(signal: .logs, encoding: encoding, body: body, receivedTime: .now()))
            #expect(result == .acknowledged(AppendOutcome()))
        }
        #expect(engine.inserts.isEmpty)
    }

    @Test(arguments: [IngestRequest.Encoding.protobuf, .json]) func refusesWhatCannotBeDecoded(
        encoding: IngestRequest.Encoding
    ) async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            let result = await pipeline.admit(
                IngestRequest(signal: .traces, encoding: encoding, body: [0xFF, 0xFF, 0xFF], receivedTime: .now()))
            guard case .refused(let error) = result else { throw TestFailure("\(result)") }
            #expect(error.kind == .invalid)
            #expect(pipeline.budget.bytesUsed == 0)
        }
        #expect(engine.inserts.isEmpty)
    }

    @Test func writesAResourceOnceAndAgainAfterAFailedBatch() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            // A write is tried twice, and the resource's insert is the first of each.
            engine.failNext(2)
            let failed = await pipeline.admit(try request(1))
            guard case .refused(let error) = failed else { throw TestFailure("\(failed)") }
            #expect(error.kind == .unavailable)
            for _ in 0..<3 { _ = await pipeline.admit(try request(1)) }
            #expect(engine.inserts.filter { $0.table == "resources" }.count == 1)
            #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows).reduce(0, +) == 3)
            #expect(pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func repeatsAFailedWriteUnderTheSameToken() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            engine.failNext(1)
            let result = await pipeline.admit(try request(2))
            #expect({ if case .acknowledged = result { true } else { false } }())
        }
        let tokens = Set(engine.inserts.map(\.token))
        #expect(tokens.count == 1)
        #expect(tokens.first.flatMap { $0 }?.hasPrefix("traces-") == true)
    }

    @Test func refusesAsOverloadedOverTheMemoryBudget() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.memoryBytes = 10
        try await withPipeline(engine, limits: limits) { pipeline in
            let result = await pipeline.admit(try request(5))
            guard case .refused(let error) = result else { throw TestFailure("\(result)") }
            #expect(error.kind == .overloaded)
            #expect(pipeline.budget.bytesUsed == 0)
        }
        #expect(engine.inserts.isEmpty)
    }

    @Test func coalescesParallelRequestsIntoFewInserts() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.flushInterval = .milliseconds(200)
        try await withPipeline(engine, limits: limits) { pipeline in
            let acknowledged = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let result = await pipeline.admit(try request(1, seed: UInt64(index + 1)))
                        if case .acknowledged = result { return true } else { return false }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(acknowledged == 100)
        }
        let inserts = engine.inserts.filter { $0.table == "spans" }
        #expect(inserts.map(\.rows).reduce(0, +) == 100)
        #expect(inserts.count < 50)
    }

    @Test func storesWhatWaitsWhenItStops() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.flushInterval = .seconds(1)
        try await withPipeline(engine, limits: limits) { pipeline in
            _ = await pipeline.admit(try request(1))
            // These wait for the interval to pass; the stop comes first.
            try await withThrowingTaskGroup(of: AdmitResult.self) { group in
                for _ in 0..<5 { group.addTask { await pipeline.admit(try request(1)) } }
                for try await result in group {
                    #expect({ if case .acknowledged = result { true } else { false } }())
                }
            }
        }
        #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows).reduce(0, +) == 6)
    }

    @Test func refusesAfterItHasStopped() async throws {
        let engine = RecordingEngine()
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        let pipeline = IngestPipeline(store: store, limits: Self.limits, logger: silentLogger())
        let group = ServiceGroup(services: [pipeline], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            _ = await pipeline.admit(try request(1))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let result = await pipeline.admit(try request(1))
        guard case .refused(let error) = result else { throw TestFailure("\(result)") }
        #expect(error.kind == .unavailable)
    }
}

@Suite struct MemoryBudgetTests {
    @Test func neverGivesMoreThanItHas() {
        let budget = MemoryBudget(bytesMax: 100)
        #expect(budget.reserve(60))
        #expect(!budget.reserve(41))
        #expect(budget.bytesUsed == 60)
        #expect(budget.reserve(40))
        budget.release(100)
        #expect(budget.bytesUsed == 0)
    }
}

struct TestFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
