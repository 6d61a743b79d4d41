import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests of spans with ten attributes each: six texts (one of 100,000 users, one statement nearly unique), two
/// integers, a double, a boolean; ten spans a trace, twenty services.
struct Workload {
    private var state: UInt64
    fileprivate var sequence: UInt64 = 0

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    fileprivate mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func request(spans: Int) -> OTLPTraceRequest {
        var request = OTLPTraceRequest()
        var group = OTLPResourceSpans()
        group.resource.attributes = [.text("service.name", "service-\(next() % 20)"), .text("host.name", "bench")]
        var scope = OTLPScopeSpans()
        scope.scope.name = "bench"
        var traceID = Data()
        var parent = Data()
        for index in 0..<spans {
            if index % 10 == 0 {
                traceID = TraceID(high: next(), low: next()).bytesData
                parent = Data()
            }
            var span = OTLPSpan()
            span.traceID = traceID
            span.spanID = SpanID(value: next() | 1).bytesData
            span.parentSpanID = parent
            parent = span.spanID
            span.name = "operation-\(next() % 200)"
            span.kind = .server
            span.startTimeUnixNano = 1_790_000_000_000_000_000 + sequence * 60_000
            span.endTimeUnixNano = span.startTimeUnixNano + next() % 1_000_000_000
            sequence += 1
            let status = next() % 100 < 98 ? 200 : 500 + Int64(next() % 4)
            if status >= 500 { span.status.code = .error }
            span.attributes = [
                .text("http.request.method", ["GET", "POST", "PUT", "DELETE"][Int(next() % 4)]),
                .text("http.route", "/api/v1/items/{id}/\(next() % 50)"), .text("user.id", "user-\(next() % 100_000)"),
                .text("thread.name", "worker-\(next() % 16)"), .text("db.system", "postgresql"),
                .text("db.statement", "SELECT a, b FROM table_\(next() % 40) WHERE id = \(next() % 1_000_000_000)"),
                .integer("http.response.status_code", status), .integer("busy_ns", Int64(next() % 50_000_000)),
                .double("cache.ratio", Double(next() % 1_000_000) / 1_000_000), .bool("cache.hit", next() % 8 == 0),
            ]
            scope.spans.append(span)
        }
        group.scopeSpans = [scope]
        request.resourceSpans = [group]
        return request
    }
}

extension Workload {
    /// Log records of a line of text each, with a trace and six attributes.
    mutating func logs(records: Int) -> OTLPLogsRequest {
        var group = OTLPResourceLogs()
        group.resource.attributes = [.text("service.name", "service-\(next() % 20)"), .text("host.name", "bench")]
        var scope = OTLPScopeLogs()
        for _ in 0..<records {
            var record = OTLPLogRecord()
            record.timeUnixNano = 1_790_000_000_000_000_000 + sequence * 60_000
            record.observedTimeUnixNano = record.timeUnixNano + 1000
            sequence += 1
            let isError = next() % 50 == 0
            record.severityNumber = isError ? .error : .info
            record.severityText = isError ? "ERROR" : "INFO"
            record.traceID = TraceID(high: next(), low: next()).bytesData
            record.spanID = SpanID(value: next() | 1).bytesData
            record.body.stringValue =
                "request \(next() % 1_000_000) of user-\(next() % 100_000) handled in \(next() % 5000) ms by worker"
            record.attributes = [
                .text("logger", "app.module\(next() % 30)"), .text("thread.name", "worker-\(next() % 16)"),
                .text("http.request.method", "GET"), .text("user.id", "user-\(next() % 100_000)"),
                .integer("code.lineno", Int64(next() % 2000)), .integer("duration_ms", Int64(next() % 5000)),
            ]
            scope.logRecords.append(record)
        }
        group.scopeLogs = [scope]
        return OTLPLogsRequest.with { $0.resourceLogs = [group] }
    }

    /// Points of 5,000 series with three attributes each; a tenth are histograms of 15 buckets.
    mutating func metrics(points: Int) -> OTLPMetricsRequest {
        var group = OTLPResourceMetrics()
        group.resource.attributes = [.text("service.name", "service-\(next() % 20)"), .text("host.name", "bench")]
        var scope = OTLPScopeMetrics()
        let time = 1_790_000_000_000_000_000 + sequence * 10_000_000_000
        sequence += 1
        for metric in 0..<10 {
            var message = OTLPMetric()
            message.name = "bench.metric\(metric)"
            message.unit = "1"
            for index in 0..<points / 10 {
                let attributes: [OTLPKeyValue] = [
                    .text("instance", "instance-\(index % 25)"), .text("route", "/api/\(index % 10)"),
                    .text("method", "GET"),
                ]
                if metric == 9 {
                    message.histogram.aggregationTemporality = .cumulative
                    var point = OTLPHistogramDataPoint()
                    point.attributes = attributes
                    point.startTimeUnixNano = 1_789_999_000_000_000_000
                    point.timeUnixNano = time
                    point.bucketCounts = (0..<15).map { _ in next() % 1000 }
                    point.explicitBounds = (0..<14).map { Double($0) * 5 }
                    point.count = point.bucketCounts.reduce(0, +)
                    point.sum = Double(next() % 1_000_000) / 10
                    message.histogram.dataPoints.append(point)
                } else {
                    message.sum.aggregationTemporality = .cumulative
                    message.sum.isMonotonic = true
                    var point = OTLPNumberDataPoint()
                    point.attributes = attributes
                    point.startTimeUnixNano = 1_789_999_000_000_000_000
                    point.timeUnixNano = time
                    point.asDouble = Double(sequence * 100 + next() % 100)
                    message.sum.dataPoints.append(point)
                }
            }
            scope.metrics.append(message)
        }
        group.scopeMetrics = [scope]
        return OTLPMetricsRequest.with { $0.resourceMetrics = [group] }
    }
}

extension OTLPKeyValue {
    fileprivate static func text(_ key: String, _ value: String) -> OTLPKeyValue {
        make(key) { $0.stringValue = value }
    }
    fileprivate static func integer(_ key: String, _ value: Int64) -> OTLPKeyValue { make(key) { $0.intValue = value } }
    fileprivate static func double(_ key: String, _ value: Double) -> OTLPKeyValue {
        make(key) { $0.doubleValue = value }
    }
    fileprivate static func bool(_ key: String, _ value: Bool) -> OTLPKeyValue { make(key) { $0.boolValue = value } }

    private static func make(_ key: String, _ set: (inout OTLPAnyValue) -> Void) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        set(&pair.value)
        return pair
    }
}

extension TraceID {
    fileprivate var bytesData: Data { Data(bytes) }
}

extension SpanID {
    fileprivate var bytesData: Data { Data(bytes) }
}
