/// What tells one metric stream from another, each stored once a day. Spec: OTLP metrics data model, "Timeseries Model".
package final class SeriesBlock: Block {
    package let id = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `SeriesForm`'s raw value.
    package let form = DictionaryColumn()
    package let name = DictionaryColumn()
    /// Of the form OTLP `MetricKind`'s raw value; of the form Prometheus a type of an exposition, as text.
    package let type = DictionaryColumn()
    package let unit = DictionaryColumn()
    package let description = DictionaryColumn()
    /// OTLP `AggregationTemporality`: 0 unspecified, 1 delta, 2 cumulative.
    package let temporality = FixedColumn<Int32>()
    package let isMonotonic = FixedColumn<UInt8>()
    package let service = DictionaryColumn()
    package let resourceID = FixedColumn<UInt64>()
    package let scopeID = FixedColumn<UInt64>()
    package let attributes = AttributeColumns()
    /// `Metric.metadata`, text only.
    package let metadata = MapColumn(StringColumn())

    package init() {}

    package var rows: Int { id.count }

    package var columns: [any Column] {
        [
            id, receivedTime, form, name, type, unit, description, temporality, isMonotonic, service, resourceID,
            scopeID, metadata,
        ] + attributes.columns
    }
}

/// In whose terms the name and the attributes of a series are.
package enum SeriesForm: String, Sendable {
    /// As an OTLP sender said them; PromQL knows them by translated names, with labels of the resource.
    case otlp
    /// Name and labels of a Prometheus series, taken as they are; its samples are numbers.
    case prometheus
    /// The same of native histograms, under another id.
    case prometheusNative = "prometheus_native"
    /// `target_info` of a resource, made by Martlet; its samples are in a table of their own.
    case target
}

/// The kinds of OTLP metrics.
package enum MetricKind: String, CaseIterable, Sendable {
    case gauge
    case sum
    case histogram
    case exponentialHistogram = "exponential_histogram"
    case summary
}

/// Number points of gauges and sums.
package final class SampleBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `Timestamp.hours` of `time`.
    package let hour = FixedColumn<Int32>()
    package let time = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    /// The value as a number of either kind; NaN when the point has none.
    package let value = FixedColumn<Double>()
    /// The exact value when the sender's was an integer, else 0.
    package let intValue = FixedColumn<Int64>()
    /// `NumberKind`'s raw value.
    package let valueKind = FixedColumn<UInt8>()
    package let flags = FixedColumn<UInt32>()
    /// See `RunningTotals`; +0 for a series that is not summed up.
    package let total = FixedColumn<Double>()

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, hour, time, startTime, value, intValue, valueKind, flags, total,
        ]
    }
}

/// Which member of the `value` oneof a number point or exemplar had.
package enum NumberKind: UInt8, Sendable {
    case none = 0
    case double = 1
    case int = 2
}

/// Which optional members a histogram point had, as bits.
package struct HistogramPresence: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let sum = HistogramPresence(rawValue: 1)
    package static let min = HistogramPresence(rawValue: 2)
    package static let max = HistogramPresence(rawValue: 4)
}

/// Points of histograms with explicit bounds.
package final class HistogramBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `Timestamp.hours` of `time`.
    package let hour = FixedColumn<Int32>()
    package let time = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    package let pointCount = FixedColumn<UInt64>()
    package let sum = FixedColumn<Double>()
    package let min = FixedColumn<Double>()
    package let max = FixedColumn<Double>()
    package let presence = FixedColumn<UInt8>()
    package let bounds = ListColumn(FixedColumn<Double>())
    package let bucketCounts = ListColumn(FixedColumn<UInt64>())
    package let flags = FixedColumn<UInt32>()
    /// See `RunningTotals`; +0 and empty for a series that is not summed up.
    package let totalCount = FixedColumn<Double>()
    package let totalSum = FixedColumn<Double>()
    package let totalBucketCounts = ListColumn(FixedColumn<UInt64>())

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, hour, time, startTime, pointCount, sum, min, max, presence, bounds, bucketCounts,
            flags, totalCount, totalSum, totalBucketCounts,
        ]
    }
}

/// Points of exponential histograms.
package final class ExponentialHistogramBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `Timestamp.hours` of `time`.
    package let hour = FixedColumn<Int32>()
    package let time = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    package let pointCount = FixedColumn<UInt64>()
    package let sum = FixedColumn<Double>()
    package let min = FixedColumn<Double>()
    package let max = FixedColumn<Double>()
    package let presence = FixedColumn<UInt8>()
    package let scale = FixedColumn<Int32>()
    package let zeroCount = FixedColumn<UInt64>()
    package let zeroThreshold = FixedColumn<Double>()
    package let positiveOffset = FixedColumn<Int32>()
    package let positiveCounts = ListColumn(FixedColumn<UInt64>())
    package let negativeOffset = FixedColumn<Int32>()
    package let negativeCounts = ListColumn(FixedColumn<UInt64>())
    package let flags = FixedColumn<UInt32>()

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, hour, time, startTime, pointCount, sum, min, max, presence, scale, zeroCount,
            zeroThreshold, positiveOffset, positiveCounts, negativeOffset, negativeCounts, flags,
        ]
    }
}

/// Points of summaries.
package final class SummaryBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    package let time = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    package let pointCount = FixedColumn<UInt64>()
    package let sum = FixedColumn<Double>()
    package let quantiles = ListColumn(FixedColumn<Double>())
    package let quantileValues = ListColumn(FixedColumn<Double>())
    package let flags = FixedColumn<UInt32>()

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, time, startTime, pointCount, sum, quantiles, quantileValues, flags,
        ]
    }
}

/// Exemplars of all kinds of points.
package final class ExemplarBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    package let time = FixedColumn<Timestamp>()
    package let pointTime = FixedColumn<Timestamp>()
    package let value = FixedColumn<Double>()
    package let intValue = FixedColumn<Int64>()
    package let valueKind = FixedColumn<UInt8>()
    package let traceID = FixedColumn<StoredTraceID>()
    package let spanID = FixedColumn<StoredSpanID>()
    package let attributes = AttributeColumns()

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, time, pointTime, value, intValue, valueKind, traceID, spanID,
        ] + attributes.columns
    }
}

/// Native histograms as Prometheus has them: from remote write, scrapes and StatsD, and the running totals of OTLP's
/// exponential histograms with delta temporality.
package final class NativeHistogramBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `Timestamp.hours` of `time`.
    package let hour = FixedColumn<Int32>()
    package let time = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    /// Counts are floating point: exact to 2^53, and what Prometheus calculates with.
    package let pointCount = FixedColumn<Double>()
    package let sum = FixedColumn<Double>()
    package let schema = FixedColumn<Int32>()
    package let zeroThreshold = FixedColumn<Double>()
    package let zeroCount = FixedColumn<Double>()
    package let counterReset = FixedColumn<UInt8>()
    package let positiveOffsets = ListColumn(FixedColumn<Int32>())
    package let positiveLengths = ListColumn(FixedColumn<UInt32>())
    package let positiveCounts = ListColumn(FixedColumn<Double>())
    package let negativeOffsets = ListColumn(FixedColumn<Int32>())
    package let negativeLengths = ListColumn(FixedColumn<UInt32>())
    package let negativeCounts = ListColumn(FixedColumn<Double>())
    package let customBounds = ListColumn(FixedColumn<Double>())

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] {
        [
            seriesID, receivedTime, hour, time, startTime, pointCount, sum, schema, zeroThreshold, zeroCount,
            counterReset,
            positiveOffsets, positiveLengths, positiveCounts, negativeOffsets, negativeLengths, negativeCounts,
            customBounds,
        ]
    }
}

/// When the resources of metrics were seen: the samples of `target_info`, whose value is always 1.
package final class TargetBlock: Block {
    package let seriesID = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    /// `Timestamp.hours` of `time`.
    package let hour = FixedColumn<Int32>()
    package let time = FixedColumn<Timestamp>()

    package init() {}

    package var rows: Int { seriesID.count }

    package var columns: [any Column] { [seriesID, receivedTime, hour, time] }
}

/// What remote write 1.0 tells of metrics apart from their series.
package final class MetadataBlock: Block {
    package let receivedTime = FixedColumn<Timestamp>()
    package let name = DictionaryColumn()
    package let type = DictionaryColumn()
    package let unit = DictionaryColumn()
    package let description = DictionaryColumn()

    package init() {}

    package var rows: Int { receivedTime.count }

    package var columns: [any Column] { [receivedTime, name, type, unit, description] }
}
