package import QueryEngines
package import TelemetryStore

/// What exports are made of.
package struct ExportDependencies: Sendable {
    package var store: TelemetryStore
    package var traces: any TraceQueries
    package var logs: LogEngine
    package var metrics: MetricStore
    /// Of each statement, and of a person's.
    package var limits: QueryLimits
    /// Where results of statements lie until they are sent; only files of exports are in it.
    package var directory: String
    /// False while the server starts: exports are then refused with 503.
    package var isReady: @Sendable () -> Bool = { true }
    /// Awaited before anything is read, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}

    package init(
        store: TelemetryStore, traces: any TraceQueries, logs: LogEngine, metrics: MetricStore, limits: QueryLimits,
        directory: String
    ) {
        self.store = store
        self.traces = traces
        self.logs = logs
        self.metrics = metrics
        self.limits = limits
        self.directory = directory
    }
}
