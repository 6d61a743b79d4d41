/// Metrics that Martlet makes of spans itself: span metrics and the service graph, by the names that Tempo gives them.
///
/// Copies of telemetry leave them out: whoever reads the copy in has the spans, and makes them again.
package enum DerivedMetricNames {
    /// Who sends them, in the ledger.
    package static let sender = "spans"

    private static let prefixes = ["traces_spanmetrics_", "traces_service_graph_"]

    package static func isDerived(_ name: String) -> Bool { prefixes.contains { name.hasPrefix($0) } }
}
