import Synchronization
import TelemetryModel
import Testing

@testable import martlet

/// Answers from a list, then with success.
private final class ScriptedChannel: ExportChannel {
    private let state: Mutex<(answers: [ExportAnswer], bodies: [[UInt8]])>

    init(_ answers: [ExportAnswer]) {
        state = Mutex((answers.reversed(), []))
    }

    var bodies: [[UInt8]] { state.withLock { $0.bodies } }

    func export(_ signal: Signal, _ body: EncodedRequest) async -> ExportAnswer {
        state.withLock { state in
            state.bodies.append(body.bytes)
            return state.answers.popLast() ?? .accepted(PartialSuccess())
        }
    }
}

@Suite struct LoadConnectionTests {
    private static let busy = ExportFailure(kind: "503", message: "busy")

    /// Runs a connection over requests of ten spans.
    private func run(
        _ answers: [ExportAnswer], items: UInt64 = 10, rate: Double? = nil, transport: OTLPProtocol = .httpProtobuf,
        compression: RequestCompression = .none
    ) async throws -> (tally: LoadTally, bodies: [[UInt8]]) {
        let context = LoadContext(
            identity: RunIdentity(id: 1), shape: .typical, traceSpans: 10, startTime: 1_790_000_000_000_000_000,
            itemNanoseconds: 5_000)
        let progress = LoadProgress()
        let connection = LoadConnection(
            plan: LoadPlan(signals: [.traces], batch: 10, end: .items(items), rate: rate),
            items: [.traces: SpanItems(context)], transport: transport, compression: compression, progress: progress,
            start: .now)
        let channel = ScriptedChannel(answers)
        try await connection.run(channel)
        return (progress.tally, channel.bodies)
    }

    @Test func `success is accepted`() async throws {
        let (tally, bodies) = try await run([], items: 25)
        #expect(tally.total == ItemCounts(sent: 25, accepted: 25))
        #expect(tally.requests == 3 && tally.latency.count == 3 && tally.retries == 0 && tally.errors.isEmpty)
        #expect(tally.rawBytes == UInt64(bodies.reduce(0) { $0 + $1.count }))
        #expect(tally.wireBytes == tally.rawBytes)
    }

    @Test func `what is refused for now is sent again with the same bytes after the time asked for`() async throws {
        let begin = ContinuousClock.now
        let (tally, bodies) = try await run([
            .later(Self.busy, after: .milliseconds(60)), .notSent(Self.busy), .later(Self.busy, after: .zero),
        ])
        #expect(ContinuousClock.now - begin >= .milliseconds(1_060))
        #expect(tally.total == ItemCounts(sent: 10, accepted: 10))
        #expect(tally.retries == 3 && tally.errors.isEmpty)
        #expect(bodies.count == 4 && Set(bodies).count == 1)
        #expect(tally.wireBytes == tally.rawBytes * 4)
        #expect(tally.latency.max >= .milliseconds(1_060))
    }

    @Test func `a delay beyond the bound of the retries ends them`() async throws {
        let (tally, bodies) = try await run([.later(Self.busy, after: .seconds(31))])
        #expect(tally.total == ItemCounts(sent: 10, failed: 10))
        #expect(tally.errors == ["503": 1] && tally.retries == 0 && bodies.count == 1)
    }

    @Test func `no answer is unknown and not sent again`() async throws {
        let (tally, bodies) = try await run(
            [.unknown(ExportFailure(kind: "connection broken", message: ""))], items: 20)
        #expect(tally.total == ItemCounts(sent: 20, accepted: 10, unknown: 10))
        #expect(tally.errors == ["connection broken": 1] && bodies.count == 2 && Set(bodies).count == 2)
    }

    @Test func `a refusal is an error by its kind, a partial success is rejected`() async throws {
        let (tally, _) = try await run(
            [
                .refused(ExportFailure(kind: "400", message: "bad")), .accepted(PartialSuccess(rejected: 3)),
                .accepted(PartialSuccess(rejected: 99)),
            ], items: 30)
        #expect(tally.total == ItemCounts(sent: 30, accepted: 7, rejected: 13, failed: 10))
        #expect(tally.errors == ["400": 1])
        #expect(tally.examples == ["400": "bad"])
    }

    @Test func `at a rate requests wait for their time, and a late one counts from it`() async throws {
        // 10 items every 50 ms; the second attempt of the first holds the connection up for 120 ms.
        let begin = ContinuousClock.now
        let (tally, _) = try await run([.later(Self.busy, after: .milliseconds(120))], items: 40, rate: 200)
        #expect(ContinuousClock.now - begin >= .milliseconds(150))
        #expect(tally.total.accepted == 40)
        // The first at 120, the one due at 50 at 120 or later.
        #expect(tally.latency.percentile(0.75) ?? .zero >= .milliseconds(20))
    }

    @Test(arguments: [OTLPProtocol.httpJSON, .httpProtobuf])
    func `gzip makes fewer bytes on the wire`(transport: OTLPProtocol) async throws {
        let (tally, bodies) = try await run([], transport: transport, compression: .gzip)
        #expect(bodies[0].prefix(2) == [0x1F, 0x8B])
        #expect(try #require(tally.wireBytes) < tally.rawBytes)
    }

    @Test func `what the transport of gRPC compresses is not known here`() async throws {
        let (tally, _) = try await run([], transport: .grpc, compression: .gzip)
        #expect(tally.wireBytes == nil)
    }
}
