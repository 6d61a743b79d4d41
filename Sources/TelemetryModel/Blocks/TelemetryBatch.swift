/// Everything that one flush writes for one signal: the rows and the resources, scopes and series they refer to.
package struct TelemetryBatch: Sendable {
    package let spans = SpanBlock()
    package let logs = LogBlock()
    package let series = SeriesBlock()
    package let samples = SampleBlock()
    package let histograms = HistogramBlock()
    package let exponentialHistograms = ExponentialHistogramBlock()
    package let summaries = SummaryBlock()
    package let exemplars = ExemplarBlock()
    package let resources = ResourceBlock()
    package let scopes = ScopeBlock()

    package init() {}

    package var rows: Int {
        spans.rows + logs.rows + samples.rows + histograms.rows + exponentialHistograms.rows + summaries.rows
    }

    package var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    /// Rows of all tables, those that others refer to included.
    package var rowsOfAllTables: Int { blocks.reduce(0) { $0 + $1.rows } }

    private var blocks: [any Block] {
        [spans, logs, series, samples, histograms, exponentialHistograms, summaries, exemplars, resources, scopes]
    }
}
