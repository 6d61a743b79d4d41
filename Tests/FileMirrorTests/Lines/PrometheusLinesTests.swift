import Codecs
import FileMirror
import Foundation
import OTLPMessages
import PrometheusModel
import TelemetryModel
import TestSupport
import Testing

/// Series in Prometheus' terms as OTLP.
@Suite struct PrometheusLinesTests {
    private func mirrored(_ build: (inout RemoteWriteBuilder) -> Void) async throws -> [OTLPMetric] {
        var builder = RemoteWriteBuilder()
        build(&builder)
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: Blocks.arrival)
        try builder.finish().withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            try appender.append(remoteWrite: bytes, .two, seesConflicts: false)
        }
        let rig = MirrorRig()
        await rig.start().write(batch, of: .metrics, token: rig.nextToken())
        var metrics: [OTLPMetric] = []
        for line in rig.lines("metrics/metrics.jsonl") {
            var repairs = RepairCounts()
            let request = try OTLPJSONDecoder.decodeMetrics(Array(line.utf8), repairs: &repairs)
            for group in request.resourceMetrics {
                #expect(group.resource.attributes.first?.key == "service.name")
                for scope in group.scopeMetrics { metrics += scope.metrics }
            }
        }
        return metrics
    }

    private func labels(_ name: String, _ more: [Label] = []) -> Labels {
        Labels([Label(Labels.nameLabel, name), Label("instance", "a:1"), Label("job", "app")] + more)
    }

    @Test func countersAreSumsAndOtherNumbersGauges() async throws {
        let metrics = try await mirrored { builder in
            builder.add(
                labels("requests_total", [Label("method", "GET")]), metadata: MetricMetadata(type: .counter, help: "h"),
                startTime: 1_789_999_000_000, samples: [.init(time: 1_790_000_000_000, value: 3)])
            builder.add(
                labels("temperature"), metadata: MetricMetadata(type: .gauge),
                samples: [
                    .init(time: 1_790_000_000_000, value: 0.5),
                    .init(time: 1_790_000_001_000, value: StaleMarker.value),
                ])
        }
        #expect(metrics.map(\.name) == ["requests_total", "temperature"])
        let sum = try #require(metrics.first?.sum)
        #expect(sum.isMonotonic && sum.aggregationTemporality == .cumulative)
        #expect(sum.dataPoints.map(\.asDouble) == [3])
        #expect(sum.dataPoints.map { $0.attributes.map(\.key) } == [["method"]])
        #expect(sum.dataPoints.map(\.startTimeUnixNano) == [1_789_999_000_000_000_000])
        let points = metrics.last?.gauge.dataPoints ?? []
        #expect(points.map(\.timeUnixNano) == [1_790_000_000_000_000_000, 1_790_000_001_000_000_000])
        // A staleness marker is a point that has no value, and says so.
        #expect(points.map { $0.value == nil } == [false, true])
        #expect(points.map(\.flags) == [0, 1])
    }

    @Test func nativeHistogramsAreExponentialOnesWithTheirExemplars() async throws {
        var histogram = NativeHistogram(schema: 2)
        histogram.count = 9
        histogram.sum = 12.5
        histogram.zeroCount = 1
        histogram.zeroThreshold = 0.001
        histogram.positiveSpans = [.init(offset: -2, length: 2), .init(offset: 1, length: 1)]
        histogram.positiveBuckets = [3, 1, 4]
        let value = histogram
        let metrics = try await mirrored { builder in
            builder.add(
                labels("latency"), metadata: MetricMetadata(type: .histogram), samples: [],
                histograms: [.init(time: 1_790_000_000_000, value: value)],
                exemplars: [
                    Exemplar(
                        labels: Labels([Label("trace_id", "12345678901234567890123456789012")]), value: 0.25,
                        time: 1_789_999_999_000)
                ])
        }
        let point = try #require(metrics.first?.exponentialHistogram.dataPoints.first)
        #expect(point.count == 9 && point.sum == 12.5 && point.scale == 2)
        #expect(point.zeroCount == 1 && point.zeroThreshold == 0.001)
        #expect(point.positive.offset == -3 && point.positive.bucketCounts == [3, 1, 0, 4])
        #expect(!point.hasNegative)
        #expect(point.exemplars.map(\.asDouble) == [0.25])
        #expect(point.exemplars.first?.traceID.count == 16)
    }
}
