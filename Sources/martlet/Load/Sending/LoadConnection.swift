import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// One connection of a run: takes the next request of the plan, waits until it is due, sends it, waits for the answer.
struct LoadConnection: Sendable {
    /// How long a request is repeated. An SDK gives up in the order of minutes; a run should end.
    static let retryTimeMax = Duration.seconds(30)
    /// Where the receiver does not say when to repeat.
    static let retryDelay = Duration.seconds(1)
    /// Before the next request after a broken connection, so that a receiver that breaks each is not run over.
    static let brokenDelay = Duration.milliseconds(100)
    /// How soon a waiting connection notices that the run was stopped.
    private static let stopInterval = Duration.milliseconds(50)

    let plan: LoadPlan
    let items: [Signal: any LoadItems]
    let transport: OTLPProtocol
    let compression: RequestCompression
    let progress: LoadProgress
    let start: ContinuousClock.Instant

    /// - Throws: when a body cannot be made; never for what the receiver does.
    func run(_ channel: any ExportChannel) async throws {
        let clock = ContinuousClock()
        while !progress.isStopped, !plan.isOver(after: clock.now - start) {
            let number = progress.claim()
            guard let request = plan.request(number) else { return }
            let (raw, body) = try encode(request)
            var begin = clock.now
            if let due = plan.due(number) {
                begin = start + due
                guard await sleep(until: begin) else { return }
                // Later requests have passed their time, too, and the run with them.
                guard !plan.isOver(after: clock.now - start) else { return }
            }
            progress.update { tally in
                tally.requests += 1
                tally.items[request.signal, default: ItemCounts()].sent += UInt64(request.count)
                tally.rawBytes += UInt64(raw)
            }
            await send(request, body, channel, begin: begin)
        }
    }

    /// Sends until there is an answer that stays.
    private func send(
        _ request: LoadPlan.Request, _ body: EncodedRequest, _ channel: any ExportChannel,
        begin: ContinuousClock.Instant
    ) async {
        let clock = ContinuousClock()
        let count = UInt64(request.count)
        let firstAttempt = clock.now
        while true {
            if transport != .grpc || compression == .none {
                progress.update { $0.wireBytes? += UInt64(body.bytes.count) }
            } else {
                progress.update { $0.wireBytes = nil }
            }
            let answer = await channel.export(request.signal, body)
            let now = clock.now
            switch answer {
            case .accepted(let partial):
                progress.update { tally in
                    let rejected = min(count, UInt64(clamping: partial.rejected))
                    tally.items[request.signal, default: ItemCounts()].accepted += count - rejected
                    tally.items[request.signal, default: ItemCounts()].rejected += rejected
                    tally.latency.record(now - begin)
                }
                return
            case .later(let failure, let asked):
                let delay = asked ?? Self.retryDelay
                guard await repeats(failure, after: delay, since: firstAttempt) else {
                    return fail(request, failure)
                }
            case .notSent(let failure):
                guard await repeats(failure, after: Self.retryDelay, since: firstAttempt) else {
                    return fail(request, failure)
                }
            case .refused(let failure):
                return fail(request, failure)
            case .unknown(let failure):
                progress.update { tally in
                    tally.items[request.signal, default: ItemCounts()].unknown += count
                    tally.fail(failure)
                }
                _ = await sleep(until: now + Self.brokenDelay)
                return
            }
        }
    }

    /// Waits for the next attempt; false when there is none.
    private func repeats(
        _ failure: ExportFailure, after delay: Duration, since firstAttempt: ContinuousClock.Instant
    ) async -> Bool {
        let clock = ContinuousClock()
        guard clock.now + delay - firstAttempt <= Self.retryTimeMax else { return false }
        guard await sleep(until: clock.now + delay) else { return false }
        progress.update { $0.retries += 1 }
        return true
    }

    private func fail(_ request: LoadPlan.Request, _ failure: ExportFailure) {
        progress.update { tally in
            tally.items[request.signal, default: ItemCounts()].failed += UInt64(request.count)
            tally.fail(failure)
        }
    }

    /// Sleeps; false when the run was stopped meanwhile.
    ///
    /// In steps and not by cancelling the task, which would also break off a request that waits for its answer.
    private func sleep(until instant: ContinuousClock.Instant) async -> Bool {
        let clock = ContinuousClock()
        while clock.now < instant {
            guard !progress.isStopped else { return false }
            try? await clock.sleep(until: min(instant, clock.now + Self.stopInterval), tolerance: .zero)
            if Task.isCancelled { return false }
        }
        return !progress.isStopped
    }

    /// The body as the transport takes it, and its length before compression.
    private func encode(_ request: LoadPlan.Request) throws -> (rawBytes: Int, body: EncodedRequest) {
        guard let items = items[request.signal] else { return (0, EncodedRequest(bytes: [])) }
        var body = EncodedRequest(bytes: items.request(first: request.first, count: request.count))
        if transport == .httpJSON {
            switch request.signal {
            case .traces: body.bytes = OTLPJSONEncoder.encode(try OTLPTraceRequest(serializedBytes: body.bytes))
            case .metrics: body.bytes = OTLPJSONEncoder.encode(try OTLPMetricsRequest(serializedBytes: body.bytes))
            case .logs: body.bytes = OTLPJSONEncoder.encode(try OTLPLogsRequest(serializedBytes: body.bytes))
            }
        }
        let rawBytes = body.bytes.count
        if compression == .gzip, transport != .grpc {
            body.bytes = try Gzip.compress(body.bytes)
            body.isGzip = true
        }
        return (rawBytes, body)
    }
}
