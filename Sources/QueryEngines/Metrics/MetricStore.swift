import ClickHouse
import PromQLEvaluation
import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
package import TelemetryStore

/// Metrics as PromQL sees them, read from the store: an index of the series in memory, and samples by SQL.
package final class MetricStore: Sendable {
    let store: TelemetryStore
    let limits: MetricStoreLimits
    let index = Mutex(SeriesIndex())
    private let loader: SeriesLoader

    package init(_ store: TelemetryStore, limits: MetricStoreLimits = MetricStoreLimits()) {
        self.store = store
        self.limits = limits
        loader = SeriesLoader(store, limits)
    }

    /// Brings the index up to what the store has. Called before each read; a server calls it once at its start, too,
    /// so that the first query need not wait for all series.
    package func refresh() async throws {
        try await loader.refresh(index)
    }
}

/// What bounds reading metrics.
package struct MetricStoreLimits: Sendable {
    /// Series of all metrics that are indexed; about 150 bytes each. Over it queries fail and say so.
    package var seriesMax = 5_000_000
    /// Series of one selector.
    package var selectedSeriesMax = 1_000_000
    /// Samples of one selector.
    package var samplesMax = 50_000_000
    /// Settings of every statement, as the engine names them.
    package var settings: [(name: String, value: String)] = []

    package init() {}
}
