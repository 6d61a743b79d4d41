import OTLPMessages
import SwiftProtobuf
import TelemetryModel

extension RecordedSeries.Temporality {
    init(_ temporality: OTLPAggregationTemporality) {
        self =
            switch temporality {
            case .delta: .delta
            case .cumulative: .cumulative
            default: .unspecified
            }
    }
}

extension RecordedPoint {
    /// Spec: OTLP metrics.proto, `DataPointFlags`: the point has no value, whatever its members say.
    private static let noRecordedValue: UInt32 = 1

    init(_ point: OTLPNumberDataPoint) {
        let value: Value =
            switch point.value {
            case .asInt(let number): .int(number)
            case .asDouble(let number): .double(number)
            case nil: .none
            }
        self.init(point.timeUnixNano, point.startTimeUnixNano, point.flags, value, point.exemplars)
    }

    init(_ point: OTLPHistogramDataPoint) {
        // Bounds that do not fit the counts say nothing.
        let isWhole = point.bucketCounts.count == point.explicitBounds.count + 1
        let histogram = Histogram(
            count: point.count, sum: point.hasSum ? point.sum : nil, min: point.hasMin ? point.min : nil,
            max: point.hasMax ? point.max : nil, bounds: isWhole ? point.explicitBounds : [],
            counts: isWhole ? point.bucketCounts : [])
        self.init(point.timeUnixNano, point.startTimeUnixNano, point.flags, .histogram(histogram), point.exemplars)
    }

    init(_ point: OTLPExponentialHistogramDataPoint) {
        var buckets = ExponentialBounds()
        buckets.add(point)
        let histogram = Histogram(
            count: point.count, sum: point.hasSum ? point.sum : nil, min: point.hasMin ? point.min : nil,
            max: point.hasMax ? point.max : nil, bounds: buckets.bounds, counts: buckets.counts)
        self.init(point.timeUnixNano, point.startTimeUnixNano, point.flags, .histogram(histogram), point.exemplars)
    }

    init(_ point: OTLPSummaryDataPoint) {
        let value = Value.summary(
            count: point.count, sum: point.sum,
            quantiles: point.quantileValues.map { (quantile: $0.quantile, value: $0.value) })
        self.init(point.timeUnixNano, point.startTimeUnixNano, point.flags, value, [])
    }

    private init(
        _ time: UInt64, _ startTime: UInt64, _ flags: UInt32, _ value: Value, _ exemplars: [OTLPExemplar]
    ) {
        self.init(time: time, startTime: startTime, value: flags & Self.noRecordedValue == 0 ? value : .none)
        self.exemplars = exemplars.map { exemplar in
            let value =
                switch exemplar.value {
                case .asInt(let number): Double(number)
                case .asDouble(let number): number
                case nil: Double.nan
                }
            return Exemplar(
                time: exemplar.timeUnixNano, value: value, traceID: TraceID(bytes: exemplar.traceID) ?? .zero,
                spanID: SpanID(bytes: exemplar.spanID) ?? .zero)
        }
    }
}
