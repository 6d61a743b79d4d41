import Codecs
import OTLPMessages
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
    private var sequence: UInt64 = 0

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
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
