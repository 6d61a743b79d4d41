import AsyncHTTPClient
import NIOCore
import TelemetryModel
import UnixSignals

/// A run: all connections, the progress line, and Ctrl-C.
struct LoadRun: Sendable {
    let plan: LoadPlan
    let context: LoadContext
    let target: ExportTarget
    let connections: Int

    /// What a run came to, and how long it sent.
    struct Outcome: Sendable {
        let tally: LoadTally
        let duration: Duration
        /// Ended by Ctrl-C.
        let wasStopped: Bool
    }

    /// Sends all of it.
    ///
    /// - Throws: `CommandFailure` with exit code 3 when nothing answers at the beginning, 1 when the receiver refuses an
    ///   empty request for good.
    func run() async throws -> Outcome {
        var configuration = HTTPClient.Configuration(
            timeout: .init(connect: .seconds(5)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A connection that cannot be made is to be seen, and is tried again by the retries.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let outcome = try await run(client)
            try await client.shutdown()
            return outcome
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func run(_ client: HTTPClient) async throws -> Outcome {
        try await target.withChannel(client) { try await probe($0) }
        let items: [Signal: any LoadItems] = Dictionary(
            uniqueKeysWithValues: plan.signals.map { signal in
                switch signal {
                case .traces: (signal, SpanItems(context))
                case .metrics: (signal, MetricItems(context))
                case .logs: (signal, LogItems(context))
                }
            })
        let progress = LoadProgress()
        let start = ContinuousClock.now
        let connection = LoadConnection(
            plan: plan, items: items, transport: target.transport, compression: target.compression,
            progress: progress, start: start)
        let signals = await UnixSignalsSequence(trapping: .sigint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await stop(progress, on: signals) }
            if StandardError.isTerminal { group.addTask { await show(progress, since: start) } }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { senders in
                    for _ in 0..<connections {
                        senders.addTask { try await target.withChannel(client) { try await connection.run($0) } }
                    }
                    try await senders.waitForAll()
                }
                throw SendingEnded()
            }
            // Not `waitForAll`, which would wait for the tasks that only a cancellation ends.
            do {
                while try await group.next() != nil {}
            } catch is SendingEnded {
                group.cancelAll()
            }
        }
        return Outcome(
            tally: progress.tally, duration: ContinuousClock.now - start, wasStopped: progress.isStopped)
    }

    /// Ends the tasks beside the senders.
    private struct SendingEnded: Error {}

    /// Sends an empty request, which every receiver takes, so that a wrong address is an exit code and no report.
    private func probe(_ channel: any ExportChannel) async throws {
        guard let signal = plan.signals.first else { return }
        let bytes = target.transport == .httpJSON ? Array("{}".utf8) : []
        switch await channel.export(signal, EncodedRequest(bytes: bytes)) {
        case .accepted, .later: return
        case .refused(let failure):
            throw CommandFailure(
                .no, "\(target.url) refuses \(signal.rawValue) with \(failure.kind): \(failure.message)")
        case .notSent(let failure), .unknown(let failure):
            throw CommandFailure(.unreachable, "\(target.url) does not answer: \(failure.message)")
        }
    }

    /// The first Ctrl-C ends the sending, the second the program.
    private func stop(_ progress: LoadProgress, on signals: UnixSignalsSequence) async {
        for await _ in signals {
            if progress.isStopped { exitProcess(CommandExit.no.rawValue) }
            progress.stop()
        }
    }

    private func show(_ progress: LoadProgress, since start: ContinuousClock.Instant) async {
        var line = ProgressLine()
        while true {
            let elapsed = ContinuousClock.now - start
            let figures = progress.line
            line.update(fraction(accepted: figures.accepted, elapsed), Self.text(figures, elapsed))
            if Task.isCancelled { break }
            try? await Task.sleep(for: .milliseconds(200))
        }
        line.finish()
    }

    private func fraction(accepted: UInt64, _ elapsed: Duration) -> Double {
        switch plan.end {
        case .items(let items): Double(accepted) / Double(items)
        case .after(let duration): elapsed / duration
        }
    }

    static func text(
        _ figures: (accepted: UInt64, errors: UInt64, latencyP99: Duration?), _ elapsed: Duration
    ) -> String {
        let seconds = elapsed / .seconds(1)
        let perSecond = seconds > 0 ? Int(Double(figures.accepted) / seconds) : 0
        let p99 = figures.latencyP99.map { ", p99 \(HumanText.duration($0))" } ?? ""
        return
            "\(Int(seconds)) s, \(HumanText.count(figures.accepted)) accepted, \(HumanText.count(perSecond))/s\(p99), "
            + "\(figures.errors) errors"
    }
}

extension HumanText {
    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        // Beyond 292 years it does not matter any more.
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return self.duration(overflow ? .max : nanoseconds &+ attoseconds / 1_000_000_000)
    }
}
