import ClickHouse
import Codecs
import OTLPMessages
import TelemetryModel

/// Stored items as flat rows, for tables.
enum TableRows {
    private static let attributes = ParquetType.map(.string, .string)

    // MARK: Spans

    static let spanColumns: [ParquetColumn] = [
        .init(name: "trace_id", type: .string), .init(name: "span_id", type: .string),
        .init(name: "parent_span_id", type: .string), .init(name: "start_time", type: .timestamp),
        .init(name: "end_time", type: .timestamp), .init(name: "duration_ns", type: .int64),
        .init(name: "service", type: .string), .init(name: "name", type: .string),
        .init(name: "kind", type: .string), .init(name: "status", type: .string),
        .init(name: "status_message", type: .string), .init(name: "scope_name", type: .string),
        .init(name: "scope_version", type: .string), .init(name: "resource_attributes", type: attributes),
        .init(name: "attributes", type: attributes), .init(name: "event_count", type: .int64),
        .init(name: "event_names", type: .list(.string)), .init(name: "link_count", type: .int64),
    ]

    private static let kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"]
    private static let statuses = ["unset", "ok", "error"]

    static func rows(_ trace: StoredTrace) -> [[ResultValue]] {
        trace.spans.map { span in
            let scope = trace.scopes[span.scopeID]
            return [
                .string(span.traceID.hex), .string(span.spanID.hex),
                span.parentSpanID.isZero ? .null : .string(span.parentSpanID.hex), time(span.startTime),
                time(Timestamp(nanoseconds: span.startTime.nanoseconds &+ span.durationNanoseconds)),
                .int(span.durationNanoseconds), .string(span.service), .string(span.name),
                .string(word(span.kind, kinds)), .string(word(span.statusCode, statuses)),
                .string(span.statusMessage), .string(scope?.name ?? ""), .string(scope?.version ?? ""),
                map(trace.resources[span.resourceID]?.attributes ?? []), map(span.attributes),
                .int(Int64(span.events.count)), .list(span.events.map { .string($0.name) }),
                .int(Int64(span.links.count)),
            ]
        }
    }

    // MARK: Log records

    static let logColumns: [ParquetColumn] = [
        .init(name: "time", type: .timestamp), .init(name: "observed_time", type: .timestamp),
        .init(name: "trace_id", type: .string), .init(name: "span_id", type: .string),
        .init(name: "service", type: .string), .init(name: "severity_number", type: .int64),
        .init(name: "severity_text", type: .string), .init(name: "level", type: .string),
        .init(name: "body", type: .string), .init(name: "event_name", type: .string),
        .init(name: "scope_name", type: .string), .init(name: "scope_version", type: .string),
        .init(name: "resource_attributes", type: attributes), .init(name: "attributes", type: attributes),
    ]

    static func rows(_ logs: StoredLogs) -> [[ResultValue]] {
        logs.records.map { record in
            let scope = logs.scopes[record.scopeID]
            return [
                time(record.time), time(record.observedTime),
                record.traceID.isZero ? .null : .string(record.traceID.hex),
                record.spanID.isZero ? .null : .string(record.spanID.hex), .string(record.service),
                .int(Int64(record.severityNumber)), .string(record.severityText), .string(record.level),
                .string(record.body.text), .string(record.eventName), .string(scope?.name ?? ""),
                .string(scope?.version ?? ""), map(logs.resources[record.resourceID]?.attributes ?? []),
                map(record.attributes),
            ]
        }
    }

    // MARK: Points

    static let pointColumns: [ParquetColumn] = [
        .init(name: "time", type: .timestamp), .init(name: "start_time", type: .timestamp),
        .init(name: "name", type: .string), .init(name: "type", type: .string), .init(name: "unit", type: .string),
        .init(name: "temporality", type: .string), .init(name: "is_monotonic", type: .bool),
        .init(name: "service", type: .string), .init(name: "attributes", type: attributes),
        .init(name: "resource_attributes", type: attributes), .init(name: "value", type: .double),
        .init(name: "count", type: .uint64), .init(name: "sum", type: .double), .init(name: "min", type: .double),
        .init(name: "max", type: .double), .init(name: "bounds", type: .list(.double)),
        .init(name: "bucket_counts", type: .list(.uint64)), .init(name: "quantiles", type: .list(.double)),
        .init(name: "quantile_values", type: .list(.double)), .init(name: "exponential_histogram", type: .string),
    ]

    private static let temporalities = ["unspecified", "delta", "cumulative"]

    static func rows(_ metrics: StoredMetrics) -> [[ResultValue]] {
        metrics.points.compactMap { point in
            guard metrics.series.indices.contains(point.series) else { return nil }
            let exported = metrics.series[point.series]
            let series = exported.series
            let resource = exported.resource ?? metrics.resources[series.resourceID]
            let hasTemporality = series.type != MetricKind.gauge.rawValue && series.type != MetricKind.summary.rawValue
            return [
                time(point.time), point.startTime.nanoseconds == 0 ? .null : time(point.startTime),
                .string(series.name), .string(series.type), .string(series.unit),
                hasTemporality ? .string(word(series.temporality, temporalities)) : .null,
                .bool(series.isMonotonic), .string(series.service), map(series.attributes),
                map(resource?.attributes ?? []),
            ] + values(of: point)
        }
    }

    /// The columns from `value` on.
    private static func values(of point: StoredPoint) -> [ResultValue] {
        var values = [ResultValue](repeating: .null, count: 10)
        func common(_ count: UInt64, _ sum: Double, _ min: Double, _ max: Double, _ presence: HistogramPresence) {
            values[1] = .unsigned(count)
            if presence.contains(.sum) { values[2] = .double(sum) }
            if presence.contains(.min) { values[3] = .double(min) }
            if presence.contains(.max) { values[4] = .double(max) }
        }
        switch point.value {
        case .number(let number): if number.kind != .none { values[0] = .double(number.double) }
        case .histogram(let histogram):
            common(histogram.count, histogram.sum, histogram.min, histogram.max, histogram.presence)
            values[5] = .list(histogram.bounds.map { .double($0) })
            values[6] = .list(histogram.bucketCounts.map { .unsigned($0) })
        case .exponentialHistogram(let histogram):
            common(histogram.count, histogram.sum, histogram.min, histogram.max, histogram.presence)
            values[9] = .string(text(histogram))
        case .summary(let summary):
            common(summary.count, summary.sum, 0, 0, .sum)
            values[7] = .list(summary.quantiles.map { .double($0) })
            values[8] = .list(summary.values.map { .double($0) })
        }
        return values
    }

    /// `{"scale":…,"zeroCount":…,"zeroThreshold":…,"positive":{"offset":…,"bucketCounts":[…]},"negative":…}`
    private static func text(_ histogram: StoredPoint.ExponentialHistogram) -> String {
        var writer = JSONWriter()
        func side(_ name: StaticString, _ buckets: StoredPoint.Buckets) {
            writer.key(name)
            writer.open("{")
            writer.key("offset")
            writer.integer(buckets.offset)
            writer.key("bucketCounts")
            writer.open("[")
            for count in buckets.counts {
                writer.separate()
                writer.integer(count)
            }
            writer.close("]")
            writer.close("}")
        }
        writer.open("{")
        writer.key("scale")
        writer.integer(histogram.scale)
        writer.key("zeroCount")
        writer.integer(histogram.zeroCount)
        writer.key("zeroThreshold")
        writer.double(histogram.zeroThreshold)
        side("positive", histogram.positive)
        side("negative", histogram.negative)
        writer.close("}")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // MARK: Values

    private static func time(_ time: Timestamp) -> ResultValue {
        .timestamp(ticks: time.nanoseconds, perSecond: 1_000_000_000, zone: "UTC")
    }

    private static func map(_ attributes: [StoredAttribute]) -> ResultValue {
        .map(attributes.map { (key: .string($0.key), value: .string($0.text)) })
    }

    private static func word(_ number: Int32, _ words: [String]) -> String {
        let index = Int(number)
        return words.indices.contains(index) ? words[index] : "\(number)"
    }
}
