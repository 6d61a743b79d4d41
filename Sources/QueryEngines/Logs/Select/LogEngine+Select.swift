import LogQL
import LogQLEvaluation
import SQLSyntax
import TelemetryModel

extension LogEngine {
    /// ```sql
    /// SELECT time, resource_id, body, … FROM telemetry.logs WHERE time >= … AND … ORDER BY time DESC LIMIT 100
    /// ```
    /// without the limit when the pipeline has to decide about records: then reading ends when enough are found.
    package func select(_ request: LogSelectRequest) async throws -> LogSelectResult {
        try await select(request, besides: nil)
    }

    /// - Parameter extra: a condition on the rows besides.
    func select(_ request: LogSelectRequest, besides extra: Expression?) async throws -> LogSelectResult {
        try await answering { try await selectLines(request, besides: extra) }
    }

    private func selectLines(
        _ request: LogSelectRequest, besides extra: Expression?
    ) async throws -> LogSelectResult {
        let begin = ContinuousClock.now
        let snapshot = try await streams.snapshot()
        let selection = request.selection.normalized
        var condition = condition(of: selection, request.range, snapshot)
        if let extra { condition = .all([condition, .exact(extra)]) }
        var collector = try EntryCollector(
            selection.stages, limit: request.limit, interval: request.interval, now: Timestamp.now().nanoseconds)
        var bytes = 0
        try await read(
            condition, collector.needs, snapshot, shown: ShownLabels(selection),
            order: [.init(.column("time"), descending: request.direction == .backward)],
            limit: condition.isExact && request.interval == 0 ? request.limit : nil
        ) { records in
            let before = collector.entries.count
            try collector.add(records)
            for entry in collector.entries[before...] { bytes += entry.line.utf8.count }
            guard bytes <= limits.answerBytesMax else {
                throw LogQueryError(
                    .tooLarge, "the lines found have more than \(limits.answerBytesMax) bytes; ask for fewer with limit"
                )
            }
            return !collector.isFull
        }
        return LogSelectResult(
            streams: collector.streams, entries: collector.entries.map(LogEntry.init),
            statistics: LogQueryStatistics(
                lines: collector.lines, bytes: collector.bytes, matched: collector.entries.count,
                seconds: Double((ContinuousClock.now - begin).nanoseconds) / 1e9))
    }
}

extension LogEntry {
    init(_ entry: EntryCollector.Entry) {
        self.init(
            time: entry.time, line: entry.line, stream: entry.stream, metadata: entry.metadata, parsed: entry.parsed)
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
