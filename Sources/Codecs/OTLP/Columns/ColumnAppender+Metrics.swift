package import OTLPMessages
import PrometheusModel
import TelemetryModel

extension ColumnAppender {
    package mutating func append(_ request: OTLPMetricsRequest) {
        for resourceMetrics in request.resourceMetrics {
            target.forgetPoints()
            let service = resourceMetrics.resource.serviceName
            let resourceID = id(of: resourceMetrics.resource, schemaURL: resourceMetrics.schemaURL)
            let metricTarget = MetricTarget(resourceMetrics.resource)
            for scopeMetrics in resourceMetrics.scopeMetrics {
                let scopeID = id(of: scopeMetrics.scope, schemaURL: scopeMetrics.schemaURL)
                for metric in scopeMetrics.metrics {
                    append(
                        Stream(
                            metric, service: service, resourceID: resourceID, scopeID: scopeID,
                            saysCumulativeForDelta: metricTarget.saysCumulativeForDelta))
                }
                appendTargetInfo(of: metricTarget)
            }
        }
    }

    /// A metric with where it came from; a series is a stream and one set of attributes.
    struct Stream {
        let metric: OTLPMetric
        let service: String
        let resourceID: UInt64
        let scopeID: UInt64
        /// See `ResourceLabels.saysCumulativeForDelta`.
        let saysCumulativeForDelta: Bool
        var type = MetricKind.gauge
        var temporality: Int32 = 0
        var isMonotonic = false

        func isDelta(start: UInt64, time: UInt64) -> Bool {
            DeltaRule.isDelta(
                temporality, type, isMonotonic, saysCumulativeForDelta: saysCumulativeForDelta,
                startIsTime: start == time)
        }

        init(
            _ metric: OTLPMetric, service: String, resourceID: UInt64, scopeID: UInt64, saysCumulativeForDelta: Bool
        ) {
            self.saysCumulativeForDelta = saysCumulativeForDelta
            self.metric = metric
            self.service = service
            self.resourceID = resourceID
            self.scopeID = scopeID
            switch metric.data {
            case .sum(let sum):
                type = .sum
                temporality = Int32(truncatingIfNeeded: sum.aggregationTemporality.rawValue)
                isMonotonic = sum.isMonotonic
            case .histogram(let histogram):
                type = .histogram
                temporality = Int32(truncatingIfNeeded: histogram.aggregationTemporality.rawValue)
            case .exponentialHistogram(let histogram):
                type = .exponentialHistogram
                temporality = Int32(truncatingIfNeeded: histogram.aggregationTemporality.rawValue)
            case .summary: type = .summary
            case .gauge, nil: break
            }
        }
    }

    mutating func append(_ stream: Stream) {
        guard !stream.metric.name.isEmpty else {
            return outcome.reject(.missingMetricName, count: stream.metric.pointCount)
        }
        switch stream.metric.data {
        case .gauge(let gauge): append(gauge.dataPoints, of: stream)
        case .sum(let sum): append(sum.dataPoints, of: stream)
        case .histogram(let histogram): for point in histogram.dataPoints { append(point, of: stream) }
        case .exponentialHistogram(let histogram): for point in histogram.dataPoints { append(point, of: stream) }
        case .summary(let summary): for point in summary.dataPoints { append(point, of: stream) }
        case nil: break
        }
    }

    private mutating func append(_ points: [OTLPNumberDataPoint], of stream: Stream) {
        let rows = batch.samples
        for point in points {
            let series = id(of: stream, attributes: point.attributes)
            rows.seriesID.append(series)
            rows.receivedTime.append(receivedTime)
            rows.hour.append(Timestamp(clamping: point.timeUnixNano).hours)
            rows.time.append(Timestamp(clamping: point.timeUnixNano))
            rows.startTime.append(Timestamp(clamping: point.startTimeUnixNano))
            let number = Number(point.value)
            rows.value.append(number.kind == .none && point.flags & 1 == 1 ? StaleMarker.value : number.double)
            rows.intValue.append(number.int)
            rows.valueKind.append(number.kind.rawValue)
            rows.flags.append(point.flags)
            let isDelta = stream.isDelta(start: point.startTimeUnixNano, time: point.timeUnixNano)
            rows.total.append(
                isDelta
                    ? total(
                        of: series, number.double, start: point.startTimeUnixNano, time: point.timeUnixNano,
                        flags: point.flags) : 0)
            target.note(Timestamp(clamping: point.timeUnixNano))
            append(point.exemplars, of: series, pointTime: point.timeUnixNano)
            outcome.accepted += 1
        }
    }

    private mutating func append(_ point: OTLPHistogramDataPoint, of stream: Stream) {
        // "The number of elements in bucket_counts array must be by one greater than the number of elements in
        // explicit_bounds array. The exception to this rule is when the length of bucket_counts is 0" (metrics.proto).
        // The Automagik client for TypeScript sends one count and no bounds, which fits.
        guard point.bucketCounts.isEmpty || point.bucketCounts.count == point.explicitBounds.count + 1 else {
            return outcome.reject(.bucketCountMismatch)
        }
        guard zip(point.explicitBounds, point.explicitBounds.dropFirst()).allSatisfy({ $0 < $1 }),
            point.explicitBounds.first?.isNaN != true
        else {
            return outcome.reject(.boundsNotIncreasing)
        }
        let rows = batch.histograms
        let series = id(of: stream, attributes: point.attributes)
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(Timestamp(clamping: point.timeUnixNano).hours)
        rows.time.append(Timestamp(clamping: point.timeUnixNano))
        rows.startTime.append(Timestamp(clamping: point.startTimeUnixNano))
        rows.pointCount.append(point.count)
        rows.sum.append(point.sum)
        rows.min.append(point.min)
        rows.max.append(point.max)
        rows.presence.append(presence(sum: point.hasSum, min: point.hasMin, max: point.hasMax))
        append(point.explicitBounds, to: rows.bounds)
        append(point.bucketCounts, to: rows.bucketCounts)
        rows.flags.append(point.flags)
        appendTotals(
            ofLastRowIn: rows, isDelta: stream.isDelta(start: point.startTimeUnixNano, time: point.timeUnixNano))
        target.note(Timestamp(clamping: point.timeUnixNano))
        append(point.exemplars, of: series, pointTime: point.timeUnixNano)
        outcome.accepted += 1
    }

    mutating func append(_ point: OTLPExponentialHistogramDataPoint, of stream: Stream) {
        let rows = batch.exponentialHistograms
        let series = id(of: stream, attributes: point.attributes)
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(Timestamp(clamping: point.timeUnixNano).hours)
        rows.time.append(Timestamp(clamping: point.timeUnixNano))
        rows.startTime.append(Timestamp(clamping: point.startTimeUnixNano))
        rows.pointCount.append(point.count)
        rows.sum.append(point.sum)
        rows.min.append(point.min)
        rows.max.append(point.max)
        rows.presence.append(presence(sum: point.hasSum, min: point.hasMin, max: point.hasMax))
        rows.scale.append(point.scale)
        rows.zeroCount.append(point.zeroCount)
        rows.zeroThreshold.append(point.zeroThreshold)
        rows.positiveOffset.append(point.positive.offset)
        append(point.positive.bucketCounts, to: rows.positiveCounts)
        rows.negativeOffset.append(point.negative.offset)
        append(point.negative.bucketCounts, to: rows.negativeCounts)
        rows.flags.append(point.flags)
        if stream.isDelta(start: point.startTimeUnixNano, time: point.timeUnixNano) { appendTotals(ofLastRowIn: rows) }
        target.note(Timestamp(clamping: point.timeUnixNano))
        append(point.exemplars, of: series, pointTime: point.timeUnixNano)
        outcome.accepted += 1
    }

    private mutating func append(_ point: OTLPSummaryDataPoint, of stream: Stream) {
        let rows = batch.summaries
        rows.seriesID.append(id(of: stream, attributes: point.attributes))
        rows.receivedTime.append(receivedTime)
        rows.time.append(Timestamp(clamping: point.timeUnixNano))
        rows.startTime.append(Timestamp(clamping: point.startTimeUnixNano))
        rows.pointCount.append(point.count)
        rows.sum.append(point.sum)
        append(point.quantileValues.map(\.quantile), to: rows.quantiles)
        append(point.quantileValues.map(\.value), to: rows.quantileValues)
        rows.flags.append(point.flags)
        target.note(Timestamp(clamping: point.timeUnixNano))
        outcome.accepted += 1
    }

    private mutating func append(_ exemplars: [OTLPExemplar], of series: UInt64, pointTime: UInt64) {
        let rows = batch.exemplars
        for exemplar in exemplars {
            rows.seriesID.append(series)
            rows.receivedTime.append(receivedTime)
            rows.time.append(Timestamp(clamping: exemplar.timeUnixNano))
            rows.pointTime.append(Timestamp(clamping: pointTime))
            let number = Number(exemplar.value)
            rows.value.append(number.double)
            rows.intValue.append(number.int)
            rows.valueKind.append(number.kind.rawValue)
            var attributes = exemplar.filteredAttributes
            let traceID = exemplar.traceID.isEmpty ? .zero : TraceID(bytes: exemplar.traceID)
            let spanID = exemplar.spanID.isEmpty ? .zero : SpanID(bytes: exemplar.spanID)
            if traceID == nil || spanID == nil {
                attributes.append(original: "martlet.original_trace_id", exemplar.traceID)
                attributes.append(original: "martlet.original_span_id", exemplar.spanID)
                outcome.repairs.add(.exemplarIDLength)
            }
            rows.traceID.append(StoredTraceID(traceID ?? .zero))
            rows.spanID.append(StoredSpanID(spanID ?? .zero))
            append(attributes, to: rows.attributes)
        }
    }

    /// The id of a series, which is appended when the store does not have it. The order of attributes does not count.
    mutating func id(of stream: Stream, attributes: [OTLPKeyValue]) -> UInt64 {
        let metric = stream.metric
        var hash = StableHash()
        hash.combine("series")
        hash.combine(metric.name)
        hash.combine(stream.type.rawValue)
        hash.combine(metric.unit)
        hash.combine(UInt64(truncatingIfNeeded: Int64(stream.temporality)))
        hash.combine(stream.isMonotonic ? 1 : 0)
        hash.combine(stream.resourceID)
        hash.combine(stream.scopeID)
        hash.combine(attributes: attributes.sorted { $0.key < $1.key })
        let id = hash.finalize(besideOthersNamed: metric.name)
        guard references.isNew(id) else { return id }
        let rows = batch.series
        rows.id.append(id)
        rows.receivedTime.append(receivedTime)
        rows.form.append(SeriesForm.otlp.rawValue)
        rows.name.append(metric.name)
        rows.type.append(stream.type.rawValue)
        rows.unit.append(metric.unit)
        rows.description.append(metric.description_p)
        rows.temporality.append(stream.temporality)
        rows.isMonotonic.append(stream.isMonotonic ? 1 : 0)
        rows.service.append(stream.service)
        rows.resourceID.append(stream.resourceID)
        rows.scopeID.append(stream.scopeID)
        append(attributes, to: rows.attributes)
        for pair in metric.metadata {
            rows.metadata.keys.append(pair.key)
            rows.metadata.values.append(AttributeText(pair.value).text)
        }
        rows.metadata.closeRow()
        return id
    }

    func presence(sum: Bool, min: Bool, max: Bool) -> UInt8 {
        var presence: HistogramPresence = []
        if sum { presence.insert(.sum) }
        if min { presence.insert(.min) }
        if max { presence.insert(.max) }
        return presence.rawValue
    }

    private func append<Value: FixedValue>(_ values: [Value], to column: ListColumn<FixedColumn<Value>>) {
        for value in values { column.items.append(value) }
        column.closeRow()
    }
}

/// The value of a number point or exemplar.
struct Number {
    var double = Double.nan
    var int: Int64 = 0
    var kind = NumberKind.none

    init(_ value: OTLPNumberDataPoint.OneOf_Value?) {
        switch value {
        case .asDouble(let number): (double, kind) = (number, .double)
        case .asInt(let number): (double, int, kind) = (Double(number), number, .int)
        case nil: break
        }
    }

    init(_ value: OTLPExemplar.OneOf_Value?) {
        switch value {
        case .asDouble(let number): (double, kind) = (number, .double)
        case .asInt(let number): (double, int, kind) = (Double(number), number, .int)
        case nil: break
        }
    }
}
