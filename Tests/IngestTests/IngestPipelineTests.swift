import ClickHouse
import Codecs
@testable import Ingest
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
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

/// The pipeline over an engine that records; the store behind a real engine is tested in StoredIngestTests and
/// EndToEndTests.
@Suite struct IngestPipelineTests {
    private static let limits = IngestLimits(
        memoryBytes: 1 << 24, blockRows: 1000, flushInterval: .milliseconds(20), logBytes: 1 << 24, sync: .never)

    private func pipeline(
        _ engine: some Engine, _ directory: TemporaryDirectory, limits: IngestLimits = Self.limits
    ) async throws -> IngestPipeline {
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        return try IngestPipeline(
            store: store, logDirectory: directory.path + "/wal", limits: limits, logger: silentLogger())
    }

    /// Runs a pipeline for the length of `body`, then stops it in order.
    private func run(
        _ pipeline: IngestPipeline, _ body: @escaping @Sendable (IngestPipeline) async throws -> Void
    ) async throws {
        _ = try await pipeline.recover()
        let group = ServiceGroup(services: [pipeline], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(pipeline)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func withPipeline(
        _ engine: some Engine, limits: IngestLimits = Self.limits,
        _ body: @escaping @Sendable (IngestPipeline) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        try await run(try await pipeline(engine, directory, limits: limits), body)
    }

    private func request(
        _ spans: Int, service: String = "s", seed: UInt64 = 1, isValid: Bool = true
    ) throws -> IngestRequest {
        var message = OTLPTraceRequest()
        var group = OTLPResourceSpans()
        var name = OTLPKeyValue()
        name.key = "service.name"
        name.value.stringValue = service
        group.resource.attributes = [name]
        var scope = OTLPScopeSpans()
        for index in 0..<spans {
            var span = OTLPSpan()
            span.traceID = isValid ? Data(TraceID(high: seed, low: 1).bytes) : Data()
            span.spanID = Data(SpanID(value: UInt64(index + 1)).bytes)
            span.name = "operation"
            scope.spans.append(span)
        }
        group.scopeSpans = [scope]
        message.resourceSpans = [group]
        return IngestRequest(
            signal: .traces, encoding: .protobuf, body: try message.serializedBytes(), receivedTime: .now())
    }

    private static func expectAdmitted(_ pipeline: IngestPipeline, _ request: IngestRequest) async {
        let result = await pipeline.admit(request)
        #expect(isAcknowledged(result))
    }

    private static func isAcknowledged(_ result: AdmitResult) -> Bool {
        if case .acknowledged = result { true } else { false }
    }

    @Test func whatIsAcknowledgedIsStoredWithoutAsking() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            let result = await pipeline.admit(try request(3))
            guard case .acknowledged(let outcome) = result else { throw TestFailure("\(result)") }
            #expect(outcome.accepted == 3)
            try await pipeline.flush(within: .seconds(10))
            // Resource and scope first, so that no reader finds a span without them.
            #expect(engine.inserts.map(\.table) == ["attribute_keys", "resources", "scopes", "spans"])
            #expect(engine.inserts.last?.rows == 3)
            #expect(pipeline.budget.bytesUsed == 0)
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

    @Test func aResourceIsWrittenOnce() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            for _ in 0..<3 {
                await Self.expectAdmitted(pipeline, try request(1))
                try await pipeline.flush(within: .seconds(10))
            }
        }
        #expect(engine.inserts.filter { $0.table == "resources" }.count == 1)
        #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows) == [1, 1, 1])
    }

    @Test func aFailedBlockIsRepeatedUnderItsTokenUntilItIsStored() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            engine.failNext(2)
            await Self.expectAdmitted(pipeline, try request(2))
            // A barrier says so when the store fails, and the next one waits for the repetition.
            while true {
                do throws(IngestError) {
                    try await pipeline.flush(within: .seconds(10))
                    break
                } catch {
                    #expect(error.kind == .unavailable)
                    #expect(error.message.contains("TOO_MANY_PARTS"))
                }
            }
            #expect(pipeline.storeFailure == nil)
        }
        #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows) == [2])
        // The block's own token, and behind it something that the engine cannot know when it does not have the rows.
        let tokens = engine.inserts.compactMap(\.token)
        #expect(
            tokens.count == engine.inserts.count { $0.table != "attribute_keys" }
                && tokens.allSatisfy { $0.hasPrefix("wal-") })
        #expect(Set(tokens.map { $0.split(separator: "-").prefix(5) }).count == 1)
    }

    /// Method: the store fails for the whole life of the first pipeline, and a second one finds its log.
    @Test func whatCouldNotBeStoredBeforeTheStopIsStoredByTheNextStart() async throws {
        let directory = TemporaryDirectory()
        let engine = RecordingEngine()
        try await run(try await pipeline(engine, directory)) { pipeline in
            engine.failNext(.max)
            for index in 0..<3 {
                let request = try request(4, seed: UInt64(index + 1))
                #expect(Self.isAcknowledged(await pipeline.admit(request)))
            }
            await #expect(throws: IngestError.self) { try await pipeline.flush(within: .seconds(10)) }
        }
        #expect(engine.inserts.isEmpty)
        engine.failNext(0)
        let second = try await pipeline(engine, directory)
        let reports = try await second.recover()
        #expect(reports.map(\.records).reduce(0, +) == 3)
        #expect(reports.map(\.items).reduce(0, +) == 12)
        #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows).reduce(0, +) == 12)
        let entry = try #require(second.ledger.all.first { $0.sender == "log" })
        #expect((entry.received, entry.stored, entry.waiting) == (12, 12, 0))
    }

    @Test func slowSendersAreHeldBackAndThenRefused() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.memoryBytes = 4000
        limits.patience = .milliseconds(50)
        try await withPipeline(engine, limits: limits) { pipeline in
            engine.failNext(.max)
            var results: [AdmitResult] = []
            for _ in 0..<20 { results.append(await pipeline.admit(try request(5))) }
            guard case .refused(let error)? = results.last else { throw TestFailure("\(results)") }
            #expect(error.kind == .overloaded)
            #expect(error.message.contains("ingest.memory_bytes"))
            let accepted = results.filter(Self.isAcknowledged).count
            #expect(accepted > 0)
            // Once the store takes data again, senders go on, and nothing that was acknowledged is missing.
            engine.failNext(0)
            let more = try request(5)
            var last = AdmitResult.refused(error)
            while !Self.isAcknowledged(last) { last = await pipeline.admit(more) }
            try await pipeline.flush(within: .seconds(20))
            #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows).reduce(0, +) == (accepted + 1) * 5)
            #expect(pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func aFullLogRefusesAsOverloaded() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.logBytes = 3000
        try await withPipeline(engine, limits: limits) { pipeline in
            engine.failNext(.max)
            var last = AdmitResult.acknowledged(AppendOutcome())
            for _ in 0..<100 where Self.isAcknowledged(last) { last = await pipeline.admit(try request(5)) }
            guard case .refused(let error) = last else { throw TestFailure("\(last)") }
            #expect(error.kind == .overloaded)
            #expect(error.reason == "log")
            engine.failNext(0)
        }
    }

    @Test func parallelRequestsShareBlocks() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.flushInterval = .milliseconds(500)
        try await withPipeline(engine, limits: limits) { pipeline in
            let acknowledged = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<100 {
                    group.addTask { try await Self.isAcknowledged(pipeline.admit(request(1, seed: UInt64(index + 1)))) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(acknowledged == 100)
        }
        let inserts = engine.inserts.filter { $0.table == "spans" }
        #expect(inserts.map(\.rows).reduce(0, +) == 100)
        #expect(inserts.count < 50)
    }

    @Test func aStopStoresWhatWaits() async throws {
        let engine = RecordingEngine()
        var limits = Self.limits
        limits.flushInterval = .seconds(3600)
        try await withPipeline(engine, limits: limits) { pipeline in
            // The first goes at once; the others wait for an hour to pass; the stop comes first.
            for _ in 0..<6 { await Self.expectAdmitted(pipeline, try request(1)) }
        }
        #expect(engine.inserts.filter { $0.table == "spans" }.map(\.rows).reduce(0, +) == 6)
    }

    @Test func refusesAfterItHasStopped() async throws {
        let directory = TemporaryDirectory()
        let pipeline = try await pipeline(RecordingEngine(), directory)
        try await run(pipeline) { pipeline in
            await Self.expectAdmitted(pipeline, try request(1))
        }
        let result = await pipeline.admit(try request(1))
        guard case .refused(let error) = result else { throw TestFailure("\(result)") }
        #expect(error.kind == .unavailable)
        // There is nothing to wait for.
        try await pipeline.flush(within: .seconds(1))
    }

    @Test func theLedgerSaysWhereEveryItemWent() async throws {
        let engine = RecordingEngine()
        try await withPipeline(engine) { pipeline in
            let alice = Sender(transport: "http", address: "127.0.0.1:4000", userAgent: "alice/1")
            let bob = Sender(transport: "grpc", address: "127.0.0.1:4001", userAgent: "bob/2")
            let good = try request(3)
            for sender in [alice, alice, bob] {
                _ = await pipeline.admit(
                    IngestRequest(
                        signal: .traces, encoding: .protobuf, body: good.body, receivedTime: .now(), sender: sender))
            }
            _ = await pipeline.admit(
                IngestRequest(
                    signal: .traces, encoding: .protobuf, body: try request(2, isValid: false).body,
                    receivedTime: .now(), sender: bob))
            _ = await pipeline.admit(
                IngestRequest(signal: .logs, encoding: .json, body: [1], receivedTime: .now(), sender: bob))
            try await pipeline.flush(within: .seconds(10))
            let entries = pipeline.ledger.all
            #expect(
                entries.map { "\($0.signal.rawValue) \($0.sender)" } == [
                    "logs grpc 127.0.0.1 bob/2", "traces grpc 127.0.0.1 bob/2", "traces http 127.0.0.1 alice/1",
                ])
            #expect(entries.map(\.received) == [0, 5, 6])
            #expect(entries.map(\.stored) == [0, 3, 6])
            #expect(entries.map(\.waiting) == [0, 0, 0])
            #expect(entries[1].rejected == ["invalid_trace_id": 2])
            #expect(entries[0].refusedRequests == ["malformed": 1])
        }
    }

    /// One block is held in the store while more requests come; the barrier waits for its own and not for theirs.
    @Test func aBarrierWaitsForWhatCameBeforeIt() async throws {
        let engine = GatedEngine(RecordingEngine())
        try await withPipeline(engine) { pipeline in
            engine.shut()
            await Self.expectAdmitted(pipeline, try request(1))
            await engine.waitForHeldInsert()
            await #expect(throws: IngestError.self) { try await pipeline.flush(within: .milliseconds(50)) }
            await Self.expectAdmitted(pipeline, try request(1, seed: 2))
            engine.open()
            try await pipeline.flush(within: .seconds(10))
            #expect(engine.tables.filter { $0 == "spans" }.count == 2)
        }
    }
}

@Suite struct MemoryBudgetTests {
    @Test func neverGivesMoreThanItHas() {
        let budget = MemoryBudget(bytesMax: 100)
        #expect(budget.reserve(50, for: "a"))
        #expect(!budget.reserve(1, for: "a"))
        #expect(budget.bytesUsed == 50)
        budget.release(50, of: "a")
        #expect(budget.bytesUsed == 0)
        #expect(!budget.reserve(101, for: "a"))
    }

    /// Whoever takes all it can leaves room for the next one.
    @Test func aHeavyConnectionDoesNotStarveALightOne() {
        let budget = MemoryBudget(bytesMax: 1 << 20)
        for heavy in 0..<5 {
            while budget.reserve(1000, for: "heavy \(heavy)") {}
        }
        #expect(budget.bytesUsed > 900_000)
        #expect(budget.reserve(10_000, for: "light"))
    }
}

@Suite struct FlushPolicyTests {
    private let policy = FlushPolicy(blockRows: 100, blockBytes: 1000, interval: .seconds(1))

    private func delay(
        rows: Int = 1, bytes: Int = 10, since: Duration? = .milliseconds(300), took: Duration = .milliseconds(20),
        isAskedFor: Bool = false, isLast: Bool = false
    ) -> Duration {
        policy.delay(
            .init(
                rows: rows, bytes: bytes, sinceLastFlush: since, lastFlushTook: took, isAskedFor: isAskedFor,
                isLast: isLast))
    }

    @Test func theFirstRowsAfterIdleGoAtOnce() {
        #expect(delay(since: nil) == .zero)
        #expect(delay(since: .seconds(1)) == .zero)
        #expect(delay(since: .seconds(100)) == .zero)
    }

    @Test func aSteadyStreamWaitsForTheInterval() {
        #expect(delay(since: .milliseconds(300)) == .milliseconds(700))
    }

    @Test func aFullBlockGoesAtOnce() {
        #expect(delay(rows: 100) == .zero)
        #expect(delay(bytes: 1000) == .zero)
        #expect(delay(rows: 99, bytes: 999) == .milliseconds(700))
    }

    @Test func whatIsAskedForGoesSoonerButNotAllTheTime() {
        #expect(delay(since: .milliseconds(40), isAskedFor: true) == .zero)
        #expect(delay(since: .milliseconds(30), isAskedFor: true) == .milliseconds(10))
        #expect(delay(since: .milliseconds(300), took: .milliseconds(200), isAskedFor: true) == .milliseconds(100))
        #expect(delay(since: .milliseconds(300), took: .seconds(2), isAskedFor: true) == .milliseconds(700))
    }

    @Test func theLastRowsGoAtOnce() {
        #expect(delay(isLast: true) == .zero)
    }
}

struct TestFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
