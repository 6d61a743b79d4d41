package import QueryEngines

/// What the Loki API answers from.
package struct LokiDependencies: Sendable {
    package var queries: any LogQueries
    /// Shown by `/loki/api/v1/status/buildinfo`: clients read a semantic version of Loki there and decide by it what
    /// they may ask. It is that of the Loki whose API documents are followed here.
    package var version = "3.5.8"
    /// False while the server starts: what reads logs is then refused with 503.
    package var isReady: @Sendable () -> Bool = { true }
    /// Awaited before logs are read, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    /// Nanoseconds since the Unix epoch.
    package var now: @Sendable () -> Int64

    package init(queries: any LogQueries, now: @escaping @Sendable () -> Int64) {
        self.queries = queries
        self.now = now
    }
}
