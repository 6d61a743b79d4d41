import ClickHouse
import SQLSyntax
package import TelemetryModel

extension TelemetryStore {
    /// The series with some ids; one that retention has removed is missing.
    ///
    /// ```sql
    /// SELECT id, form, … FROM telemetry.metric_series WHERE id IN {p0:Array(UInt64)} ORDER BY received_time
    /// ```
    /// A series whose description has changed has several rows: the newest counts.
    ///
    /// - Cost: reads the ids of all series; for what is rare, such as what a small memory has forgotten.
    package func series(_ ids: Set<UInt64>) async throws -> [UInt64: StoredSeries] {
        guard !ids.isEmpty else { return [:] }
        let columns: [Identifier] = [
            "id", "form", "name", "type", "unit", "description", "temporality", "is_monotonic", "service",
            "resource_id", "scope_id", "attributes", "attribute_types", "metadata",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricSeries.name,
            where: .inArray(.column("id"), .unsigned(ids.sorted())), orderBy: [.init(.column("received_time"))])
        var found: [UInt64: StoredSeries] = [:]
        for row in try await engine.rows(select.statement) {
            var series = StoredSeries()
            series.form = SeriesForm(rawValue: row[1].text ?? "") ?? .otlp
            series.name = row[2].text ?? ""
            series.type = row[3].text ?? ""
            series.unit = row[4].text ?? ""
            series.description = row[5].text ?? ""
            series.temporality = Int32(truncatingIfNeeded: row[6].integer ?? 0)
            series.isMonotonic = row[7].unsignedInteger == 1
            series.service = row[8].text ?? ""
            series.resourceID = row[9].unsignedInteger ?? 0
            series.scopeID = row[10].unsignedInteger ?? 0
            series.attributes = row[11].attributes(signature: row[12])
            series.metadata = row[13].attributes(signature: .string(""))
            found[row[0].unsignedInteger ?? 0] = series
        }
        return found
    }
}
