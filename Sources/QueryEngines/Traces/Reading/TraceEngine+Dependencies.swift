import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension TraceEngine {
    /// See `TraceQueries.dependencies`.
    ///
    /// ```sql
    /// SELECT parent.service, child.service, count(), countIf(child.status_code = 2)
    /// FROM (<spans of the time that have a parent> AS child LEFT ANTI JOIN telemetry.spans AS own
    ///           ON <own is the parent> AND child.service = own.service) AS child
    /// LEFT ANY JOIN telemetry.spans AS parent ON <parent is the parent>
    /// WHERE parent.service != '' GROUP BY 1, 2
    /// ```
    /// The parents are those of any time: a call at the edge of the range counts, too. Where several spans have the id of
    /// the parent, as with Zipkin's shared ids, one of the child's own service is the parent, else any one of them.
    package func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] {
        try await answering {
            let statement = Self.dependenciesStatement(range)
            let rows = try await store.engine.rows(
                statement,
                // Both sides may be every span there is: the join goes to disk rather than over the limit of memory.
                access: .own(settings: limits.settings + [("join_algorithm", "grace_hash,hash")]))
            return rows.map { row in
                ServiceDependency(
                    parent: row[0].text ?? "", child: row[1].text ?? "", calls: Int(row[2].unsignedInteger ?? 0),
                    errors: Int(row[3].unsignedInteger ?? 0))
            }
        }
    }

    static func dependenciesStatement(_ range: TraceTimeRange) -> BoundStatement {
        let children = Select(
            [
                .init(.column("trace_id")), .init(.column("parent_span_id")), .init(.column("service")),
                .init(.column("status_code")),
            ], from: TelemetrySchema.spans.name,
            where: .and(range.overlap + [.comparison(.column("parent_span_id"), .notEqual, .noSpan)]))
        let parents = Select(
            [.init(.column("trace_id")), .init(.column("span_id")), .init(.column("service"))],
            from: TelemetrySchema.spans.name)
        var printer = SQLPrinter()
        printer.text("SELECT parent.service, child.service, count(), countIf(child.status_code = 2) FROM (")
        printer.text("SELECT child.trace_id, child.parent_span_id, child.service, child.status_code FROM (")
        children.print(into: &printer)
        printer.text(") AS child LEFT ANTI JOIN (")
        parents.print(into: &printer)
        printer.text(") AS own ON child.trace_id = own.trace_id AND child.parent_span_id = own.span_id")
        printer.text(" AND child.service = own.service) AS child LEFT ANY JOIN (")
        parents.print(into: &printer)
        printer.text(") AS parent ON child.trace_id = parent.trace_id AND child.parent_span_id = parent.span_id")
        printer.text(" WHERE parent.service != '' GROUP BY parent.service, child.service")
        printer.text(" ORDER BY parent.service, child.service")
        return BoundStatement(printer.text, parameters: printer.parameters)
    }
}
