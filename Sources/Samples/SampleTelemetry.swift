package import OTLPMessages

/// One batch of sample telemetry, ready to be sent: a request for each signal.
package struct SampleTelemetry: Sendable {
    /// What one request of each signal carries, so that a sender can check that all of it arrived.
    package struct Counts: Sendable, Equatable {
        package var spans = 0
        package var dataPoints = 0
        package var logRecords = 0
    }

    package let traces: OTLPTraceRequest
    /// Without resource metrics when the application sends no metrics; the same holds for `logs`.
    package let metrics: OTLPMetricsRequest
    package let logs: OTLPLogsRequest
    /// 32 lowercase hexadecimal digits each, in the order in which the traces were made.
    package let traceIDs: [String]
    package let counts: Counts

    init(traces: OTLPTraceRequest, metrics: OTLPMetricsRequest, logs: OTLPLogsRequest, traceIDs: [String]) {
        self.traces = traces
        self.metrics = metrics
        self.logs = logs
        self.traceIDs = traceIDs
        // Counted from the finished messages, not while they are made, so that the numbers cannot drift from them.
        counts = Counts(
            spans: traces.resourceSpans.sum { $0.scopeSpans.sum(of: \.spans.count) },
            dataPoints: metrics.resourceMetrics.sum { $0.scopeMetrics.sum { $0.metrics.sum(of: \.pointCount) } },
            logRecords: logs.resourceLogs.sum { $0.scopeLogs.sum(of: \.logRecords.count) })
    }
}

extension Sequence {
    fileprivate func sum(of count: (Element) -> Int) -> Int {
        reduce(0) { $0 + count($1) }
    }
}
