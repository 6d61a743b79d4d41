import AsyncHTTPClient
import NIOCore
import TelemetryModel
import UnixSignals

/// All senders of an import, the progress line, and Ctrl-C.
struct ImportRun: Sendable {
    let feed: any TelemetryFeed
    let target: ExportTarget
    let connections: Int
    let progress: ImportProgress

    /// Sends everything; true when it was stopped by Ctrl-C.
    ///
    /// - Throws: `CommandFailure` with exit code 3 when nothing answers at the beginning, 1 when the receiver refuses an
    ///   empty request for good.
    func run() async throws -> Bool {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(5)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A connection that cannot be made is to be seen, and is tried again by the senders.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await target.withChannel(client) { try await probe($0) }
            try await send(client)
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
        return progress.isStopped
    }

    private func send(_ client: HTTPClient) async throws {
        let sender = ImportSender(feed: feed, target: target, progress: progress)
        let signals = await UnixSignalsSequence(trapping: .sigint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await stop(on: signals) }
            if StandardError.isTerminal { group.addTask { await show() } }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { senders in
                    for _ in 0..<connections {
                        senders.addTask { try await target.withChannel(client) { try await sender.run($0) } }
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
    }

    /// Ends the tasks beside the senders.
    private struct SendingEnded: Error {}

    /// Sends an empty request, which every receiver takes, so that a wrong address is an exit code and no report.
    private func probe(_ channel: any ExportChannel) async throws {
        let bytes = target.transport == .httpJSON ? Array("{}".utf8) : []
        switch await channel.export(.traces, EncodedRequest(bytes: bytes)) {
        // A receiver of one signal only has no path for the others, and takes no empty ones.
        case .accepted, .later, .refused: return
        case .notSent(let failure), .unknown(let failure):
            throw CommandFailure(.unreachable, "\(target.url) does not answer: \(failure.message)")
        }
    }

    /// The first Ctrl-C ends the sending, the second the program.
    private func stop(on signals: UnixSignalsSequence) async {
        for await _ in signals {
            if progress.isStopped { exitProcess(CommandExit.no.rawValue) }
            progress.stop()
        }
    }

    private func show() async {
        var line = ProgressLine()
        while true {
            let (fraction, total, bad) = progress.line
            line.update(fraction, Self.text(total, bad: bad))
            if Task.isCancelled { break }
            try? await Task.sleep(for: .milliseconds(200))
        }
        line.finish()
    }

    static func text(_ total: ImportTally.Counts, bad: Int) -> String {
        var text = "\(HumanText.count(total.read)) read, \(HumanText.count(total.accepted)) accepted"
        let lost = total.rejected + total.failed + total.unknown
        if lost > 0 { text += ", \(HumanText.count(lost)) not" }
        if bad > 0 { text += ", \(HumanText.count(bad)) bad" }
        return text
    }
}
