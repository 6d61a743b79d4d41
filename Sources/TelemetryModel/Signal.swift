/// One of the three kinds of telemetry; the raw value is its name in paths, metric labels and messages.
package enum Signal: String, CaseIterable, Sendable, Hashable {
    case traces
    case metrics
    case logs

    /// What one item of the signal is called in OTLP's partial success and in messages.
    package var itemNoun: String {
        switch self {
        case .traces: "spans"
        case .metrics: "data points"
        case .logs: "log records"
        }
    }
}
