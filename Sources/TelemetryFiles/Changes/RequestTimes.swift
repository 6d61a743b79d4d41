package import OTLPMessages

/// When the items of requests happened. Nanoseconds since the Unix epoch; zero is "not known" and left out.
///
/// An item's time is when it was complete: the end of a span, the time of a point, that of a log record or, when it has
/// none, when it was observed.
package struct RequestTimes: Sendable, Equatable {
    package private(set) var oldest: UInt64?
    package private(set) var newest: UInt64?

    package init() {}

    package mutating func add(_ request: TelemetryRequest) {
        switch request {
        case .traces(let request):
            for group in request.resourceSpans {
                for scope in group.scopeSpans { for span in scope.spans { add(span.time) } }
            }
        case .metrics(let request):
            for group in request.resourceMetrics {
                for scope in group.scopeMetrics { for metric in scope.metrics { metric.eachTime { add($0) } } }
            }
        case .logs(let request):
            for group in request.resourceLogs {
                for scope in group.scopeLogs { for record in scope.logRecords { add(record.time) } }
            }
        }
    }

    package mutating func add(_ time: UInt64) {
        guard time != 0 else { return }
        oldest = min(oldest ?? time, time)
        newest = max(newest ?? time, time)
    }
}

extension OTLPSpan {
    package var time: UInt64 { endTimeUnixNano == 0 ? startTimeUnixNano : endTimeUnixNano }
}

extension OTLPLogRecord {
    package var time: UInt64 { timeUnixNano == 0 ? observedTimeUnixNano : timeUnixNano }
}

extension OTLPMetric {
    fileprivate func eachTime(_ body: (UInt64) -> Void) {
        switch data {
        case .gauge(let gauge): for point in gauge.dataPoints { body(point.timeUnixNano) }
        case .sum(let sum): for point in sum.dataPoints { body(point.timeUnixNano) }
        case .histogram(let histogram): for point in histogram.dataPoints { body(point.timeUnixNano) }
        case .exponentialHistogram(let histogram): for point in histogram.dataPoints { body(point.timeUnixNano) }
        case .summary(let summary): for point in summary.dataPoints { body(point.timeUnixNano) }
        case nil: break
        }
    }
}
