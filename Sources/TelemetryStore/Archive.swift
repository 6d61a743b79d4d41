import ClickHouse
import SQLSyntax
import Synchronization
package import TelemetryModel

/// Whether anything was archived: if not, the archive need not be asked.
final class ArchiveState: Sendable {
    private let flag = Atomic<Bool>(false)

    var hasTraces: Bool { flag.load(ordering: .acquiring) }

    func note() { flag.store(true, ordering: .releasing) }
}

extension TelemetryStore {
    /// Puts a trace aside, with its resources and scopes, so that it outlives the retention of traces. Spans that came
    /// since the last time are added.
    ///
    /// ```sql
    /// INSERT INTO telemetry.archived_spans (…) SELECT … FROM telemetry.spans WHERE trace_id = unhex({id:String})
    ///     AND (span_id, start_time, received_time) NOT IN (SELECT … FROM telemetry.archived_spans WHERE …)
    /// ```
    /// - Returns: false when there is no such trace.
    package func archive(_ id: TraceID) async throws -> Bool {
        let spans = TelemetrySchema.spans.name.sql
        let archived = TelemetrySchema.archivedSpans.name.sql
        let parameters = ["id": id.hex]
        func count(_ table: String) async throws -> UInt64 {
            let statement = BoundStatement(
                "SELECT count() FROM \(table) WHERE trace_id = unhex({id:String})", parameters: parameters)
            return try await engine.rows(statement).first?.first?.unsignedInteger ?? 0
        }
        guard try await count(spans) > 0 else { return try await count(archived) > 0 }
        archiveState.note()
        // What spans refer to goes first, as everywhere.
        for (table, archive, column, columns) in [
            (
                TelemetrySchema.resources.name, TelemetrySchema.archivedResources.name, "resource_id",
                TelemetrySchema.resources.create.columns
            ),
            (
                TelemetrySchema.scopes.name, TelemetrySchema.archivedScopes.name, "scope_id",
                TelemetrySchema.scopes.create.columns
            ),
        ] {
            let names = columns.map(\.name.sql).joined(separator: ", ")
            try await engine.execute(
                BoundStatement(
                    "INSERT INTO \(archive.sql) (\(names)) SELECT \(names) FROM \(table.sql) WHERE id IN "
                        + "(SELECT \(column) FROM \(spans) WHERE trace_id = unhex({id:String})) "
                        + "AND id NOT IN (SELECT id FROM \(archive.sql)) LIMIT 1 BY id", parameters: parameters))
        }
        let names = TelemetrySchema.spans.create.columns.map(\.name.sql).joined(separator: ", ")
        let identity = "(span_id, start_time, received_time)"
        try await engine.execute(
            BoundStatement(
                "INSERT INTO \(archived) (\(names)) SELECT \(names) FROM \(spans) "
                    + "WHERE trace_id = unhex({id:String}) AND \(identity) NOT IN "
                    + "(SELECT \(identity) FROM \(archived) WHERE trace_id = unhex({id:String}))",
                parameters: parameters))
        return true
    }
}
