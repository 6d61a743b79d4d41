package import QueryEngines
package import TelemetryModel

/// What the page's and the command line's questions about logs are answered from.
package struct LogUIDependencies: Sendable {
    package var queries: any LogQueries
    /// False while the server starts: questions are then refused with 503.
    package var isReady: @Sendable () -> Bool = { true }
    /// Awaited before logs are read, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    package var now: @Sendable () -> Timestamp = { .now() }

    package init(queries: any LogQueries) {
        self.queries = queries
    }
}
