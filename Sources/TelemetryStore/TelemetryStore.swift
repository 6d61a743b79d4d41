package import ClickHouse
package import Logging
package import SQLSyntax
import Synchronization
package import TelemetryModel

/// The stored telemetry: writes batches, answers reads.
package struct TelemetryStore: Sendable {
    package let engine: any Engine
    /// How often metric series or what is known of metrics were written by this process; who keeps an index of them
    /// looks whether there are new ones.
    package var seriesGeneration: UInt64 { generation.count.load(ordering: .acquiring) }
    private let generation = Generation()
    /// The names of attributes of stored spans.
    package let attributeKeys = AttributeKeys()

    /// Changes whenever resources or scopes were written, after they were and before a span refers to them.
    package var referenceGeneration: UInt64 { references.count.load(ordering: .acquiring) }
    private let references = Generation()
    let memory = ReferenceMemory()
    package let spanArrivals = BlockArrivals()
    package let resourceArrivals = BlockArrivals()
    package let logArrivals = LogArrivals()
    let archiveState = ArchiveState()
    /// When stored spans were.
    package let spanTimes = SpanTimes()

    /// Opens the store on an engine: brings the schema up to date and sets the retention.
    package init(_ engine: any Engine, retention: Retention, logger: Logger) async throws {
        self.engine = engine
        try await TelemetrySchema.migrate(engine, logger: logger)
        try await retention.apply(to: engine)
        try await Self.loadAttributeKeys(engine, into: attributeKeys)
        try await Self.loadSpanTimes(engine, into: spanTimes)
        let archived = Select([.init(.call("count"))], from: TelemetrySchema.archivedSpans.name)
        if try await engine.rows(archived.statement).first?.first?.unsignedInteger ?? 0 > 0 { archiveState.note() }
    }

    /// Writes a batch; what rows refer to goes first, so that no reader finds a span without its resource.
    ///
    /// - Parameters:
    ///   - token: names the batch. The same batch under the same token adds nothing the second time; nil for a batch that
    ///     is never repeated.
    ///   - isRepeated: an earlier attempt under this token failed, or its end is not known. Then the tables are asked for
    ///     the rows: the engine notes a token before it puts the rows in their place (`MergeTreeSink::commitPart`), so
    ///     that after a failure or a kill in between it knows the token and has no rows; and it does not sync the note,
    ///     so that after a loss of power it may have the rows and not know the token.
    package func write(_ batch: TelemetryBatch, token: String?, isRepeated: Bool = false) async throws {
        spanTimes.note(batch.spans)
        if let names = attributeKeys.news(in: batch) {
            try await insert(names, into: TelemetrySchema.attributeKeys, nil, false)
            attributeKeys.note(names)
        }
        try await insert(batch.resources, into: TelemetrySchema.resources, token, isRepeated)
        resourceArrivals.note(batch.resources.receivedTime)
        try await insert(batch.scopes, into: TelemetrySchema.scopes, token, isRepeated)
        if batch.resources.rows + batch.scopes.rows > 0 { references.count.add(1, ordering: .releasing) }
        try await insert(batch.series, into: TelemetrySchema.metricSeries, token, isRepeated)
        try await insert(batch.spans, into: TelemetrySchema.spans, token, isRepeated)
        spanArrivals.note(batch.spans.receivedTime)
        try await insert(batch.logs, into: TelemetrySchema.logs, token, isRepeated)
        await logArrivals.deliver(batch.logs)
        try await insert(batch.samples, into: TelemetrySchema.metricSamples, token, isRepeated)
        try await insert(batch.histograms, into: TelemetrySchema.metricHistograms, token, isRepeated)
        try await insert(
            batch.exponentialHistograms, into: TelemetrySchema.metricExponentialHistograms, token, isRepeated)
        try await insert(batch.summaries, into: TelemetrySchema.metricSummaries, token, isRepeated)
        try await insert(batch.nativeHistograms, into: TelemetrySchema.metricNativeHistograms, token, isRepeated)
        try await insert(batch.targets, into: TelemetrySchema.metricTargets, token, isRepeated)
        try await insert(batch.metadata, into: TelemetrySchema.metricMetadata, token, isRepeated)
        if batch.series.rows + batch.metadata.rows > 0 { generation.count.add(1, ordering: .releasing) }
        try await insert(batch.exemplars, into: TelemetrySchema.metricExemplars, token, isRepeated)
    }

    private func insert<Rows: Block>(
        _ block: Rows, into table: TableDefinition<Rows>, _ token: String?, _ isRepeated: Bool
    ) async throws {
        guard block.rows > 0 else { return }
        var token = token
        if isRepeated {
            switch await presenceIfReadable(of: block, in: table) {
            case .some(.everything): return
            // A token that the engine cannot know.
            case .some(.nothing): token = token.map { "\($0)-\(UInt64.random(in: .min ... .max))" }
            // A block cannot be written in part; which parts are missing is left to what the engine knows of the token.
            // So is all of it when the table cannot be read: what is new must not wait for an old part that is broken.
            case .some(.some), nil: break
            }
        }
        try await engine.insert(
            InsertBlock(
                database: table.name.database.name, table: table.name.table.name,
                columns: table.columns.map { ($0.definition.name.name, $0.values(block)) }, deduplicationToken: token))
    }
}

private final class Generation: Sendable {
    let count = Atomic<UInt64>(0)
}

extension Select {
    /// The statement with its bound values.
    package var statement: BoundStatement {
        var printer = SQLPrinter()
        print(into: &printer)
        return BoundStatement(printer.text, parameters: printer.parameters)
    }
}
