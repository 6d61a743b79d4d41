import Codecs
import OTLPMessages
import PrometheusModel
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// Series in Prometheus' terms are exported as OTLP. Against the real engine, in databases of their own.
@Suite struct PrometheusExportTests {
    private static let time: Int64 = 1_700_000_000_000

    private func labels(_ name: String, _ more: [(String, String)] = []) -> Labels {
        Labels(
            [Label("__name__", name), Label("job", "api"), Label("instance", "h:1")]
                + more.map { Label($0.0, $0.1) })
    }

    private func write(_ builder: RemoteWriteBuilder, to store: ExportStore) async throws {
        var builder = builder
        let body = builder.finish()
        try await store.write { appender in
            try body.withUnsafeBufferPointer { try appender.append(remoteWrite: $0, .two, seesConflicts: false) }
        }
    }

    private func request(_ lines: [String]) throws -> OTLPMetricsRequest {
        var repairs = RepairCounts()
        let line = try #require(lines.first)
        return try OTLPJSONDecoder.decodeMetrics(Array(line.utf8), repairs: &repairs)
    }

    @Test func aCounterIsASumAndAPartOfAHistogramIsAGauge() async throws {
        let store = try await ExportStore("prometheus_kinds")
        var builder = RemoteWriteBuilder()
        builder.add(
            labels("requests_total", [("code", "500")]),
            metadata: MetricMetadata(type: .counter, help: "all of them", unit: ""), startTime: Self.time - 60_000,
            samples: [.init(time: Self.time, value: 3), .init(time: Self.time + 1000, value: StaleMarker.value)])
        builder.add(
            labels("wait_seconds_bucket", [("le", "0.5")]),
            metadata: MetricMetadata(type: .histogram, help: "", unit: "seconds"),
            samples: [.init(time: Self.time, value: 2)])
        try await write(builder, to: store)
        let message = try request(try await store.metrics(perLine: 100))
        let group = try #require(message.resourceMetrics.first)
        #expect(message.resourceMetrics.count == 1)
        #expect(group.resource.attributes.map(\.key) == ["service.name", "service.instance.id"])
        #expect(group.resource.attributes.map(\.value.stringValue) == ["api", "h:1"])
        let metrics = group.scopeMetrics.flatMap(\.metrics).sorted { $0.name < $1.name }
        #expect(metrics.map(\.name) == ["requests_total", "wait_seconds_bucket"])
        #expect(metrics[0].sum.isMonotonic)
        #expect(metrics[0].sum.aggregationTemporality == .cumulative)
        #expect(metrics[0].description_p == "all of them")
        let points = metrics[0].sum.dataPoints
        #expect(points.map(\.asDouble) == [3, 0])
        #expect(points.map(\.flags) == [0, 1])
        #expect(points.map(\.startTimeUnixNano) == [1_699_999_940_000_000_000, 1_699_999_940_000_000_000])
        #expect(points[1].value == nil)
        #expect(points[0].attributes.map(\.key) == ["code"])
        // `_bucket` is kept: as a sum its name would get another ending.
        #expect(metrics[1].gauge.dataPoints.first?.asDouble == 2)
        #expect(metrics[1].unit == "s")
        #expect(metrics[1].gauge.dataPoints.first?.attributes.map(\.key) == ["le"])
    }

    @Test func aNativeHistogramIsAnExponentialOne() async throws {
        let store = try await ExportStore("prometheus_native")
        var builder = RemoteWriteBuilder()
        let histogram = NativeHistogram(
            schema: 3, zeroThreshold: 0.001, zeroCount: 2, count: 12, sum: 18.4,
            positiveSpans: [.init(offset: 1, length: 2), .init(offset: 1, length: 1)],
            negativeSpans: [.init(offset: -2, length: 1)], positiveBuckets: [1, 2, 4], negativeBuckets: [3])
        let custom = NativeHistogram(
            schema: -53, count: 3, sum: 7, positiveSpans: [.init(offset: 1, length: 2)], positiveBuckets: [1, 2],
            customBounds: [0.5, 1])
        builder.add(labels("wait"), samples: [], histograms: [.init(time: Self.time, value: histogram)])
        builder.add(labels("classic"), samples: [], histograms: [.init(time: Self.time, value: custom)])
        try await write(builder, to: store)
        let metrics = try request(try await store.metrics(perLine: 100)).resourceMetrics
            .flatMap(\.scopeMetrics).flatMap(\.metrics)
        let explicit = try #require(metrics.first { $0.name == "classic" }).histogram
        #expect(explicit.aggregationTemporality == .cumulative)
        #expect(explicit.dataPoints.first?.bucketCounts == [0, 1, 2])
        #expect(explicit.dataPoints.first?.explicitBounds == [0.5, 1])
        let point = try #require(metrics.first { $0.name == "wait" }?.exponentialHistogram.dataPoints.first)
        #expect(point.scale == 3)
        #expect(point.count == 12)
        #expect(point.sum == 18.4)
        #expect(point.zeroCount == 2)
        #expect(point.zeroThreshold == 0.001)
        #expect(point.positive.offset == 0)
        #expect(point.positive.bucketCounts == [1, 2, 0, 4])
        #expect(point.negative.offset == -3)
        #expect(point.negative.bucketCounts == [3])
        // The way back is the one that PromQL goes.
        let back = try NativeHistogram(
            scale: point.scale, positive: .init(offset: point.positive.offset, counts: point.positive.bucketCounts),
            negative: .init(offset: point.negative.offset, counts: point.negative.bucketCounts),
            zeroCount: point.zeroCount, count: point.count, sum: point.sum, zeroThreshold: point.zeroThreshold)
        func counted(_ value: NativeHistogram) -> [String] { value.allBuckets.filter { $0.count > 0 }.map { "\($0)" } }
        #expect(counted(back) == counted(histogram))
    }

    @Test func anExemplarGoesToTheNextPoint() async throws {
        let store = try await ExportStore("prometheus_exemplars")
        var builder = RemoteWriteBuilder()
        func exemplar(_ offset: Int64, _ value: Double) -> Exemplar {
            Exemplar(labels: Labels([Label("user", "\(value)")]), value: value, time: Self.time + offset)
        }
        builder.add(
            labels("requests_total"), metadata: MetricMetadata(type: .counter, help: "", unit: ""),
            samples: (0..<4).map { .init(time: Self.time + $0 * 1000, value: Double($0)) },
            exemplars: [exemplar(-5, 1), exemplar(0, 2), exemplar(1, 3), exemplar(3500, 4)])
        try await write(builder, to: store)
        for perPage in [1, 2, 3, 100] {
            let metrics = try request(try await store.metrics(perPage: perPage, perLine: 100)).resourceMetrics
                .flatMap(\.scopeMetrics).flatMap(\.metrics)
            let points = metrics.flatMap(\.sum.dataPoints)
            #expect(points.map { $0.exemplars.map(\.asDouble) } == [[1, 2], [3], [], [4]], "\(perPage) a page")
        }
    }

    /// Series of both terms and of all kinds, in the order that they have as OTLP.
    @Test func exportOfImportedSeriesIsTheSame() async throws {
        let first = try await ExportStore("prometheus_1")
        let second = try await ExportStore("prometheus_2")
        var builder = RemoteWriteBuilder()
        for number in 0..<30 {
            builder.add(
                labels("requests_total", [("path", "/\(number % 10)"), ("code", "\(200 + number / 10)")]),
                metadata: MetricMetadata(type: .counter, help: "h", unit: ""),
                samples: (0..<3).map { .init(time: Self.time + $0 * 15_000, value: Double(number) + Double($0)) },
                exemplars: [Exemplar(labels: Labels([Label("a", "b")]), value: 1, time: Self.time + 7)])
            builder.add(
                labels("heat_celsius", [("room", "\(number)")]),
                metadata: MetricMetadata(type: .gauge, help: "", unit: "celsius"),
                samples: [.init(time: Self.time, value: number == 3 ? .nan : Double(number))])
            builder.add(
                labels("wait", [("n", "\(number)")]), samples: [],
                histograms: [
                    .init(
                        time: Self.time,
                        value: NativeHistogram(
                            schema: 1, zeroThreshold: 1e-9, count: 2, sum: 3,
                            positiveSpans: [.init(offset: Int32(number), length: 1)], positiveBuckets: [2]))
                ])
        }
        try await write(builder, to: first)
        for seed in UInt64(200)...210 {
            var random = RandomOTLP(seed: seed)
            let request = random.metricsRequest()
            try await first.write { $0.append(request) }
        }
        let lines = try await first.metrics(perPage: 10, perLine: 20)
        #expect(lines.count > 5)
        try await second.importMetrics(lines.reversed())
        #expect(try await second.metrics(perPage: 1000, perLine: 20) == lines)
    }
}
