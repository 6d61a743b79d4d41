package import QueryEngines
package import TelemetryModel

/// What the page's questions about traces are answered from.
package struct TraceUIDependencies: Sendable {
    package var queries: any TraceQueries
    package var analyses: any TraceAnalyses
    /// False while the server starts: questions are then refused with 503.
    package var isReady: @Sendable () -> Bool = { true }
    /// Awaited before spans are read, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    package var now: @Sendable () -> Timestamp = { .now() }

    package init(queries: any TraceQueries, analyses: any TraceAnalyses) {
        self.queries = queries
        self.analyses = analyses
    }
}
