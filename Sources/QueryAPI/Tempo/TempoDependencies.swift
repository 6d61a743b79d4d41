package import QueryEngines
import TelemetryModel

/// What the Tempo API answers from.
package struct TempoDependencies: Sendable {
    package var queries: any TraceQueries
    /// Shown by `/api/status/buildinfo`: clients read a semantic version of Tempo there and decide by it what they may
    /// ask.
    package var version = "2.9.0"
    /// False while the server starts: what reads spans is then refused with 503.
    package var isReady: @Sendable () -> Bool = { true }
    /// Awaited before spans are read, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    /// Nanoseconds since the Unix epoch.
    package var now: @Sendable () -> Int64

    package init(queries: any TraceQueries, now: @escaping @Sendable () -> Int64) {
        self.queries = queries
        self.now = now
    }
}
