import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import martlet

/// Requests copied from templates are read back with the generated messages.
@Suite struct LoadItemsTests {
    private static let start: UInt64 = 1_790_000_000_000_000_000

    private func context(_ shape: TraceShape = .typical, run: UInt64 = 7, traceSpans: UInt64? = nil) -> LoadContext {
        LoadContext(
            identity: RunIdentity(id: run), shape: shape, traceSpans: traceSpans ?? shape.traceSpansDefault,
            startTime: Self.start, itemNanoseconds: 5_000)
    }

    /// All spans of a run, in requests of `batch`.
    private func spans(_ context: LoadContext, count: Int, batch: Int) throws -> [OTLPSpan] {
        let items = SpanItems(context)
        return try stride(from: 0, to: count, by: batch).flatMap { first in
            let bytes = items.request(first: UInt64(first), count: min(batch, count - first))
            let request = try OTLPTraceRequest(serializedBytes: bytes)
            for group in request.resourceSpans { check(group.resource, context) }
            // No byte that the messages do not know.
            #expect(request.unknownFields.data.isEmpty)
            #expect(try request.serializedBytes() as [UInt8] == bytes)
            return request.resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
        }
    }

    private func check(_ resource: OTLPResource, _ context: LoadContext) {
        let run = resource.attributes.first { $0.key == RunIdentity.attribute }
        #expect(run?.value.stringValue == context.identity.hex)
        #expect(resource.attributes.first?.key == "service.name")
        #expect(resource.attributes.first?.value.stringValue.isEmpty == false)
    }

    @Test(
        arguments: TraceShape.allCases,
        // Whole traces in a request, a trace over several requests, and neither a multiple of the other.
        [(2_000, 500, nil), (1_000, 64, 1_000), (999, 7, 13)] as [(Int, Int, UInt64?)])
    func `spans are as many as asked for, with unique ids and parents in their trace`(
        shape: TraceShape, size: (count: Int, batch: Int, traceSpans: UInt64?)
    ) throws {
        let context = context(shape, traceSpans: size.traceSpans)
        let spans = try spans(context, count: size.count, batch: size.batch)
        #expect(spans.count == size.count)
        #expect(Set(spans.map(\.spanID)).count == size.count)
        let traceSpans = Int(context.traceSpans)
        let traces = Dictionary(grouping: spans, by: \.traceID)
        #expect(traces.count == (size.count + traceSpans - 1) / traceSpans)
        for trace in traces.values {
            #expect(trace.count <= traceSpans)
            let byID = Dictionary(uniqueKeysWithValues: trace.map { ($0.spanID, $0) })
            #expect(trace.filter(\.parentSpanID.isEmpty).count == 1)
            for span in trace where !span.parentSpanID.isEmpty {
                let parent = try #require(byID[span.parentSpanID])
                #expect(parent.startTimeUnixNano <= span.startTimeUnixNano)
                #expect(parent.endTimeUnixNano >= span.endTimeUnixNano)
                #expect(span.startTimeUnixNano < span.endTimeUnixNano)
            }
        }
    }

    @Test func `a deep trace is one chain, a wide one has one parent`() throws {
        let deep = try spans(context(.deep, traceSpans: 500), count: 500, batch: 100)
        #expect(Set(deep.map(\.parentSpanID)).count == 500)
        let wide = try spans(context(.wide, traceSpans: 500), count: 500, batch: 100)
        #expect(Set(wide.map(\.parentSpanID)).count == 2)
    }

    @Test func `a typical trace has a server root, services, about ten attributes, and now and then an exception`()
        throws
    {
        let items = SpanItems(context())
        let request = try OTLPTraceRequest(serializedBytes: items.request(first: 0, count: 10_000))
        #expect(request.resourceSpans.count == LoadContext.services)
        let spans = request.resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
        #expect(spans.filter(\.parentSpanID.isEmpty).allSatisfy { $0.kind == .server })
        #expect(Set(spans.map(\.kind)) == [.server, .client, .internal, .producer])
        #expect(spans.allSatisfy { (10...11).contains($0.attributes.count) })
        let failed = spans.filter { $0.status.code == .error }
        #expect((spans.count / 100...spans.count / 20).contains(failed.count))
        let events = spans.flatMap(\.events)
        #expect(!events.isEmpty && events.allSatisfy { $0.name == "exception" && $0.timeUnixNano > Self.start })
        // Digits are put in, and not the same ones everywhere.
        let users = spans.compactMap { span in span.attributes.first { $0.key == "user.id" }?.value.stringValue }
        #expect(users.allSatisfy { $0.wholeMatch(of: /user-[0-9]{5}/) != nil })
        #expect(Set(users).count > users.count / 2)
        #expect(!spans.contains { $0.attributes.contains { $0.value.stringValue.contains("#") } })
    }

    @Test func `runs with different ids share no id`() throws {
        let first = try spans(context(run: 1), count: 1_000, batch: 500)
        let second = try spans(context(run: 2), count: 1_000, batch: 500)
        #expect(Set(first.map(\.traceID)).isDisjoint(with: Set(second.map(\.traceID))))
        let firstLog = RunIdentity(id: 1).logID(0)
        #expect(firstLog != RunIdentity(id: 2).logID(0))
    }

    @Test func `the same run makes the same bytes`() {
        #expect(
            SpanItems(context()).request(first: 40, count: 30) == SpanItems(context()).request(first: 40, count: 30))
        #expect(SpanItems(context()).request(first: 0, count: 0).isEmpty)
    }

    @Test func `log records have a body, a severity, a trace and a uid of their own`() throws {
        let items = LogItems(context())
        let bytes = items.request(first: 1_000, count: 3_000)
        let request = try OTLPLogsRequest(serializedBytes: bytes)
        #expect(try request.serializedBytes() as [UInt8] == bytes)
        for group in request.resourceLogs { check(group.resource, context()) }
        let records = request.resourceLogs.flatMap { $0.scopeLogs.flatMap(\.logRecords) }
        #expect(records.count == 3_000)
        let uids = records.compactMap { record in
            record.attributes.first { $0.key == "log.record.uid" }?.value.stringValue
        }
        #expect(Set(uids).count == 3_000)
        #expect(uids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
        #expect(Set(records.map(\.body.stringValue)).count > 2_500)
        #expect(records.allSatisfy { $0.traceID.count == 16 && $0.spanID.count == 8 })
        #expect(records.allSatisfy { (6...7).contains($0.attributes.count) })
        #expect(Set(records.map(\.severityNumber)) == [.debug, .info, .warn, .error])
        #expect(records.allSatisfy { $0.timeUnixNano > Self.start && $0.timeUnixNano < $0.observedTimeUnixNano })
        // The record of a number belongs to the span of that number.
        let spans = try OTLPTraceRequest(
            serializedBytes: SpanItems(context()).request(first: 1_000, count: 3_000)
        ).resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
        #expect(Set(records.map(\.spanID)) == Set(spans.map(\.spanID)))
    }

    @Test(arguments: [20, 500, 777])
    func `points are unique by series and time, and a tenth are histograms`(batch: Int) throws {
        let count = 2 * Int(MetricItems.seriesCount)
        let items = MetricItems(context())
        var points: Set<[String]> = []
        var seen = 0
        var histograms = 0
        for first in stride(from: 0, to: count, by: batch) {
            let bytes = items.request(first: UInt64(first), count: min(batch, count - first))
            let request = try OTLPMetricsRequest(serializedBytes: bytes)
            #expect(try request.serializedBytes() as [UInt8] == bytes)
            for group in request.resourceMetrics {
                check(group.resource, context())
                let service = group.resource.attributes.first?.value.stringValue ?? ""
                for metric in group.scopeMetrics.flatMap(\.metrics) {
                    let numbers = metric.gauge.dataPoints + metric.sum.dataPoints
                    for point in numbers {
                        let attributes = point.attributes.map(\.value.stringValue)
                        points.insert([service, metric.name, "\(point.timeUnixNano)"] + attributes)
                    }
                    for point in metric.histogram.dataPoints {
                        let attributes = point.attributes.map(\.value.stringValue)
                        points.insert([service, metric.name, "\(point.timeUnixNano)"] + attributes)
                        #expect(point.bucketCounts.count == 15 && point.explicitBounds.count == 14)
                        #expect(point.bucketCounts.reduce(0, +) == point.count)
                    }
                    if case .sum = metric.data {
                        #expect(metric.sum.isMonotonic && metric.sum.aggregationTemporality == .cumulative)
                    }
                    seen += numbers.count + metric.histogram.dataPoints.count
                    histograms += metric.histogram.dataPoints.count
                }
            }
        }
        #expect(seen == count)
        #expect(points.count == count)
        #expect(histograms == count / 10)
    }

    @Test func `cumulative values never fall`() throws {
        let items = MetricItems(context())
        // The first sum of the first service, round by round.
        let first = 5 * MetricItems.pointsPerMetric
        var last: Int64 = -1
        for round in 0..<20 as Range<UInt64> {
            let bytes = items.request(first: first + round * MetricItems.seriesCount, count: 1)
            let metric = try OTLPMetricsRequest(serializedBytes: bytes).resourceMetrics[0].scopeMetrics[0].metrics[0]
            let value = metric.sum.dataPoints[0].asInt
            #expect(value >= last)
            last = value
        }
    }
}
