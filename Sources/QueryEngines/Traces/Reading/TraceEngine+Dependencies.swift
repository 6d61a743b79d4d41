import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension TraceEngine {
    /// See `TraceQueries.dependencies`.
    ///
    /// ```sql
    /// SELECT parent.service, child.service, count(), countIf(child.status_code = 2)
    /// FROM (SELECT trace_id, parent_span_id, service, status_code FROM telemetry.spans WHERE <time> AND <has a parent>) AS child
    /// INNER JOIN (SELECT trace_id, span_id, service FROM telemetry.spans) AS parent
    ///     ON child.trace_id = parent.trace_id AND child.parent_span_id = parent.span_id
    /// WHERE child.service != parent.service GROUP BY 1, 2
    /// ```
    /// The parents are those of any time: a call at the edge of the range counts, too.
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
        let noParent = Expression.call("unhex", .parameter(.string("0000000000000000")))
        let children = Select(
            [
                .init(.column("trace_id")), .init(.column("parent_span_id")), .init(.column("service")),
                .init(.column("status_code")),
            ], from: TelemetrySchema.spans.name,
            where: .and(range.overlap + [.comparison(.column("parent_span_id"), .notEqual, noParent)]))
        let parents = Select(
            [.init(.column("trace_id")), .init(.column("span_id")), .init(.column("service"))],
            from: TelemetrySchema.spans.name)
        var printer = SQLPrinter()
        printer.text("SELECT parent.service, child.service, count(), countIf(child.status_code = 2) FROM (")
        children.print(into: &printer)
        printer.text(") AS child INNER JOIN (")
        parents.print(into: &printer)
        printer.text(") AS parent ON child.trace_id = parent.trace_id AND child.parent_span_id = parent.span_id")
        printer.text(" WHERE child.service != parent.service GROUP BY parent.service, child.service")
        printer.text(" ORDER BY parent.service, child.service")
        return BoundStatement(printer.text, parameters: printer.parameters)
    }
}
