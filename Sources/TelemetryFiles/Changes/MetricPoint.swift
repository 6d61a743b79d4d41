import OTLPMessages

/// What the five kinds of points have in common.
protocol MetricPoint {
    var timeUnixNano: UInt64 { get set }
    var startTimeUnixNano: UInt64 { get set }
    mutating func changeExemplars(_ change: (inout OTLPExemplar) -> Void)
}

extension OTLPNumberDataPoint: MetricPoint {
    mutating func changeExemplars(_ change: (inout OTLPExemplar) -> Void) {
        for index in exemplars.indices { change(&exemplars[index]) }
    }
}

extension OTLPHistogramDataPoint: MetricPoint {
    mutating func changeExemplars(_ change: (inout OTLPExemplar) -> Void) {
        for index in exemplars.indices { change(&exemplars[index]) }
    }
}

extension OTLPExponentialHistogramDataPoint: MetricPoint {
    mutating func changeExemplars(_ change: (inout OTLPExemplar) -> Void) {
        for index in exemplars.indices { change(&exemplars[index]) }
    }
}

extension OTLPSummaryDataPoint: MetricPoint {
    /// A summary has none.
    mutating func changeExemplars(_ change: (inout OTLPExemplar) -> Void) {}
}

/// Something that changes points of every kind.
protocol MetricPointChange {
    func apply(_ point: inout some MetricPoint)
}

extension MetricPointChange {
    func apply(_ metric: inout OTLPMetric) {
        switch metric.data {
        case .gauge(var gauge):
            metric.data = nil
            for index in gauge.dataPoints.indices { apply(&gauge.dataPoints[index]) }
            metric.data = .gauge(gauge)
        case .sum(var sum):
            metric.data = nil
            for index in sum.dataPoints.indices { apply(&sum.dataPoints[index]) }
            metric.data = .sum(sum)
        case .histogram(var histogram):
            metric.data = nil
            for index in histogram.dataPoints.indices { apply(&histogram.dataPoints[index]) }
            metric.data = .histogram(histogram)
        case .exponentialHistogram(var histogram):
            metric.data = nil
            for index in histogram.dataPoints.indices { apply(&histogram.dataPoints[index]) }
            metric.data = .exponentialHistogram(histogram)
        case .summary(var summary):
            metric.data = nil
            for index in summary.dataPoints.indices { apply(&summary.dataPoints[index]) }
            metric.data = .summary(summary)
        case nil: break
        }
    }
}

extension OTLPMetricsRequest {
    mutating func changePoints(_ change: some MetricPointChange) {
        for group in resourceMetrics.indices {
            for scope in resourceMetrics[group].scopeMetrics.indices {
                for index in resourceMetrics[group].scopeMetrics[scope].metrics.indices {
                    change.apply(&resourceMetrics[group].scopeMetrics[scope].metrics[index])
                }
            }
        }
    }
}
