package import OTLPMessages
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stored points as OTLP messages, grouped by resource, scope and metric in order of first appearance.
package enum StoredMetricMessages {
    private struct MetricKey: Hashable {
        let group: Int
        let scope: Int
        let name: String
        let type: String
        let unit: String
        let description: String
        let temporality: Int32
        let isMonotonic: Bool
        let metadata: [StoredAttribute]

        init(_ series: StoredSeries, group: Int, scope: Int) {
            self.group = group
            self.scope = scope
            name = series.name
            type = series.type
            unit = series.unit
            description = series.description
            temporality = series.temporality
            isMonotonic = series.isMonotonic
            metadata = series.metadata
        }
    }

    /// Where the points of a series go.
    private struct Place {
        let group: Int
        let scope: Int
        let metric: Int
        let attributes: [OTLPKeyValue]
    }

    package static func resourceMetrics(_ metrics: StoredMetrics) -> [OTLPResourceMetrics] {
        var list: [OTLPResourceMetrics] = []
        var groups = StoredGroups()
        var metricPlaces: [MetricKey: Int] = [:]
        var places: [Int: Place] = [:]
        for point in metrics.points {
            guard metrics.series.indices.contains(point.series) else { continue }
            let place: Place
            if let known = places[point.series] {
                place = known
            } else {
                place = self.place(
                    of: metrics.series[point.series], metrics, in: &list, &groups, &metricPlaces)
                places[point.series] = place
            }
            list[place.group].scopeMetrics[place.scope].metrics[place.metric].append(point, place.attributes)
        }
        return list
    }

    private static func place(
        of exported: ExportedSeries, _ metrics: StoredMetrics, in list: inout [OTLPResourceMetrics],
        _ groups: inout StoredGroups, _ metricPlaces: inout [MetricKey: Int]
    ) -> Place {
        let series = exported.series
        let place = groups.place(resource: series.resourceID, scope: series.scopeID)
        if place.isNewGroup {
            var group = OTLPResourceMetrics()
            let resource = exported.resource ?? metrics.resources[series.resourceID]
            group.resource = StoredReferenceMessages.resource(resource, service: series.service)
            group.schemaURL = resource?.schemaURL ?? ""
            list.append(group)
        }
        if place.isNewScope {
            var group = OTLPScopeMetrics()
            let scope = metrics.scopes[series.scopeID]
            group.scope = StoredReferenceMessages.scope(scope)
            group.schemaURL = scope?.schemaURL ?? ""
            list[place.group].scopeMetrics.append(group)
        }
        let key = MetricKey(series, group: place.group, scope: place.scope)
        let metric: Int
        if let known = metricPlaces[key] {
            metric = known
        } else {
            metric = list[place.group].scopeMetrics[place.scope].metrics.count
            metricPlaces[key] = metric
            list[place.group].scopeMetrics[place.scope].metrics.append(message(series))
        }
        return Place(
            group: place.group, scope: place.scope, metric: metric,
            attributes: StoredReferenceMessages.attributes(series.attributes))
    }

    /// Without points.
    private static func message(_ series: StoredSeries) -> OTLPMetric {
        var metric = OTLPMetric()
        metric.name = series.name
        metric.unit = series.unit
        metric.description_p = series.description
        metric.metadata = StoredReferenceMessages.attributes(series.metadata)
        let temporality =
            OTLPAggregationTemporality(rawValue: Int(series.temporality)) ?? .UNRECOGNIZED(Int(series.temporality))
        switch MetricKind(rawValue: series.type) {
        case .sum:
            metric.sum.aggregationTemporality = temporality
            metric.sum.isMonotonic = series.isMonotonic
        case .histogram: metric.histogram.aggregationTemporality = temporality
        case .exponentialHistogram: metric.exponentialHistogram.aggregationTemporality = temporality
        case .summary: metric.summary = OTLPSummary()
        case .gauge, nil: metric.gauge = OTLPGauge()
        }
        return metric
    }
}

extension OTLPMetric {
    /// Adds a point whose value is of the metric's kind; another is left out.
    fileprivate mutating func append(_ point: StoredPoint, _ attributes: [OTLPKeyValue]) {
        let exemplars = point.exemplars.map(OTLPExemplar.init)
        let time = UInt64(clamping: point.time.nanoseconds)
        let start = UInt64(clamping: point.startTime.nanoseconds)
        switch point.value {
        case .number(let number):
            var message = OTLPNumberDataPoint()
            message.attributes = attributes
            message.timeUnixNano = time
            message.startTimeUnixNano = start
            message.flags = point.flags
            message.exemplars = exemplars
            switch number.kind {
            case .none: break
            case .double: message.asDouble = number.double
            case .int: message.asInt = number.int
            }
            if case .sum = data {
                sum.dataPoints.append(message)
            } else {
                gauge.dataPoints.append(message)
            }
        case .histogram(let value):
            var message = OTLPHistogramDataPoint()
            message.attributes = attributes
            message.timeUnixNano = time
            message.startTimeUnixNano = start
            message.flags = point.flags
            message.exemplars = exemplars
            message.count = value.count
            if value.presence.contains(.sum) { message.sum = value.sum }
            if value.presence.contains(.min) { message.min = value.min }
            if value.presence.contains(.max) { message.max = value.max }
            message.explicitBounds = value.bounds
            message.bucketCounts = value.bucketCounts
            histogram.dataPoints.append(message)
        case .exponentialHistogram(let value):
            var message = OTLPExponentialHistogramDataPoint()
            message.attributes = attributes
            message.timeUnixNano = time
            message.startTimeUnixNano = start
            message.flags = point.flags
            message.exemplars = exemplars
            message.count = value.count
            if value.presence.contains(.sum) { message.sum = value.sum }
            if value.presence.contains(.min) { message.min = value.min }
            if value.presence.contains(.max) { message.max = value.max }
            message.scale = value.scale
            message.zeroCount = value.zeroCount
            message.zeroThreshold = value.zeroThreshold
            if let side = Self.side(value.positive) { message.positive = side }
            if let side = Self.side(value.negative) { message.negative = side }
            exponentialHistogram.dataPoints.append(message)
        case .summary(let value):
            var message = OTLPSummaryDataPoint()
            message.attributes = attributes
            message.timeUnixNano = time
            message.startTimeUnixNano = start
            message.flags = point.flags
            message.count = value.count
            message.sum = value.sum
            message.quantileValues = zip(value.quantiles, value.values).map { quantile, value in
                var pair = OTLPSummaryDataPoint.ValueAtQuantile()
                pair.quantile = quantile
                pair.value = value
                return pair
            }
            summary.dataPoints.append(message)
        }
    }

    /// A side without anything is left out: nobody knows any more whether it was sent.
    private static func side(_ buckets: StoredPoint.Buckets) -> OTLPExponentialHistogramDataPoint.Buckets? {
        guard buckets.offset != 0 || !buckets.counts.isEmpty else { return nil }
        var message = OTLPExponentialHistogramDataPoint.Buckets()
        message.offset = buckets.offset
        message.bucketCounts = buckets.counts
        return message
    }
}

extension OTLPExemplar {
    fileprivate init(_ stored: StoredExemplar) {
        self.init()
        timeUnixNano = UInt64(clamping: stored.time.nanoseconds)
        switch stored.number.kind {
        case .none: break
        case .double: asDouble = stored.number.double
        case .int: asInt = stored.number.int
        }
        if !stored.traceID.isZero { traceID = Data(stored.traceID.bytes) }
        if !stored.spanID.isZero { spanID = Data(stored.spanID.bytes) }
        filteredAttributes = StoredReferenceMessages.attributes(stored.attributes)
    }
}
