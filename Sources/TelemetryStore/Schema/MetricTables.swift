import SQLSyntax
package import TelemetryModel

extension TelemetrySchema {
    package static let metricSeries = TableDefinition<SeriesBlock>(
        "metric_series",
        [
            .receivedTime { $0.receivedTime },
            .init("id", "UInt64", codec: ColumnCodec.plain, "hash of all that tells one series from another") { $0.id },
            .init(
                "form", ColumnType.name, codec: ColumnCodec.plain,
                "otlp; prometheus, prometheus_native: name and labels as they are; target: target_info"
            ) {
                $0.form
            },
            .init("name", ColumnType.name, codec: ColumnCodec.plain, "name as sent") { $0.name },
            .init(
                "type", ColumnType.name, codec: ColumnCodec.plain,
                "gauge sum histogram exponential_histogram summary; of prometheus the type in an exposition"
            ) {
                $0.type
            },
            .init("unit", ColumnType.name, codec: ColumnCodec.plain, "UCUM unit") { $0.unit },
            .init("description", ColumnType.name, codec: ColumnCodec.plain, "text for people") { $0.description },
            .init("temporality", "Int32", codec: ColumnCodec.counters, "0 unspecified, 1 delta, 2 cumulative") {
                $0.temporality
            },
            .init("is_monotonic", "UInt8", codec: ColumnCodec.counters, "1 for a sum that only grows") {
                $0.isMonotonic
            },
            .init("service", ColumnType.name, codec: ColumnCodec.plain, "service.name of the resource") { $0.service },
            .init("resource_id", "UInt64", codec: ColumnCodec.plain, "id in resources") { $0.resourceID },
            .init("scope_id", "UInt64", codec: ColumnCodec.plain, "id in scopes") { $0.scopeID },
        ] + TableDefinition<SeriesBlock>.Column.attributes { $0.attributes } + [
            .init("metadata", ColumnType.attributes, codec: ColumnCodec.plain, "metadata of the metric as text") {
                $0.metadata
            }
        ], engine: "ReplacingMergeTree(received_time)", order: "(name, id)")

    package static let metricSamples = TableDefinition<SampleBlock>(
        "metric_samples",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .hour { $0.hour },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the point") { $0.time },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the interval, 1970 when not sent")
            {
                $0.startTime
            },
            .init("value", "Float64", codec: ColumnCodec.numbers, "the value; NaN when the point has none") {
                $0.value
            },
            .init("int_value", "Int64", codec: ColumnCodec.counters, "the exact value of an integer point") {
                $0.intValue
            },
            .init("value_kind", "UInt8", codec: ColumnCodec.counters, "0 none, 1 double, 2 integer") { $0.valueKind },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "1: no recorded value") { $0.flags },
            .init(
                "total", "Float64", codec: ColumnCodec.numbers,
                "delta series: sum of all values so far, -0 for a sum of 0, NaN when later points came before; else +0"
            ) { $0.total },
        ], order: "(hour, series_id, time)")

    package static let metricHistograms = TableDefinition<HistogramBlock>(
        "metric_histograms",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .hour { $0.hour },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the point") { $0.time },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the interval") { $0.startTime },
            .init("count", "UInt64", codec: ColumnCodec.counters, "number of values") { $0.pointCount },
            .init("sum", "Float64", codec: ColumnCodec.numbers, "sum of the values") { $0.sum },
            .init("min", "Float64", codec: ColumnCodec.numbers, "least value") { $0.min },
            .init("max", "Float64", codec: ColumnCodec.numbers, "greatest value") { $0.max },
            .init("presence", "UInt8", codec: ColumnCodec.counters, "bits: 1 sum, 2 min, 4 max were sent") {
                $0.presence
            },
            .init(
                "bounds", ColumnType.list("Float64"), codec: ColumnCodec.plain, "upper bounds, the last bucket has none"
            ) {
                $0.bounds
            },
            .init("bucket_counts", ColumnType.list("UInt64"), codec: ColumnCodec.plain, "values in each bucket") {
                $0.bucketCounts
            },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "1: no recorded value") { $0.flags },
            .init(
                "total_count", "Float64", codec: ColumnCodec.numbers,
                "delta series: all values so far, -0 for none, NaN when later points came before; else +0"
            ) { $0.totalCount },
            .init("total_sum", "Float64", codec: ColumnCodec.numbers, "delta series: sum of all values so far") {
                $0.totalSum
            },
            .init(
                "total_bucket_counts", ColumnType.list("UInt64"), codec: ColumnCodec.plain,
                "delta series: all values so far in each bucket"
            ) { $0.totalBucketCounts },
        ], order: "(hour, series_id, time)")

    package static let metricExponentialHistograms = TableDefinition<ExponentialHistogramBlock>(
        "metric_exponential_histograms",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .hour { $0.hour },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the point") { $0.time },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the interval") { $0.startTime },
            .init("count", "UInt64", codec: ColumnCodec.counters, "number of values") { $0.pointCount },
            .init("sum", "Float64", codec: ColumnCodec.numbers, "sum of the values") { $0.sum },
            .init("min", "Float64", codec: ColumnCodec.numbers, "least value") { $0.min },
            .init("max", "Float64", codec: ColumnCodec.numbers, "greatest value") { $0.max },
            .init("presence", "UInt8", codec: ColumnCodec.counters, "bits: 1 sum, 2 min, 4 max were sent") {
                $0.presence
            },
            .init("scale", "Int32", codec: ColumnCodec.counters, "base is 2^(2^-scale)") { $0.scale },
            .init("zero_count", "UInt64", codec: ColumnCodec.counters, "values within the zero threshold") {
                $0.zeroCount
            },
            .init("zero_threshold", "Float64", codec: ColumnCodec.plain, "width of the zero bucket") {
                $0.zeroThreshold
            },
            .init("positive_offset", "Int32", codec: ColumnCodec.counters, "index of the first positive bucket") {
                $0.positiveOffset
            },
            .init(
                "positive_counts", ColumnType.list("UInt64"), codec: ColumnCodec.plain, "values in each positive bucket"
            ) {
                $0.positiveCounts
            },
            .init("negative_offset", "Int32", codec: ColumnCodec.counters, "index of the first negative bucket") {
                $0.negativeOffset
            },
            .init(
                "negative_counts", ColumnType.list("UInt64"), codec: ColumnCodec.plain, "values in each negative bucket"
            ) {
                $0.negativeCounts
            },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "1: no recorded value") { $0.flags },
        ], order: "(hour, series_id, time)")

    package static let metricSummaries = TableDefinition<SummaryBlock>(
        "metric_summaries",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the point") { $0.time },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the interval") { $0.startTime },
            .init("count", "UInt64", codec: ColumnCodec.counters, "number of values") { $0.pointCount },
            .init("sum", "Float64", codec: ColumnCodec.numbers, "sum of the values") { $0.sum },
            .init("quantiles", ColumnType.list("Float64"), codec: ColumnCodec.plain, "quantiles, 0 to 1") {
                $0.quantiles
            },
            .init("quantile_values", ColumnType.list("Float64"), codec: ColumnCodec.plain, "value at each quantile") {
                $0.quantileValues
            },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "1: no recorded value") { $0.flags },
        ], order: "(series_id, time)")

    package static let metricNativeHistograms = TableDefinition<NativeHistogramBlock>(
        "metric_native_histograms",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .hour { $0.hour },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the point") { $0.time },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the counting") { $0.startTime },
            .init("count", "Float64", codec: ColumnCodec.numbers, "number of values") { $0.pointCount },
            .init("sum", "Float64", codec: ColumnCodec.numbers, "sum of the values; a stale marker ends the series") {
                $0.sum
            },
            .init("schema", "Int32", codec: ColumnCodec.counters, "-4 to 8, base is 2^(2^-schema); -53 custom bounds") {
                $0.schema
            },
            .init("zero_threshold", "Float64", codec: ColumnCodec.plain, "width of the zero bucket") {
                $0.zeroThreshold
            },
            .init("zero_count", "Float64", codec: ColumnCodec.numbers, "values in the zero bucket") { $0.zeroCount },
            .init("counter_reset", "UInt8", codec: ColumnCodec.counters, "0 unknown, 1 reset, 2 none, 3 gauge") {
                $0.counterReset
            },
            .init("positive_offsets", ColumnType.list("Int32"), codec: ColumnCodec.plain, "gap before each span") {
                $0.positiveOffsets
            },
            .init("positive_lengths", ColumnType.list("UInt32"), codec: ColumnCodec.plain, "buckets of each span") {
                $0.positiveLengths
            },
            .init("positive_counts", ColumnType.list("Float64"), codec: ColumnCodec.plain, "values in each bucket") {
                $0.positiveCounts
            },
            .init("negative_offsets", ColumnType.list("Int32"), codec: ColumnCodec.plain, "gap before each span") {
                $0.negativeOffsets
            },
            .init("negative_lengths", ColumnType.list("UInt32"), codec: ColumnCodec.plain, "buckets of each span") {
                $0.negativeLengths
            },
            .init("negative_counts", ColumnType.list("Float64"), codec: ColumnCodec.plain, "values in each bucket") {
                $0.negativeCounts
            },
            .init("custom_bounds", ColumnType.list("Float64"), codec: ColumnCodec.plain, "upper bounds of schema -53") {
                $0.customBounds
            },
        ], order: "(hour, series_id, time)")

    package static let metricTargets = TableDefinition<TargetBlock>(
        "metric_targets",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series, of the form target") {
                $0.seriesID
            },
            .hour { $0.hour },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "when the resource sent metrics, once a minute") {
                $0.time
            },
        ], order: "(hour, series_id, time)")

    package static let metricMetadata = TableDefinition<MetadataBlock>(
        "metric_metadata",
        [
            .receivedTime { $0.receivedTime },
            .init("name", ColumnType.name, codec: ColumnCodec.plain, "name of a metric family") { $0.name },
            .init("type", ColumnType.name, codec: ColumnCodec.plain, "type of an exposition") { $0.type },
            .init("unit", ColumnType.name, codec: ColumnCodec.plain, "unit") { $0.unit },
            .init("description", ColumnType.name, codec: ColumnCodec.plain, "text for people") { $0.description },
        ], engine: "ReplacingMergeTree(received_time)", order: "(name, type, unit, description)")

    package static let metricExemplars = TableDefinition<ExemplarBlock>(
        "metric_exemplars",
        [
            .receivedTime { $0.receivedTime },
            .init("series_id", "UInt64", codec: ColumnCodec.plain, "id in metric_series") { $0.seriesID },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "when it was recorded") { $0.time },
            .init("point_time", ColumnType.time, codec: ColumnCodec.times, "time of the point it came with") {
                $0.pointTime
            },
            .init("value", "Float64", codec: ColumnCodec.numbers, "the value; NaN when there is none") { $0.value },
            .init("int_value", "Int64", codec: ColumnCodec.counters, "the exact value of an integer exemplar") {
                $0.intValue
            },
            .init("value_kind", "UInt8", codec: ColumnCodec.counters, "0 none, 1 double, 2 integer") { $0.valueKind },
            .init("trace_id", "FixedString(16)", codec: ColumnCodec.plain, "16 bytes, all zero for none") {
                $0.traceID
            },
            .init("span_id", "FixedString(8)", codec: ColumnCodec.plain, "8 bytes, all zero for none") { $0.spanID },
        ] + TableDefinition<ExemplarBlock>.Column.attributes { $0.attributes }, order: "(series_id, time)")
}
