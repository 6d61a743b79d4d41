package import QueryEngines
package import TelemetryModel

/// What the Jaeger API answers from.
package struct JaegerDependencies: Sendable {
    package let queries: any TraceQueries
    /// Nanoseconds since the Unix epoch.
    package var now: @Sendable () -> Int64 = { Timestamp.now().nanoseconds }
    /// Awaited before what reads stored spans, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    /// Copies a trace to where retention does not reach it; false when there is no such trace. Nil: archiving is
    /// refused as unsupported.
    package var archive: (@Sendable (TraceID) async throws -> Bool)?
    /// Shown at `/`.
    package var notice = """
        This is the Jaeger query API of Martlet: /api and /api/v3.
        It has no web page of its own. Point a Jaeger UI, or Grafana's Jaeger data source, at this address.

        """

    package init(queries: any TraceQueries) {
        self.queries = queries
    }
}
