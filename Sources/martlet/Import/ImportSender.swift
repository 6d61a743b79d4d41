import Codecs
import TelemetryFiles
import TelemetryModel

/// One of the senders of an import: takes the next request, waits until it is due, sends it until there is an answer that
/// stays.
struct ImportSender: Sendable {
    /// How long a request is repeated: a server that starts again is back by then.
    private static let retryTimeMax = Duration.seconds(120)
    private static let retryDelayFirst = Duration.milliseconds(250)
    private static let retryDelayMax = Duration.seconds(5)
    private static let stopInterval = Duration.milliseconds(50)
    /// Further requests that finding the items of one that are refused may cost.
    private static let divisionsMax = 200
    /// Answers that mean the items, so that others may be taken: the status of HTTP, the name of gRPC.
    private static let aboutItems: Set<String> = ["400", "413", "422", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"]

    let feed: any TelemetryFeed
    let target: ExportTarget
    let progress: ImportProgress

    /// - Throws: what the feed throws; never for what the receiver does.
    func run(_ channel: any ExportChannel) async throws {
        while let next = try await feed.next() {
            if let due = next.due, await !sleep(until: due) { return }
            let items = next.request.items
            progress.update { $0.counts[next.request.signal, default: .init()].sent += items }
            var divisions = Self.divisionsMax
            try await send(next.request, items, channel, &divisions)
        }
    }

    /// A request that is refused for something in it is halved, so that only what is wrong is lost.
    private func send(
        _ request: TelemetryRequest, _ items: Int, _ channel: any ExportChannel, _ divisions: inout Int
    ) async throws {
        let body = try encoded(request)
        let answer = await deliver(request.signal, body, channel)
        if case .refused(let failure) = answer, Self.aboutItems.contains(failure.kind), divisions > 1,
            let (first, second) = request.halves
        {
            divisions -= 2
            for half in [first, second] { try await send(half, half.items, channel, &divisions) }
            return
        }
        progress.update { $0.book(request.signal, items: items, answer) }
    }

    private func deliver(_ signal: Signal, _ body: EncodedRequest, _ channel: any ExportChannel) async -> ExportAnswer {
        let clock = ContinuousClock()
        let end = clock.now + Self.retryTimeMax
        var delay = Self.retryDelayFirst
        while true {
            progress.update { $0.requests += 1 }
            let answer = await channel.export(signal, body)
            let wait: Duration
            switch answer {
            case .later(_, let asked): wait = asked ?? delay
            case .notSent: wait = delay
            case .accepted, .refused, .unknown: return answer
            }
            guard clock.now + wait < end, await sleep(until: clock.now + wait) else { return answer }
            delay = min(delay * 2, Self.retryDelayMax)
            progress.update { $0.retries += 1 }
        }
    }

    private func encoded(_ request: TelemetryRequest) throws -> EncodedRequest {
        let plain: OTLPRequest =
            switch request {
            case .traces(let request): .traces(request)
            case .metrics(let request): .metrics(request)
            case .logs(let request): .logs(request)
            }
        var body = EncodedRequest(bytes: try plain.encoded(for: target.transport))
        if target.compression == .gzip, target.transport != .grpc {
            body.bytes = try Gzip.compress(body.bytes)
            body.isGzip = true
        }
        return body
    }

    /// Sleeps; false when the import was stopped meanwhile. In steps, so that a request under way keeps its answer.
    private func sleep(until instant: ContinuousClock.Instant) async -> Bool {
        let clock = ContinuousClock()
        while clock.now < instant {
            guard !progress.isStopped, !Task.isCancelled else { return false }
            try? await clock.sleep(until: min(instant, clock.now + Self.stopInterval), tolerance: .zero)
        }
        return !progress.isStopped
    }
}
