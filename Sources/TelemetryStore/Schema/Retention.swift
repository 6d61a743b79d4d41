import ClickHouse
import SQLSyntax
import TelemetryModel

/// How long rows are kept, counted from their arrival.
package struct Retention: Sendable, Equatable {
    package var traces: Duration
    package var logs: Duration
    package var metrics: Duration

    package init(traces: Duration, logs: Duration, metrics: Duration) {
        self.traces = traces
        self.logs = logs
        self.metrics = metrics
    }

    /// Resources and scopes outlive whatever refers to them: they are stored again each day that they are seen.
    var longest: Duration { max(traces, logs, metrics) + .seconds(2 * 86400) }

    private var tables: [(TableName, Duration)] {
        [
            (TelemetrySchema.spans.name, traces),
            (TelemetrySchema.attributeKeys.name, max(traces, logs) + .seconds(2 * 86400)),
            (TelemetrySchema.logs.name, logs),
            (TelemetrySchema.resources.name, longest), (TelemetrySchema.scopes.name, longest),
            (TelemetrySchema.metricSeries.name, metrics + .seconds(2 * 86400)),
            (TelemetrySchema.metricSamples.name, metrics), (TelemetrySchema.metricHistograms.name, metrics),
            (TelemetrySchema.metricExponentialHistograms.name, metrics),
            (TelemetrySchema.metricSummaries.name, metrics),
            (TelemetrySchema.metricNativeHistograms.name, metrics),
            (TelemetrySchema.metricTargets.name, metrics),
            (TelemetrySchema.metricExemplars.name, metrics),
            (TelemetrySchema.metricMetadata.name, metrics + .seconds(2 * 86400)),
        ]
    }

    /// Sets each table's TTL where it differs. Stored rows are not rewritten: whole parts go when all their rows are due.
    func apply(to engine: any Engine) async throws {
        let rows = try await engine.rows(
            BoundStatement(
                "SELECT name, engine_full FROM system.tables WHERE database = {database:String}",
                parameters: ["database": TelemetrySchema.database.name]))
        var engines: [String: String] = [:]
        for row in rows { engines[row[0].text ?? ""] = row[1].text ?? "" }
        for (table, duration) in tables {
            let rule = "toDateTime(received_time) + toIntervalSecond(\(duration.components.seconds))"
            if engines[table.table.name]?.contains("TTL \(rule)") == true { continue }
            try await engine.execute(
                BoundStatement("ALTER TABLE \(table.sql) MODIFY TTL \(rule) SETTINGS materialize_ttl_after_modify = 0"))
        }
    }
}
