import Codecs
import TelemetryModel

/// What the server has of a run: counted over its ClickHouse endpoint, as anybody could.
struct StoredCount: Sendable, Equatable {
    /// Rows, and rows that differ in what tells items apart.
    var rows: UInt64 = 0
    var unique: UInt64 = 0

    /// More items are not counted: each slice below reads all their ids again.
    static let itemsMax: UInt64 = 20_000_000
    /// Ids in one statement. The set of a `uniqExact` takes about 64 bytes an id at its worst, and a statement may have
    /// 1 GiB (`query.memory`).
    private static let sliceItems: UInt64 = 2_000_000

    /// Counts the items of a run in slices by a hash of their ids.
    ///
    /// - Throws: `CommandFailure` with the server's sentence.
    static func ask(
        _ signal: Signal, run: RunIdentity, expected: UInt64, clickhouse url: String
    ) async throws -> StoredCount {
        let slices = max(1, (expected + sliceItems - 1) / sliceItems)
        var count = StoredCount()
        for slice in 0..<slices {
            let sql = statement(signal, run: run, slice: slice, of: slices)
            let answer = try await HTTPCalls.send(
                "POST", "\(url)/?default_format=JSONCompact", body: Array(sql.utf8), timeout: .seconds(600))
            guard answer.status == 200 else {
                throw CommandFailure(.no, "the stored items cannot be counted: \(answer.text.trimmingNewlines())")
            }
            let rows = try CompactResult(answer.body).rows
            guard let row = rows.first, row.count == 2, let all = UInt64(row[0]), let unique = UInt64(row[1]) else {
                throw CommandFailure(.no, "the server's count cannot be read")
            }
            count.rows += all
            count.unique += unique
        }
        return count
    }

    /// The statement for a signal. What is put into it are hexadecimal digits and whole numbers.
    static func statement(_ signal: Signal, run: RunIdentity, slice: UInt64, of slices: UInt64) -> String {
        let resources = "SELECT id FROM resources WHERE attributes['\(RunIdentity.attribute)'] = '\(run.hex)'"
        let (id, source) =
            switch signal {
            case .traces: ("(trace_id, span_id)", "spans WHERE resource_id IN (\(resources))")
            case .logs: ("attributes['log.record.uid']", "logs WHERE resource_id IN (\(resources))")
            case .metrics:
                (
                    "(series_id, time)",
                    """
                    (SELECT series_id, time FROM metric_samples
                     UNION ALL SELECT series_id, time FROM metric_histograms)
                    WHERE series_id IN (SELECT id FROM metric_series WHERE resource_id IN (\(resources)))
                    """
                )
            }
        return """
            SELECT count(), uniqExact(\(id)) FROM \(source)
            AND cityHash64(\(id)) % \(slices) = \(slice)
            """
    }
}
