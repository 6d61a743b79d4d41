import Codecs
import TelemetryModel
import TestSupport

/// An appender that lives on from body to body, and what it should have made of them.
struct KeptAppender {
    private var appender = ColumnAppender(batch: TelemetryBatch())
    /// All rows since the batch was emptied.
    private var rows: [String: [[String]]] = [:]
    /// Resources, scopes and series that were in a batch once: table and id.
    private var known: Set<String> = []

    /// The batch is emptied past this, since each body costs the text of all rows.
    private static let rowsMax = 16
    private static let referenceTables: Set = ["ResourceBlock", "ScopeBlock", "SeriesBlock"]

    /// Reads one body, which a new appender has accepted or refused.
    ///
    /// - Parameter expected: all rows of a new appender.
    /// - Returns: what is not as expected.
    mutating func append(
        _ body: UnsafeBufferPointer<UInt8>, _ signal: Signal, _ expected: [String: [[String]]],
        _ outcome: AppendOutcome, isRefused: Bool, at arrival: Timestamp
    ) -> String? {
        if appender.batch.rowsOfAllTables > Self.rowsMax {
            appender.batch.reset()
            rows = [:]
        }
        appender.begin(receivedTime: arrival)
        do throws(DecodeError) {
            try appender.append(protobuf: body, signal)
            if isRefused { return "accepted" }
        } catch {
            if !isRefused { return "refused: \(error)" }
        }
        if !isRefused, appender.outcome != outcome { return "\(appender.outcome) is not \(outcome)" }
        let before = rows
        rows = ColumnText.of(appender.batch)
        for table in Set(before.keys).union(rows.keys).union(expected.keys) {
            let old = before[table] ?? []
            var added = isRefused ? [] : expected[table] ?? []
            if Self.referenceTables.contains(table) {
                added.removeAll { known.contains(table + $0[0]) }
                // What a refused body refers to may stay, and is not written again.
                if isRefused { added = Array((rows[table] ?? []).dropFirst(old.count)) }
                for row in added { known.insert(table + row[0]) }
            }
            let wanted = old + added
            if let difference = RequestFuzzer.difference([table: rows[table] ?? []], [table: wanted]) {
                return difference
            }
        }
        return nil
    }
}
