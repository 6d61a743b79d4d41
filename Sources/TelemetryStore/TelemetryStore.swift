package import ClickHouse
package import Logging
import SQLSyntax
package import TelemetryModel

/// The stored telemetry: writes batches, answers reads.
package struct TelemetryStore: Sendable {
    package let engine: any Engine

    /// Opens the store on an engine: brings the schema up to date and sets the retention.
    package init(_ engine: any Engine, retention: Retention, logger: Logger) async throws {
        self.engine = engine
        try await TelemetrySchema.migrate(engine, logger: logger)
        try await retention.apply(to: engine)
    }

    /// Writes a batch; what rows refer to goes first, so that no reader finds a span without its resource.
    ///
    /// - Parameter token: names the batch. The same batch under the same token adds nothing the second time; nil for a
    ///   batch that is never repeated.
    package func write(_ batch: TelemetryBatch, token: String?) async throws {
        try await insert(batch.resources, into: TelemetrySchema.resources, token)
        try await insert(batch.scopes, into: TelemetrySchema.scopes, token)
        try await insert(batch.series, into: TelemetrySchema.metricSeries, token)
        try await insert(batch.spans, into: TelemetrySchema.spans, token)
        try await insert(batch.logs, into: TelemetrySchema.logs, token)
        try await insert(batch.samples, into: TelemetrySchema.metricSamples, token)
        try await insert(batch.histograms, into: TelemetrySchema.metricHistograms, token)
        try await insert(batch.exponentialHistograms, into: TelemetrySchema.metricExponentialHistograms, token)
        try await insert(batch.summaries, into: TelemetrySchema.metricSummaries, token)
        try await insert(batch.exemplars, into: TelemetrySchema.metricExemplars, token)
    }

    private func insert<Rows: Block>(_ block: Rows, into table: TableDefinition<Rows>, _ token: String?) async throws {
        guard block.rows > 0 else { return }
        try await engine.insert(
            InsertBlock(
                database: table.name.database.name, table: table.name.table.name,
                columns: table.columns.map { ($0.definition.name.name, $0.values(block)) }, deduplicationToken: token))
    }
}

extension Select {
    /// The statement with its bound values.
    var statement: BoundStatement {
        var printer = SQLPrinter()
        print(into: &printer)
        return BoundStatement(printer.text, parameters: printer.parameters)
    }
}
