import OTLPMessages
import Recordings
import SwiftProtobuf
import TelemetryModel
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct RecordingBuilderTests {
    private func attribute(_ key: String, _ text: String) -> OTLPKeyValue {
        .with {
            $0.key = key
            $0.value.stringValue = text
        }
    }

    private func traces(_ resource: [OTLPKeyValue], scope: String = "s", spans: Int = 1) -> OTLPTraceRequest {
        .with { request in
            request.resourceSpans = [
                .with { group in
                    group.resource.attributes = resource
                    group.scopeSpans = [
                        .with { scopeGroup in
                            scopeGroup.scope.name = scope
                            scopeGroup.spans = (0..<spans).map { number in
                                .with {
                                    $0.traceID = Data(repeating: 1, count: 16)
                                    $0.spanID = Data(repeating: UInt8(number + 1), count: 8)
                                    $0.name = "n\(number)"
                                    $0.kind = .server
                                    $0.startTimeUnixNano = 10
                                    $0.endTimeUnixNano = 30
                                    $0.status.code = .error
                                }
                            }
                        }
                    ]
                }
            ]
        }
    }

    @Test func equalResourcesAndScopesAreOneWhateverTheOrderOfTheirAttributes() throws {
        var builder = RecordingBuilder(itemsMax: 10)
        try builder.add(traces([attribute("a", "1"), attribute("b", "2")]))
        try builder.add(traces([attribute("b", "2"), attribute("a", "1")]))
        try builder.add(traces([attribute("b", "3"), attribute("a", "1")], scope: "t"))
        let recording = builder.finish()
        #expect(recording.resources.count == 2)
        #expect(recording.scopes.map(\.name) == ["s", "t"])
        #expect(recording.spans.map(\.resource) == [0, 0, 1])
        #expect(recording.resources[0].attributes.keys == ["a", "b"])
    }

    @Test func aSpanKeepsWhatItSays() throws {
        var builder = RecordingBuilder(itemsMax: 10)
        try builder.add(traces([attribute("service.name", "shop")]))
        let recording = builder.finish()
        let span = try #require(recording.spans.first)
        #expect(span.kind == .server)
        #expect(span.status == .error)
        #expect(span.duration == 20)
        #expect(span.parentSpanID.isZero)
        #expect(span.traceID.hex == String(repeating: "01", count: 16))
        #expect(recording.resources[span.resource].service == "shop")
    }

    @Test func oneItemMoreThanAllowedIsAnError() throws {
        var builder = RecordingBuilder(itemsMax: 3)
        try builder.add(traces([], spans: 3))
        let further = traces([])
        #expect(throws: RecordingError.self) { try builder.add(further) }
        #expect(builder.finish().spans.count == 3)
    }

    private func sum(_ attributes: [OTLPKeyValue], at time: UInt64, monotonic: Bool = true) -> OTLPMetricsRequest {
        .with { request in
            request.resourceMetrics = [
                .with {
                    $0.scopeMetrics = [
                        .with {
                            $0.metrics = [
                                .with { metric in
                                    metric.name = "m"
                                    metric.sum.isMonotonic = monotonic
                                    metric.sum.aggregationTemporality = .cumulative
                                    metric.sum.dataPoints = [
                                        .with {
                                            $0.attributes = attributes
                                            $0.timeUnixNano = time
                                            $0.asInt = Int64(time)
                                        }
                                    ]
                                }
                            ]
                        }
                    ]
                }
            ]
        }
    }

    @Test func pointsOfAStreamComeTogetherInOrderOfTime() throws {
        var builder = RecordingBuilder(itemsMax: 10)
        let (a, b) = (attribute("a", "1"), attribute("b", "2"))
        try builder.add(sum([a, b], at: 30))
        try builder.add(sum([b, a], at: 10))
        try builder.add(sum([a, b], at: 20))
        try builder.add(sum([a], at: 5))
        try builder.add(sum([a, b], at: 40, monotonic: false))
        let recording = builder.finish()
        #expect(recording.series.map { $0.points.map(\.time) } == [[10, 20, 30], [5], [40]])
        #expect(recording.series[0].temporality == .cumulative)
        #expect(recording.items == 5)
    }

    @Test(arguments: [
        ("trace_id", "span_id"), ("traceId", "spanId"), ("TraceID", "SpanID"), ("otelTraceID", "otelSpanID"),
        ("trace.id", "span.id"), ("syslog.structured_data.x.trace_id", "syslog.structured_data.x.span_id"),
    ])
    func idsOfALogAreFoundInItsAttributes(_ keys: (trace: String, span: String)) throws {
        var builder = RecordingBuilder(itemsMax: 10)
        let trace = "0af7651916cd43dd8448eb211c80319c"
        try builder.add(log([attribute(keys.trace, trace), attribute(keys.span, "b7ad6b7169203331")]))
        let log = try #require(builder.finish().logs.first)
        #expect(log.traceID.hex == trace)
        #expect(log.spanID.hex == "b7ad6b7169203331")
        #expect(log.time == 7)
    }

    @Test func aTraceParentNamesBothIds() throws {
        var builder = RecordingBuilder(itemsMax: 10)
        try builder.add(
            log([attribute("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]))
        let log = try #require(builder.finish().logs.first)
        #expect(log.traceID.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(log.spanID.hex == "b7ad6b7169203331")
    }

    @Test func whatIsNoIdLeavesTheLogWithout() throws {
        var builder = RecordingBuilder(itemsMax: 10)
        try builder.add(
            log([attribute("trace_id", "none"), attribute("span_id", "12"), attribute("traceparent", "-")]))
        let log = try #require(builder.finish().logs.first)
        #expect(log.traceID.isZero)
        #expect(log.spanID.isZero)
    }

    private func log(_ attributes: [OTLPKeyValue]) -> OTLPLogsRequest {
        .with { request in
            request.resourceLogs = [
                .with {
                    $0.scopeLogs = [
                        .with {
                            $0.logRecords = [
                                .with {
                                    $0.observedTimeUnixNano = 7
                                    $0.attributes = attributes
                                }
                            ]
                        }
                    ]
                }
            ]
        }
    }
}
