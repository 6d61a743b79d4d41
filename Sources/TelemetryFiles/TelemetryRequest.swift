package import OTLPMessages
package import TelemetryModel

/// Telemetry of one signal as an OTLP request: what files hold and what importing sends.
package enum TelemetryRequest: Sendable {
    case traces(OTLPTraceRequest)
    case metrics(OTLPMetricsRequest)
    case logs(OTLPLogsRequest)

    package var signal: Signal {
        switch self {
        case .traces: .traces
        case .metrics: .metrics
        case .logs: .logs
        }
    }

    /// Spans, points or log records.
    package var items: Int {
        switch self {
        case .traces(let request):
            request.resourceSpans.reduce(0) { $1.scopeSpans.reduce($0) { $0 + $1.spans.count } }
        case .metrics(let request):
            request.resourceMetrics.reduce(0) {
                $1.scopeMetrics.reduce($0) { $1.metrics.reduce($0) { $0 + $1.pointCount } }
            }
        case .logs(let request):
            request.resourceLogs.reduce(0) { $1.scopeLogs.reduce($0) { $0 + $1.logRecords.count } }
        }
    }
}
