import ClickHouse
import Codecs
import Foundation
import Ingest
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// The pipeline over the real engine, each test in a database of its own.
@Suite struct StoredIngestTests {
    private static let retention = Retention(traces: .seconds(3600), logs: .seconds(3600), metrics: .seconds(3600))

    private struct Parts: Sendable {
        let store: TelemetryStore
        let pipeline: IngestPipeline
        let gate: GatedEngine
        let failing: FailingEngine
    }

    private func parts(
        _ database: String, memoryBytes: Int = 1 << 24, queueRows: Int = 1000
    ) async throws -> Parts {
        let failing = FailingEngine(DatabaseEngine(try SharedEngine.open(), database: database))
        let gate = GatedEngine(failing)
        let store = try await TelemetryStore(gate, retention: Self.retention, logger: silentLogger())
        let limits = IngestLimits(
            memoryBytes: memoryBytes, queueRows: queueRows, blockRows: 1000, flushInterval: .milliseconds(1))
        return Parts(
            store: store, pipeline: IngestPipeline(store: store, limits: limits, logger: silentLogger()), gate: gate,
            failing: failing)
    }

    /// Runs the pipeline in a service group, and stops the group when `body` is done.
    private func run(_ parts: Parts, _ body: @escaping @Sendable (ServiceGroup) async throws -> Void) async throws {
        let group = ServiceGroup(services: [parts.pipeline], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(group)
            } catch {
                parts.gate.open()
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func id(_ number: Int) -> TraceID { TraceID(high: 7, low: UInt64(number) + 1) }

    private static func request(
        _ number: Int, spans: Int = 1, isValid: Bool = true, encoding: IngestRequest.Encoding = .protobuf
    ) throws -> IngestRequest {
        let message = OTLPTraceRequest.with { request in
            var name = OTLPKeyValue()
            name.key = "service.name"
            name.value.stringValue = "shop"
            var group = OTLPResourceSpans()
            group.resource.attributes = [name]
            var scope = OTLPScopeSpans()
            for index in 0..<spans {
                var span = OTLPSpan()
                span.traceID = isValid ? Data(id(number).bytes) : Data()
                span.spanID = Data(SpanID(value: UInt64(index) + 1).bytes)
                span.name = "operation"
                scope.spans.append(span)
            }
            group.scopeSpans = [scope]
            request.resourceSpans = [group]
        }
        return IngestRequest(
            signal: .traces, encoding: encoding,
            body: encoding == .json ? OTLPJSONEncoder.encode(message) : try message.serializedBytes(),
            receivedTime: .now())
    }

    private static func isAcknowledged(_ result: AdmitResult) -> Bool {
        if case .acknowledged = result { true } else { false }
    }

    private static func refusal(_ result: AdmitResult) -> IngestError? {
        if case .refused(let error) = result { error } else { nil }
    }

    @Test("what is acknowledged is found by the next query", arguments: [IngestRequest.Encoding.protobuf, .json])
    func queryable(encoding: IngestRequest.Encoding) async throws {
        let parts = try await parts("ingest_queryable_\(encoding.rawValue)")
        try await run(parts) { _ in
            for number in 0..<5 {
                let result = await parts.pipeline.admit(try Self.request(number, spans: 3, encoding: encoding))
                #expect(Self.isAcknowledged(result))
                let trace = try #require(try await parts.store.trace(Self.id(number), spansMax: 10))
                #expect(trace.spans.count == 3)
                #expect(trace.resources.count == 1)
                #expect(trace.scopes.count == 1)
            }
            #expect(parts.pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func aFailedBatchIsRefusedAndTheNextBringsItsResourceAgain() async throws {
        let parts = try await parts("ingest_failed")
        try await run(parts) { _ in
            // A write is tried twice.
            parts.failing.failNext(2)
            let refusal = try #require(Self.refusal(await parts.pipeline.admit(try Self.request(1))))
            #expect(refusal.kind == .unavailable)
            #expect(refusal.reason == "store_failed")
            #expect(try await parts.store.trace(Self.id(1), spansMax: 10) == nil)
            #expect(Self.isAcknowledged(await parts.pipeline.admit(try Self.request(2))))
            let trace = try #require(try await parts.store.trace(Self.id(2), spansMax: 10))
            #expect(trace.resources.count == 1)
            #expect(parts.gate.tables.filter { $0 == "resources" }.count == 3)
            // Known from here on.
            #expect(Self.isAcknowledged(await parts.pipeline.admit(try Self.request(3))))
            #expect(parts.gate.tables.filter { $0 == "resources" }.count == 3)
            #expect(parts.pipeline.budget.bytesUsed == 0)
        }
    }

    /// Method: nothing takes rows off the queue until all three requests are in, and two fill it.
    @Test func aFullQueueRefusesAsOverloaded() async throws {
        let parts = try await parts("ingest_full", queueRows: 2)
        let results = await withTaskGroup(of: AdmitResult?.self) { tasks in
            for number in 0..<3 { tasks.addTask { try? await parts.pipeline.admit(Self.request(number)) } }
            // The other two wait for the pipeline to run.
            let first = await tasks.next() ?? nil
            tasks.addTask {
                try? await run(parts) { _ in
                    while parts.pipeline.budget.bytesUsed > 0 { await Task.yield() }
                }
                return nil
            }
            var results = [first]
            for await result in tasks { results.append(result) }
            return results.compactMap { $0 }
        }
        let refusal = try #require(results.first.flatMap(Self.refusal))
        #expect(refusal.kind == .overloaded)
        #expect(refusal.message.contains("ingest.queue_rows"))
        #expect(results.count == 3)
        #expect(results.dropFirst().allSatisfy(Self.isAcknowledged))
    }

    /// Method: the first insert is held back while the others come in.
    @Test func parallelRequestsShareInserts() async throws {
        let parts = try await parts("ingest_shared")
        let bytes = try Self.request(0).body.count
        try await run(parts) { _ in
            parts.gate.shut()
            let results = await withTaskGroup(of: AdmitResult?.self) { tasks in
                tasks.addTask { try? await parts.pipeline.admit(Self.request(0)) }
                await parts.gate.waitForHeldInsert()
                for number in 1..<100 { tasks.addTask { try? await parts.pipeline.admit(Self.request(number)) } }
                while parts.pipeline.budget.bytesUsed < bytes * 100 { await Task.yield() }
                parts.gate.open()
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(results.compactMap { $0 }.filter(Self.isAcknowledged).count == 100)
            // One for the first, one for all that waited, and one more for whoever had reserved and not yet appended.
            #expect(parts.gate.tables.filter { $0 == "spans" }.count <= 4)
            for number in [0, 50, 99] {
                let trace = try await parts.store.trace(Self.id(number), spansMax: 10)
                #expect(trace?.spans.count == 1)
            }
        }
    }

    /// Method: one row is in an insert that is held back and one waits, which a third's refusal proves; then the stop.
    @Test func aStopStoresWhatWaits() async throws {
        let parts = try await parts("ingest_stop", queueRows: 1)
        try await run(parts) { group in
            parts.gate.shut()
            let results = await withTaskGroup(of: AdmitResult?.self) { tasks in
                tasks.addTask { try? await parts.pipeline.admit(Self.request(0)) }
                await parts.gate.waitForHeldInsert()
                for number in 1...2 { tasks.addTask { try? await parts.pipeline.admit(Self.request(number)) } }
                var results = [await tasks.next() ?? nil]
                await group.triggerGracefulShutdown()
                parts.gate.open()
                for await result in tasks { results.append(result) }
                return results
            }
            #expect(results.first??.refusedKind == .overloaded)
            #expect(results.dropFirst().compactMap { $0 }.filter(Self.isAcknowledged).count == 2)
        }
        let found = try await [0, 1, 2].asyncCount { try await parts.store.trace(Self.id($0), spansMax: 10) != nil }
        #expect(found == 2)
        #expect(Self.refusal(await parts.pipeline.admit(try Self.request(9)))?.kind == .unavailable)
        #expect(parts.pipeline.budget.bytesUsed == 0)
    }

    /// Requests of which nothing is stored must not use up the memory of those that follow.
    @Test func requestsWithoutAUsableItemKeepNoMemory() async throws {
        let bytes = try Self.request(0, isValid: false).body.count
        let parts = try await parts("ingest_rejected", memoryBytes: bytes * 10)
        try await run(parts) { _ in
            for number in 0..<30 {
                let result = await parts.pipeline.admit(try Self.request(number, isValid: false))
                guard case .acknowledged(let outcome) = result else {
                    Issue.record("request \(number): \(result)")
                    return
                }
                #expect(outcome.accepted == 0)
                #expect(outcome.rejected == [.invalidTraceID: 1])
            }
            #expect(parts.pipeline.budget.bytesUsed == 0)
            #expect(Self.isAcknowledged(await parts.pipeline.admit(try Self.request(1))))
        }
    }
}

extension AdmitResult {
    fileprivate var refusedKind: ErrorKind? {
        if case .refused(let error) = self { error.kind } else { nil }
    }
}

extension Array {
    fileprivate func asyncCount(_ isCounted: (Element) async throws -> Bool) async rethrows -> Int {
        var count = 0
        for element in self where try await isCounted(element) { count += 1 }
        return count
    }
}
