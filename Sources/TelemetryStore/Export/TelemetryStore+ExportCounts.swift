import ClickHouse
import SQLSyntax
package import TelemetryModel

extension TelemetryStore {
    /// Traces with spans in a selection, by the first of these and their id; at most `limit`.
    ///
    /// ```sql
    /// SELECT trace_id FROM telemetry.spans WHERE … GROUP BY trace_id ORDER BY min(start_time), trace_id LIMIT n
    /// ```
    package func exportedTraces(_ selection: ExportSelection, limit: Int) async throws -> [TraceID] {
        let conditions = selection.conditions("start_time", traces: selection.traces)
        let select = Select(
            [.init(.column("trace_id"))], from: TelemetrySchema.spans.name,
            where: conditions.isEmpty ? nil : .and(conditions), groupBy: [.column("trace_id")],
            orderBy: [.init(.call("min", .column("start_time"))), .init(.column("trace_id"))], limit: limit)
        var found: [TraceID] = []
        try await engine.query(select.statement, access: .own(settings: selection.settings)) { batch in
            for row in 0..<batch.rows {
                if let id = TraceID(bytes: batch.columns[0].value(at: row).rawBytes ?? []) { found.append(id) }
            }
        }
        return found
    }

    /// How many spans a selection has at present, and the time that they are within; nil when there are none.
    ///
    /// ```sql
    /// SELECT count(), min(start_time), max(toUnixTimestamp64Nano(start_time) + greatest(duration, 0)) FROM …
    /// ```
    package func exportedSpans(
        _ selection: ExportSelection
    ) async throws -> (count: UInt64, start: Int64, end: Int64)? {
        let conditions = selection.conditions("start_time", traces: selection.traces)
        let start = Expression.call("toUnixTimestamp64Nano", .column("start_time"))
        let end = Expression.call("plus", start, .call("greatest", .column("duration"), .integer(0)))
        let select = Select(
            [.init(.call("count")), .init(.call("min", start)), .init(.call("max", end))],
            from: TelemetrySchema.spans.name, where: conditions.isEmpty ? nil : .and(conditions))
        let access = StatementAccess.own(settings: selection.settings)
        guard let row = try await engine.rows(select.statement, access: access).first,
            let count = row[0].unsignedInteger, count > 0
        else { return nil }
        return (count, row[1].integer ?? 0, row[2].integer ?? .max)
    }

    /// How many log records a selection has at present.
    package func exportedLogs(_ selection: ExportSelection) async throws -> UInt64 {
        let conditions = selection.conditions("time", traces: selection.traces)
        let select = Select(
            [.init(.call("count"))], from: TelemetrySchema.logs.name,
            where: conditions.isEmpty ? nil : .and(conditions))
        let access = StatementAccess.own(settings: selection.settings)
        return try await engine.rows(select.statement, access: access).first?.first?.unsignedInteger ?? 0
    }
}
