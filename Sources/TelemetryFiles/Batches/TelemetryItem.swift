import OTLPMessages
import SwiftProtobuf
package import TelemetryModel

/// What an item has in common with others of its request. Items with the same object belong together.
package final class ItemContext: Sendable {
    fileprivate let signal: Signal
    /// The same for all scopes of a resource's group.
    fileprivate let group: Int
    fileprivate let resource: OTLPResource
    fileprivate let resourceSchema: String
    fileprivate let scope: OTLPScope
    fileprivate let scopeSchema: String
    fileprivate let hasResource: Bool
    fileprivate let hasScope: Bool

    fileprivate init(
        _ signal: Signal, group: Int, resource: OTLPResource?, resourceSchema: String, scope: OTLPScope?,
        scopeSchema: String
    ) {
        self.signal = signal
        self.group = group
        self.resource = resource ?? OTLPResource()
        self.resourceSchema = resourceSchema
        self.scope = scope ?? OTLPScope()
        self.scopeSchema = scopeSchema
        hasResource = resource != nil
        hasScope = scope != nil
    }
}

/// A span, a point of a metric or a log record, taken out of its request.
package struct TelemetryItem: Sendable {
    fileprivate enum Payload: Sendable {
        case span(OTLPSpan)
        /// A metric with one point, and the number of the metric within its context.
        case point(OTLPMetric, metric: Int)
        case log(OTLPLogRecord)
    }

    package let context: ItemContext
    fileprivate let payload: Payload
    /// See `RequestTimes`; 0 when it is not known.
    package let time: UInt64

    package var signal: Signal { context.signal }
}

extension TelemetryRequest {
    /// The items in order. Groups and metrics without any leave nothing.
    package func itemized() -> [TelemetryItem] {
        var items: [TelemetryItem] = []
        items.reserveCapacity(self.items)
        switch self {
        case .traces(let request):
            for (number, group) in request.resourceSpans.enumerated() {
                for scope in group.scopeSpans where !scope.spans.isEmpty {
                    let context = ItemContext(
                        .traces, group: number, resource: group.hasResource ? group.resource : nil,
                        resourceSchema: group.schemaURL, scope: scope.hasScope ? scope.scope : nil,
                        scopeSchema: scope.schemaURL)
                    items += scope.spans.map { TelemetryItem(context: context, payload: .span($0), time: $0.time) }
                }
            }
        case .metrics(let request):
            for (number, group) in request.resourceMetrics.enumerated() {
                for scope in group.scopeMetrics where !scope.metrics.isEmpty {
                    let context = ItemContext(
                        .metrics, group: number, resource: group.hasResource ? group.resource : nil,
                        resourceSchema: group.schemaURL, scope: scope.hasScope ? scope.scope : nil,
                        scopeSchema: scope.schemaURL)
                    for (number, metric) in scope.metrics.enumerated() {
                        items += metric.singlePoints().map { metric, time in
                            TelemetryItem(context: context, payload: .point(metric, metric: number), time: time)
                        }
                    }
                }
            }
        case .logs(let request):
            for (number, group) in request.resourceLogs.enumerated() {
                for scope in group.scopeLogs where !scope.logRecords.isEmpty {
                    let context = ItemContext(
                        .logs, group: number, resource: group.hasResource ? group.resource : nil,
                        resourceSchema: group.schemaURL, scope: scope.hasScope ? scope.scope : nil,
                        scopeSchema: scope.schemaURL)
                    items += scope.logRecords.map { TelemetryItem(context: context, payload: .log($0), time: $0.time) }
                }
            }
        }
        return items
    }

    /// A request of items of one signal; neighbours that belong together share their resource, scope and metric. Items of
    /// another signal than the first one's are left out; nil without any.
    package init?(_ items: some Sequence<TelemetryItem>) {
        var traces = OTLPTraceRequest()
        var metrics = OTLPMetricsRequest()
        var logs = OTLPLogsRequest()
        var (previous, previousMetric): (ItemContext?, Int?) = (nil, nil)
        var signal: Signal?
        for item in items where signal == nil || signal == item.signal {
            signal = item.signal
            let context = item.context
            let isNewScope = previous !== context
            // Scopes of one group stand behind each other and have equal resources, so that the number tells.
            let isNewGroup =
                isNewScope && (previous.map { $0.group != context.group || $0.resource != context.resource } ?? true)
            switch item.payload {
            case .span(let span):
                if isNewGroup {
                    traces.resourceSpans.append(
                        .with {
                            if context.hasResource { $0.resource = context.resource }
                            $0.schemaURL = context.resourceSchema
                        })
                }
                let group = traces.resourceSpans.count - 1
                if isNewScope {
                    traces.resourceSpans[group].scopeSpans.append(
                        .with {
                            if context.hasScope { $0.scope = context.scope }
                            $0.schemaURL = context.scopeSchema
                        })
                }
                let scope = traces.resourceSpans[group].scopeSpans.count - 1
                traces.resourceSpans[group].scopeSpans[scope].spans.append(span)
            case .log(let record):
                if isNewGroup {
                    logs.resourceLogs.append(
                        .with {
                            if context.hasResource { $0.resource = context.resource }
                            $0.schemaURL = context.resourceSchema
                        })
                }
                let group = logs.resourceLogs.count - 1
                if isNewScope {
                    logs.resourceLogs[group].scopeLogs.append(
                        .with {
                            if context.hasScope { $0.scope = context.scope }
                            $0.schemaURL = context.scopeSchema
                        })
                }
                let scope = logs.resourceLogs[group].scopeLogs.count - 1
                logs.resourceLogs[group].scopeLogs[scope].logRecords.append(record)
            case .point(let metric, let number):
                if isNewGroup {
                    metrics.resourceMetrics.append(
                        .with {
                            if context.hasResource { $0.resource = context.resource }
                            $0.schemaURL = context.resourceSchema
                        })
                }
                let group = metrics.resourceMetrics.count - 1
                if isNewScope {
                    metrics.resourceMetrics[group].scopeMetrics.append(
                        .with {
                            if context.hasScope { $0.scope = context.scope }
                            $0.schemaURL = context.scopeSchema
                        })
                }
                let scope = metrics.resourceMetrics[group].scopeMetrics.count - 1
                let count = metrics.resourceMetrics[group].scopeMetrics[scope].metrics.count
                if !isNewScope, previousMetric == number, count > 0 {
                    metrics.resourceMetrics[group].scopeMetrics[scope].metrics[count - 1].append(pointOf: metric)
                } else {
                    metrics.resourceMetrics[group].scopeMetrics[scope].metrics.append(metric)
                }
                previousMetric = number
            }
            previous = context
        }
        switch signal {
        case .traces: self = .traces(traces)
        case .metrics: self = .metrics(metrics)
        case .logs: self = .logs(logs)
        case nil: return nil
        }
    }
}

extension OTLPMetric {
    /// The metric once for each of its points, with the point's time.
    fileprivate func singlePoints() -> [(OTLPMetric, UInt64)] {
        var single = self
        switch data {
        case .gauge(let gauge):
            return gauge.dataPoints.map { point in
                var data = gauge
                data.dataPoints = [point]
                single.data = .gauge(data)
                return (single, point.timeUnixNano)
            }
        case .sum(let sum):
            return sum.dataPoints.map { point in
                var data = sum
                data.dataPoints = [point]
                single.data = .sum(data)
                return (single, point.timeUnixNano)
            }
        case .histogram(let histogram):
            return histogram.dataPoints.map { point in
                var data = histogram
                data.dataPoints = [point]
                single.data = .histogram(data)
                return (single, point.timeUnixNano)
            }
        case .exponentialHistogram(let histogram):
            return histogram.dataPoints.map { point in
                var data = histogram
                data.dataPoints = [point]
                single.data = .exponentialHistogram(data)
                return (single, point.timeUnixNano)
            }
        case .summary(let summary):
            return summary.dataPoints.map { point in
                var data = summary
                data.dataPoints = [point]
                single.data = .summary(data)
                return (single, point.timeUnixNano)
            }
        case nil: return []
        }
    }

    /// Adds the points of the same metric.
    fileprivate mutating func append(pointOf other: OTLPMetric) {
        switch (data, other.data) {
        case (.gauge, .gauge(let more)): gauge.dataPoints += more.dataPoints
        case (.sum, .sum(let more)): sum.dataPoints += more.dataPoints
        case (.histogram, .histogram(let more)): histogram.dataPoints += more.dataPoints
        case (.exponentialHistogram, .exponentialHistogram(let more)):
            exponentialHistogram.dataPoints += more.dataPoints
        case (.summary, .summary(let more)): summary.dataPoints += more.dataPoints
        default: break
        }
    }
}
