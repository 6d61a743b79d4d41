import Codecs
import Ingest
import Synchronization
import TelemetryModel

/// Makes batches of what waits, reads the messages and hands the records on.
struct SyslogFlusher: Sendable {
    /// Between attempts to hand over a batch; doubled from the first to the last.
    private static let retryDelay = (first: Duration.milliseconds(50), last: Duration.seconds(1))
    /// Attempts once the receiver ends.
    private static let lastAttempts = 5
    /// Messages read before others get their turn.
    private static let messagesPerTurn = 500
    private static let slice = Duration.milliseconds(20)

    let options: SyslogOptions
    let intake: SyslogIntake
    let sink: any SyslogSink
    let events: SyslogEvents
    let isEnding: @Sendable () -> Bool

    /// Runs until the signals end.
    ///
    /// - Parameter afterBatch: called after each batch.
    func run(afterBatch: @Sendable () async -> Void) async {
        for await _ in intake.signals {
            await waitForBatch()
            await flush()
            await afterBatch()
        }
    }

    /// Everything that waits.
    func flush() async {
        while let queue = intake.take() {
            await handOver(await records(queue))
            // What came meanwhile was announced, and may be little: it gets its own delay, unless this is the end.
            if !isEnding(), !intake.isBatchFull { break }
        }
    }

    private func waitForBatch() async {
        let end = ContinuousClock.now + options.batchDelay
        while !isEnding(), !intake.isBatchFull, ContinuousClock.now < end {
            try? await Task.sleep(for: min(Self.slice, end - ContinuousClock.now))
        }
    }

    private func records(_ queue: SyslogQueue) async -> [LogDraft] {
        var parser = SyslogParser()
        parser.zoneOffsetSeconds = options.zoneOffsetSeconds
        var records: [LogDraft] = []
        records.reserveCapacity(queue.entries.count)
        var formats: (rfc5424: Int, rfc3164: Int, plain: Int) = (0, 0, 0)
        var next = 0
        while next < queue.entries.count {
            let turn = queue.entries[next..<min(queue.entries.count, next + Self.messagesPerTurn)]
            queue.bytes.withUnsafeBufferPointer { bytes in
                for entry in turn {
                    let message = UnsafeBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count])
                    let read = parser.parse(
                        message, receivedTime: entry.receivedTime, sender: entry.sender.isEmpty ? nil : entry.sender)
                    switch read.format {
                    case .rfc5424: formats.rfc5424 += 1
                    case .rfc3164: formats.rfc3164 += 1
                    case .plain: formats.plain += 1
                    }
                    records.append(read.record)
                }
            }
            next += turn.count
            await Task.yield()
        }
        let counts = formats
        intake.count {
            $0.rfc5424 += counts.rfc5424
            $0.rfc3164 += counts.rfc3164
            $0.plain += counts.plain
            $0.batches += 1
        }
        return records
    }

    /// Until it is taken or refused for good; meanwhile the queue fills, and what sends is held up or dropped.
    private func handOver(_ records: [LogDraft]) async {
        var delay = Self.retryDelay.first
        var attemptsLeft = Self.lastAttempts
        while true {
            do throws(IngestError) {
                try await sink.admit(records)
                return intake.count { $0.recordsKept += records.count }
            } catch {
                if error.kind == .tooLarge, records.count > 1 {
                    await handOver(Array(records[..<(records.count / 2)]))
                    return await handOver(Array(records[(records.count / 2)...]))
                }
                if isEnding() { attemptsLeft -= 1 }
                guard error.retryAfterSeconds != nil, attemptsLeft > 0, !Task.isCancelled else {
                    intake.count { $0.recordsLost += records.count }
                    return events.recordsLost(records.count, error)
                }
                intake.count { $0.retries += 1 }
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, Self.retryDelay.last)
            }
        }
    }
}
