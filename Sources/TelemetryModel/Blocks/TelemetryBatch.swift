/// Everything that one flush writes for one signal: the rows and the resources, scopes and series they refer to.
package struct TelemetryBatch: Sendable {
    package let spans = SpanBlock()
    package let logs = LogBlock()
    package let series = SeriesBlock()
    package let samples = SampleBlock()
    package let histograms = HistogramBlock()
    package let exponentialHistograms = ExponentialHistogramBlock()
    package let summaries = SummaryBlock()
    package let nativeHistograms = NativeHistogramBlock()
    package let metadata = MetadataBlock()
    package let targets = TargetBlock()
    package let exemplars = ExemplarBlock()
    package let resources = ResourceBlock()
    package let scopes = ScopeBlock()

    package init() {}

    package var rows: Int {
        spans.rows + logs.rows + samples.rows + histograms.rows + exponentialHistograms.rows + summaries.rows
            + nativeHistograms.rows + metadata.rows
    }

    package var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    /// How many rows each block has; `truncate` goes back to it.
    package struct Mark: Sendable, Equatable {
        fileprivate let rows: [Int]
    }

    package var mark: Mark { Mark(rows: telemetry.map(\.rows)) }

    /// Takes back the telemetry appended since the mark. Resources, scopes and series that it brought stay: they are
    /// true of whatever refers to them later, and harm nobody if nothing does.
    package func truncate(to mark: Mark) {
        for (block, rows) in zip(telemetry, mark.rows) { block.truncate(to: rows) }
    }

    /// Empties all blocks; their memory stays for the next rows.
    package func reset() {
        for block in blocks { block.reset() }
    }

    /// Rows of all tables, those that others refer to included.
    package var rowsOfAllTables: Int { blocks.reduce(0) { $0 + $1.rows } }

    private var telemetry: [any Block] {
        [
            spans, logs, samples, histograms, exponentialHistograms, summaries, nativeHistograms, exemplars, metadata,
            targets,
        ]
    }

    private var blocks: [any Block] { telemetry + [series, resources, scopes] }
}
