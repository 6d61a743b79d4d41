import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Something that was measured once: the raw material of a metric. Metrics are made from the same spans that are sent,
/// so that a rate, a trace and an exemplar of one batch agree.
struct Observation: Sendable {
    let time: UInt64
    let value: Double
    let labels: [String]
    let traceID: Data
    let spanID: Data
}

/// A counter with one series per combination of labels, which goes on from batch to batch.
struct CumulativeCounter: Sendable {
    let name: String
    let description: String
    let labelNames: [String]
    private var start: UInt64?
    private var totals: [[String]: Int64] = [:]

    init(name: String, description: String, labelNames: [String]) {
        self.name = name
        self.description = description
        self.labelNames = labelNames
    }

    /// One point per series and metric time. Observations must be in ascending order of time.
    mutating func metric(_ observations: [Observation], in window: TimeWindow) -> OTLPMetric {
        let start = self.start ?? window.start
        self.start = start
        var points: [OTLPNumberDataPoint] = []
        var position = 0
        for time in window.metricTimes {
            while position < observations.count, observations[position].time <= time {
                totals[observations[position].labels, default: 0] += 1
                position += 1
            }
            // A dictionary has a new order in each process; sorted, the same seed gives the same bytes.
            for (labels, total) in totals.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                points.append(
                    OTLPNumberDataPoint(.asInt(total), at: time, since: start, attributes(labelNames, labels)))
            }
        }
        return .counter(name: name, description: description, unit: "1", points)
    }
}

/// A histogram with exemplars and one series per combination of labels, which goes on from batch to batch.
struct CumulativeHistogram: Sendable {
    private struct Series: Sendable {
        var count: UInt64 = 0
        var sum = 0.0
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var buckets: [UInt64]
    }

    let name: String
    let description: String
    let labelNames: [String]
    let bounds: [Double]
    private var start: UInt64?
    private var series: [[String]: Series] = [:]

    init(name: String, description: String, labelNames: [String], bounds: [Double]) {
        self.name = name
        self.description = description
        self.labelNames = labelNames
        self.bounds = bounds
    }

    /// One point per series and metric time. Observations must be in ascending order of time.
    mutating func metric(_ observations: [Observation], in window: TimeWindow) -> OTLPMetric {
        let start = self.start ?? window.start
        self.start = start
        var points: [OTLPHistogramDataPoint] = []
        var position = 0
        for time in window.metricTimes {
            // The newest observation of each bucket since the point before: what the SDKs' default reservoir for
            // explicit buckets keeps (OpenTelemetry specification, Metrics SDK,
            // AlignedHistogramBucketExemplarReservoir).
            var exemplars: [[String]: [Int: OTLPExemplar]] = [:]
            while position < observations.count, observations[position].time <= time {
                let observation = observations[position]
                let bucket = record(observation)
                exemplars[observation.labels, default: [:]][bucket] = OTLPExemplar(observation)
                position += 1
            }
            for (labels, series) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                var point = OTLPHistogramDataPoint()
                point.timeUnixNano = time
                point.startTimeUnixNano = start
                point.attributes = [OTLPKeyValue](attributes(labelNames, labels))
                point.count = series.count
                point.sum = series.sum
                point.min = series.minimum
                point.max = series.maximum
                point.explicitBounds = bounds
                point.bucketCounts = series.buckets
                point.exemplars = (exemplars[labels] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
                points.append(point)
            }
        }
        return .histogram(name: name, description: description, unit: "s", points)
    }

    /// Returns the bucket: OTLP's bounds are inclusive above, so a value equal to a bound belongs below it.
    private mutating func record(_ observation: Observation) -> Int {
        let bucket = bounds.firstIndex { observation.value <= $0 } ?? bounds.count
        var series = self.series[observation.labels] ?? Series(buckets: Array(repeating: 0, count: bounds.count + 1))
        series.count += 1
        series.sum += observation.value
        series.minimum = min(series.minimum, observation.value)
        series.maximum = max(series.maximum, observation.value)
        series.buckets[bucket] += 1
        self.series[observation.labels] = series
        return bucket
    }
}

private func attributes(_ names: [String], _ values: [String]) -> SampleAttributes {
    zip(names, values).map { (key: $0, value: SampleValue.string($1)) }
}

extension OTLPExemplar {
    fileprivate init(_ observation: Observation) {
        self.init()
        timeUnixNano = observation.time
        value = .asDouble(observation.value)
        traceID = observation.traceID
        spanID = observation.spanID
    }
}
