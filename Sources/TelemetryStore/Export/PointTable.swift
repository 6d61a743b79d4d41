import ClickHouse
import SQLSyntax
import TelemetryModel

/// Where the points of a series lie, and how they are read.
enum PointTable: UInt8, CaseIterable {
    case samples, histograms, customNative, exponentialHistograms, native, summaries

    /// Of the metrics that the points become: all points of one kind come before those of the next.
    var kind: MetricKind {
        switch self {
        case .samples: .gauge
        case .histograms, .customNative: .histogram
        case .exponentialHistograms, .native: .exponentialHistogram
        case .summaries: .summary
        }
    }

    /// The place of the kind among all.
    var rank: Int {
        switch kind {
        case .gauge, .sum: 0
        case .histogram: 1
        case .exponentialHistogram: 2
        case .summary: 3
        }
    }

    var name: TableName {
        switch self {
        case .samples: TelemetrySchema.metricSamples.name
        case .histograms: TelemetrySchema.metricHistograms.name
        case .exponentialHistograms: TelemetrySchema.metricExponentialHistograms.name
        case .native, .customNative: TelemetrySchema.metricNativeHistograms.name
        case .summaries: TelemetrySchema.metricSummaries.name
        }
    }

    func conditions(_ selection: ExportSelection) -> [Expression] {
        let custom = Expression.equal(.column("schema"), .integer(-53))
        return switch self {
        case .samples, .histograms, .exponentialHistograms: selection.pointTimes
        case .native: selection.pointTimes + [.not(custom)]
        case .customNative: selection.pointTimes + [custom]
        // Not sorted by hours.
        case .summaries: selection.times("time")
        }
    }

    /// Whether the points of a series of this form and type are exported from here. The table of native histograms also
    /// has running totals of OTLP's, which nobody sent.
    func holds(_ series: StoredSeries) -> Bool {
        switch series.form {
        case .target: false
        case .prometheus: self == .samples
        case .prometheusNative: self == .native || self == .customNative
        case .otlp: self != .native && self != .customNative
        }
    }

    /// Time and start stand first.
    var columns: [Identifier] {
        ["time", "start_time"] + values
    }

    private var values: [Identifier] {
        switch self {
        case .samples: ["value", "int_value", "value_kind", "flags"]
        case .histograms: ["count", "sum", "min", "max", "presence", "bounds", "bucket_counts", "flags"]
        case .exponentialHistograms:
            [
                "count", "sum", "min", "max", "presence", "scale", "zero_count", "zero_threshold", "positive_offset",
                "positive_counts", "negative_offset", "negative_counts", "flags",
            ]
        case .native, .customNative:
            [
                "count", "sum", "schema", "zero_threshold", "zero_count", "positive_offsets", "positive_lengths",
                "positive_counts", "negative_offsets", "negative_lengths", "negative_counts", "custom_bounds",
            ]
        case .summaries: ["count", "sum", "quantiles", "quantile_values", "flags"]
        }
    }

    /// By which points of one series and time stand in one order. Of numbers the bits, in which NaN has a place, too; what
    /// a series in Prometheus' terms changes when it becomes OTLP comes last.
    var order: [Expression] {
        func bits(_ column: Identifier) -> Expression { .call("reinterpretAsUInt64", .column(column)) }
        return switch self {
        case .samples: [bits("value"), .column("int_value"), .column("value_kind"), .column("flags")]
        default:
            [.call("toFloat64", .column("count")), bits("sum"), .contentHash(values.filter { $0 != "count" })]
        }
    }

    /// The point of a row, whose first column is its series' place; nil for a native histogram whose buckets are too far
    /// apart for a list of all between them.
    func point(_ row: [ResultValue], series: Int) -> StoredPoint? {
        var flags: UInt32 = 0
        let value: StoredPoint.Value
        switch self {
        case .samples:
            var number = StoredNumber(
                kind: NumberKind(rawValue: UInt8(clamping: row[5].unsignedInteger ?? 0)) ?? .none,
                double: row[3].number ?? .nan, int: row[4].integer ?? 0)
            flags = row[6].count
            if number.kind == .double, number.double.bitPattern == Self.staleBits {
                number = StoredNumber()
                flags |= 1
            }
            value = .number(number)
        case .histograms:
            var histogram = StoredPoint.Histogram()
            histogram.count = row[3].unsignedInteger ?? 0
            histogram.sum = row[4].number ?? 0
            histogram.min = row[5].number ?? 0
            histogram.max = row[6].number ?? 0
            histogram.presence = HistogramPresence(rawValue: UInt8(clamping: row[7].unsignedInteger ?? 0))
            histogram.bounds = row[8].numbers
            histogram.bucketCounts = row[9].counts
            flags = row[10].count
            value = .histogram(histogram)
        case .exponentialHistograms:
            var histogram = StoredPoint.ExponentialHistogram()
            histogram.count = row[3].unsignedInteger ?? 0
            histogram.sum = row[4].number ?? 0
            histogram.min = row[5].number ?? 0
            histogram.max = row[6].number ?? 0
            histogram.presence = HistogramPresence(rawValue: UInt8(clamping: row[7].unsignedInteger ?? 0))
            histogram.scale = Int32(truncatingIfNeeded: row[8].integer ?? 0)
            histogram.zeroCount = row[9].unsignedInteger ?? 0
            histogram.zeroThreshold = row[10].number ?? 0
            histogram.positive = .init(
                offset: Int32(truncatingIfNeeded: row[11].integer ?? 0), counts: row[12].counts)
            histogram.negative = .init(
                offset: Int32(truncatingIfNeeded: row[13].integer ?? 0), counts: row[14].counts)
            flags = row[15].count
            value = .exponentialHistogram(histogram)
        case .native, .customNative:
            let native = NativeHistogramRow(row)
            if native.sum.bitPattern == Self.staleBits {
                flags = 1
                value =
                    self == .customNative
                    ? .histogram(StoredPoint.Histogram())
                    : .exponentialHistogram(StoredPoint.ExponentialHistogram())
            } else if self == .customNative {
                guard let histogram = native.explicit else { return nil }
                value = .histogram(histogram)
            } else {
                guard let histogram = native.exponential else { return nil }
                value = .exponentialHistogram(histogram)
            }
        case .summaries:
            var summary = StoredPoint.Summary()
            summary.count = row[3].unsignedInteger ?? 0
            summary.sum = row[4].number ?? 0
            summary.quantiles = row[5].numbers
            summary.values = row[6].numbers
            flags = row[7].count
            value = .summary(summary)
        }
        return StoredPoint(
            series: series, time: row[1].timestamp ?? Timestamp(nanoseconds: 0),
            startTime: row[2].timestamp ?? Timestamp(nanoseconds: 0), flags: flags, value: value)
    }

    /// Prometheus' staleness marker, one of the values that are not a number.
    private static let staleBits: UInt64 = 0x7FF0_0000_0000_0002
}

extension ResultValue {
    var numbers: [Double] { (items ?? []).map { $0.number ?? .nan } }
    var counts: [UInt64] { (items ?? []).map { $0.unsignedInteger ?? 0 } }
}
