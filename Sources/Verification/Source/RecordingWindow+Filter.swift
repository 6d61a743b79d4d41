import OTLPMessages
import TelemetryFiles
import TelemetryModel

extension RecordingWindow {
    /// The request without what lies outside of the window; nil when nothing is left.
    func part(of request: TelemetryRequest) -> TelemetryRequest? {
        guard signals.contains(request.signal) else { return nil }
        if start == nil, end == nil, services.isEmpty, traces.isEmpty { return request }
        switch request {
        case .traces(var request):
            request.resourceSpans.removeAll { !hasService($0.resource) }
            for group in request.resourceSpans.indices {
                for scope in request.resourceSpans[group].scopeSpans.indices {
                    request.resourceSpans[group].scopeSpans[scope].spans.removeAll {
                        !contains($0.startTimeUnixNano) || !hasTrace(TraceID(bytes: $0.traceID))
                    }
                }
            }
            return .traces(request)
        case .logs(var request):
            request.resourceLogs.removeAll { !hasService($0.resource) }
            for group in request.resourceLogs.indices {
                for scope in request.resourceLogs[group].scopeLogs.indices {
                    request.resourceLogs[group].scopeLogs[scope].logRecords.removeAll {
                        // Zero means that the sender did not know it (OTLP logs.proto, LogRecord).
                        let time = $0.timeUnixNano == 0 ? $0.observedTimeUnixNano : $0.timeUnixNano
                        return !contains(time) || !hasTrace(TraceID(bytes: $0.traceID))
                    }
                }
            }
            return .logs(request)
        case .metrics(var request):
            // Points belong to no trace.
            guard traces.isEmpty else { return nil }
            request.resourceMetrics.removeAll { !hasService($0.resource) }
            for group in request.resourceMetrics.indices {
                for scope in request.resourceMetrics[group].scopeMetrics.indices {
                    for metric in request.resourceMetrics[group].scopeMetrics[scope].metrics.indices {
                        keepPoints(&request.resourceMetrics[group].scopeMetrics[scope].metrics[metric])
                    }
                }
            }
            return .metrics(request)
        }
    }

    private func keepPoints(_ metric: inout OTLPMetric) {
        switch metric.data {
        case .gauge: metric.gauge.dataPoints.removeAll { !contains($0.timeUnixNano) }
        case .sum: metric.sum.dataPoints.removeAll { !contains($0.timeUnixNano) }
        case .histogram: metric.histogram.dataPoints.removeAll { !contains($0.timeUnixNano) }
        case .exponentialHistogram:
            metric.exponentialHistogram.dataPoints.removeAll { !contains($0.timeUnixNano) }
        case .summary: metric.summary.dataPoints.removeAll { !contains($0.timeUnixNano) }
        case nil: break
        }
    }

    private func contains(_ time: UInt64) -> Bool { time >= start ?? 0 && end.map { time < $0 } ?? true }

    private func hasTrace(_ trace: TraceID?) -> Bool {
        traces.isEmpty || trace.map { traces.contains($0) } ?? false
    }

    private func hasService(_ resource: OTLPResource) -> Bool {
        services.isEmpty
            || services.contains(
                resource.attributes.first { $0.key == "service.name" }.map(\.value.stringValue) ?? "")
    }
}
