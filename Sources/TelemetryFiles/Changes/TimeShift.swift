import OTLPMessages

/// Moves telemetry in time: starts and ends of spans, events, points with their starts and exemplars, log records. A time
/// of zero says that there is none and stays.
package struct TimeShift: Sendable, Equatable {
    /// What is added. Past the ends of the range, times stay at them; nothing becomes zero.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// So that one time becomes another.
    package init(from time: UInt64, to other: UInt64) {
        nanoseconds = Int64(clamping: Int128(other) - Int128(time))
    }

    package func shifted(_ time: UInt64) -> UInt64 {
        guard time != 0 else { return 0 }
        if nanoseconds >= 0 {
            let (sum, overflow) = time.addingReportingOverflow(UInt64(nanoseconds))
            return overflow ? .max : sum
        }
        let (rest, overflow) = time.subtractingReportingOverflow(nanoseconds.magnitude)
        return overflow ? 1 : max(1, rest)
    }

    package func apply(_ request: inout TelemetryRequest) {
        guard nanoseconds != 0 else { return }
        switch request {
        case .traces(var traces):
            request = .traces(OTLPTraceRequest())
            apply(&traces)
            request = .traces(traces)
        case .metrics(var metrics):
            request = .metrics(OTLPMetricsRequest())
            metrics.changePoints(self)
            request = .metrics(metrics)
        case .logs(var logs):
            request = .logs(OTLPLogsRequest())
            apply(&logs)
            request = .logs(logs)
        }
    }

    private func apply(_ request: inout OTLPTraceRequest) {
        for group in request.resourceSpans.indices {
            for scope in request.resourceSpans[group].scopeSpans.indices {
                for index in request.resourceSpans[group].scopeSpans[scope].spans.indices {
                    apply(&request.resourceSpans[group].scopeSpans[scope].spans[index])
                }
            }
        }
    }

    private func apply(_ span: inout OTLPSpan) {
        span.startTimeUnixNano = shifted(span.startTimeUnixNano)
        span.endTimeUnixNano = shifted(span.endTimeUnixNano)
        for index in span.events.indices { span.events[index].timeUnixNano = shifted(span.events[index].timeUnixNano) }
    }

    private func apply(_ request: inout OTLPLogsRequest) {
        for group in request.resourceLogs.indices {
            for scope in request.resourceLogs[group].scopeLogs.indices {
                for index in request.resourceLogs[group].scopeLogs[scope].logRecords.indices {
                    apply(&request.resourceLogs[group].scopeLogs[scope].logRecords[index])
                }
            }
        }
    }

    private func apply(_ record: inout OTLPLogRecord) {
        record.timeUnixNano = shifted(record.timeUnixNano)
        record.observedTimeUnixNano = shifted(record.observedTimeUnixNano)
    }

    func apply(_ point: inout some MetricPoint) {
        point.timeUnixNano = shifted(point.timeUnixNano)
        point.startTimeUnixNano = shifted(point.startTimeUnixNano)
        point.changeExemplars { $0.timeUnixNano = shifted($0.timeUnixNano) }
    }
}

extension TimeShift: MetricPointChange {}
