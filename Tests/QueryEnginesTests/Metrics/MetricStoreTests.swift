import ClickHouse
import Codecs
import PromQLEvaluation
import PrometheusModel
import QueryEngines
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// Stored metrics as PromQL sees them, on the real engine in databases of their own.
@Suite struct MetricStoreTests {
    private struct Opened {
        let store: TelemetryStore
        let metrics: MetricStore
        let engine: PromQLEngine

        func value(_ query: String, at time: Int64) async throws -> [String: Double] {
            guard case .vector(let samples) = try await engine.instant(query, at: time).value else { return [:] }
            #expect(Set(samples.map(\.labels)).count == samples.count, "each label set once")
            return Dictionary(samples.map { ($0.labels.description, $0.value) }) { $1 }
        }
    }

    private static let retention = Retention(
        traces: .seconds(86_400), logs: .seconds(86_400), metrics: .seconds(86_400 * 400))
    private static let second: Int64 = 1_000_000_000

    private func open(_ database: String) async throws -> Opened {
        let engine = DatabaseEngine(try SharedEngine.open(), database: database)
        let store = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        let metrics = MetricStore(store)
        return Opened(store: store, metrics: metrics, engine: PromQLEngine(source: metrics))
    }

    private func otlp(
        _ metric: String, attributes: String = "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}}",
        scope: String = "a"
    ) -> String {
        """
        {"resourceMetrics":[{"resource":{"attributes":[\(attributes)]},"scopeMetrics":[{"scope":{"name":"\(scope)"},
        "metrics":[\(metric)]}]}]}
        """
    }

    private func write(_ bodies: [String], to opened: Opened, received: Timestamp = .now()) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        for body in bodies {
            var repairs = RepairCounts()
            appender.begin(receivedTime: received)
            appender.append(try OTLPJSONDecoder.decodeMetrics(Array(body.utf8), repairs: &repairs))
        }
        try await opened.store.write(appender.batch, token: nil)
    }

    private func write(_ builder: RemoteWriteBuilder, to opened: Opened, received: Timestamp = .now()) async throws {
        var builder = builder
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: received)
        let body = builder.finish()
        try body.withUnsafeBufferPointer { try appender.append(remoteWrite: $0, .two, seesConflicts: false) }
        try await opened.store.write(appender.batch, token: nil)
    }

    private func histogram(_ time: Int64, counts: [Int], temporality: Int = 2) -> String {
        """
        {"name":"http.duration","unit":"s","histogram":{"aggregationTemporality":\(temporality),"dataPoints":[{
        "startTimeUnixNano":"\((time - 60 * 1000) * 1_000_000)","timeUnixNano":"\(time * 1_000_000)",
        "count":"\(counts.reduce(0, +))","sum":1.5,"bucketCounts":[\(counts.map { "\"\($0)\"" }.joined(separator: ","))],
        "explicitBounds":[0.1,0.5]}]}}
        """
    }

    private var now: Int64 { Timestamp.now().milliseconds }

    @Test("a classic histogram becomes a series for each bound, a sum and a count; le is matched")
    func classicHistogram() async throws {
        let opened = try await open("metrics_classic")
        let time = now
        try await write([otlp(histogram(time, counts: [1, 2, 3]))], to: opened)
        let buckets = try await opened.value("http_duration_seconds_bucket", at: time)
        #expect(
            buckets == [
                "http_duration_seconds_bucket{job=\"shop\", le=\"0.1\"}": 1,
                "http_duration_seconds_bucket{job=\"shop\", le=\"0.5\"}": 3,
                "http_duration_seconds_bucket{job=\"shop\", le=\"+Inf\"}": 6,
            ])
        #expect(try await opened.value("http_duration_seconds_bucket{le=\"0.5\"}", at: time).values.map { $0 } == [3])
        #expect(try await opened.value("http_duration_seconds_count", at: time).values.map { $0 } == [6])
        #expect(try await opened.value("{\"http.duration_sum\"}", at: time).values.map { $0 } == [1.5])
        let values = try await opened.metrics.labelValues("le", [], start: time - 1000, end: time, limit: 0)
        #expect(values.elements == ["+Inf", "0.1", "0.5"])
        let series = try await opened.metrics.series(
            [[LabelMatcher(equal: "le", "0.1")]], start: time - 1000, end: time, limit: 0)
        #expect(series.elements.map(\.description) == ["http_duration_seconds_bucket{job=\"shop\", le=\"0.1\"}"])
    }

    @Test("streams whose labels are the same are one series: two scopes, and what was scraped beside OTLP")
    func sameLabels() async throws {
        let opened = try await open("metrics_same")
        let time = now
        try await write(
            [
                otlp(histogram(time - 10_000, counts: [1, 0, 0]), scope: "a"),
                otlp(histogram(time, counts: [2, 0, 0]), scope: "b"),
            ], to: opened)
        var builder = RemoteWriteBuilder()
        builder.add(
            ["__name__": "http_duration_seconds_bucket", "job": "shop", "le": "0.1"],
            samples: [.init(time: time - 5000, value: 1.5)])
        builder.add(
            ["__name__": "http_duration_seconds_bucket", "job": "shop", "le": "9"],
            samples: [.init(time: time - 5000, value: 7)])
        try await write(builder, to: opened)
        let all = try await opened.value("http_duration_seconds_bucket", at: time)
        #expect(all.count == 4)
        #expect(all["http_duration_seconds_bucket{job=\"shop\", le=\"0.1\"}"] == 2)
        #expect(try await opened.value("http_duration_seconds_bucket{le=\"9\"}", at: time).values.map { $0 } == [7])
        #expect(try await opened.value("http_duration_seconds_bucket{le=\"0.5\"}", at: time).values.map { $0 } == [2])
        let rate = try await opened.value("count_over_time(http_duration_seconds_bucket{le=\"0.1\"}[1m])", at: time)
        #expect(rate.values.map { $0 } == [3])
    }

    @Test("a delta histogram is summed up, and its first values count")
    func deltaHistogram() async throws {
        let opened = try await open("metrics_delta")
        let time = now
        let points = (0..<6).map { step in
            otlp(histogram(time - 50_000 + Int64(step) * 10_000, counts: [1, 2, 3], temporality: 1))
        }
        try await write(points, to: opened)
        let buckets = try await opened.value("http_duration_seconds_bucket", at: time)
        #expect(buckets["http_duration_seconds_bucket{job=\"shop\", le=\"+Inf\"}"] == 36)
        let increase = try await opened.value("increase(http_duration_seconds_count[5m])", at: time)
        #expect(abs((increase.values.first ?? 0) - 36) < 8)
        let resets = try await opened.value("resets(http_duration_seconds_count[5m])", at: time)
        #expect(resets.values.map { $0 } == [0])
    }

    @Test("an exponential histogram is a native one, cumulative or summed up; what is out of range is told")
    func exponential() async throws {
        let opened = try await open("metrics_exponential")
        let time = now
        func point(_ time: Int64, temporality: Int, scale: Int, name: String) -> String {
            otlp(
                """
                {"name":"\(name)","exponentialHistogram":{"aggregationTemporality":\(temporality),"dataPoints":[{
                "startTimeUnixNano":"\((time - 5000) * 1_000_000)","timeUnixNano":"\(time * 1_000_000)","count":"3",
                "sum":6,"scale":\(scale),"zeroCount":"0","positive":{"offset":0,"bucketCounts":["1","2"]}}]}}
                """)
        }
        try await write(
            [
                point(time, temporality: 2, scale: 0, name: "cumulative"),
                point(time - 1000, temporality: 1, scale: 1, name: "delta"),
                point(time, temporality: 1, scale: 0, name: "delta"),
                point(time, temporality: 2, scale: -9, name: "wide"),
            ], to: opened)
        #expect(try await opened.value("histogram_count(cumulative)", at: time).values.map { $0 } == [3])
        #expect(try await opened.value("histogram_sum(delta)", at: time).values.map { $0 } == [12])
        let wide = try await opened.engine.instant("wide", at: time)
        #expect(wide.warnings.contains { $0.contains("exponential histograms have a scale below -4") })
    }

    @Test("a name as it was sent, or without its suffixes, stands for the metric; target_info tells the resource")
    func names() async throws {
        let opened = try await open("metrics_names")
        let time = now
        let attributes =
            "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}},"
            + "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"i1\"}},"
            + "{\"key\":\"host.name\",\"value\":{\"stringValue\":\"h1\"}}"
        let metric =
            "{\"name\":\"jobs.done\",\"unit\":\"By\",\"description\":\"told\",\"sum\":{\"aggregationTemporality\":2,"
            + "\"isMonotonic\":true,\"dataPoints\":[{\"timeUnixNano\":\"\(time * 1_000_000)\",\"asInt\":\"4\"}]}}"
        try await write([otlp(metric, attributes: attributes)], to: opened)
        let expected = ["jobs_done_bytes_total{instance=\"i1\", job=\"shop\"}": 4.0]
        for query in [
            "jobs_done_bytes_total", "{\"jobs.done\"}", "jobs_done", "{__name__=\"jobs.done\", job=\"shop\"}",
        ] {
            #expect(try await opened.value(query, at: time) == expected, "\(query)")
        }
        let joined = try await opened.value(
            "jobs_done_bytes_total * on (job, instance) group_left (host_name) target_info", at: time)
        #expect(joined == ["{host_name=\"h1\", instance=\"i1\", job=\"shop\"}": 4])
        let metadata = try await opened.metrics.metadata()
        #expect(
            metadata["jobs_done_bytes_total"] == [MetricMetadata(type: .counter, help: "told", unit: "By")])
    }

    @Test("what was imported is found by its own time, and not by the day of its arrival")
    func importedData() async throws {
        let opened = try await open("metrics_import")
        let old = now - 30 * 86_400_000
        var builder = RemoteWriteBuilder()
        builder.add(["__name__": "old_metric", "job": "a"], samples: [.init(time: old, value: 1)])
        try await write(builder, to: opened)
        func names(_ start: Int64, _ end: Int64) async throws -> [String] {
            try await opened.metrics.labelValues(Labels.nameLabel, [], start: start, end: end, limit: 0).elements
        }
        #expect(try await names(old - 60_000, old + 60_000) == ["old_metric"])
        #expect(try await names(old - 10 * 86_400_000, old - 9 * 86_400_000).isEmpty)
        #expect(try await opened.value("old_metric", at: old + 1000).values.map { $0 } == [1])
    }

    @Test("the newest samples of all series, those that ended left out")
    func newestSamples() async throws {
        let opened = try await open("metrics_newest")
        let time = now
        var builder = RemoteWriteBuilder()
        builder.add(
            ["__name__": "a"], metadata: MetricMetadata(type: .gauge, help: "help"),
            samples: [.init(time: time - 2000, value: 1), .init(time: time - 1000, value: 2)])
        builder.add(
            ["__name__": "b"],
            samples: [.init(time: time - 2000, value: 1), .init(time: time - 1000, value: StaleMarker.value)])
        try await write(builder, to: opened)
        let snapshot = try await opened.metrics.newestSamples([], at: time, lookback: 300_000)
        #expect(
            snapshot.entries.map { [$0.labels.description, "\($0.value)", $0.metadata.help] } == [["a", "2.0", "help"]])
        #expect(snapshot.entries.first?.time == time - 1000)
    }

    @Test("exemplars are found by the series that they belong to")
    func exemplars() async throws {
        let opened = try await open("metrics_exemplars")
        let time = now
        var builder = RemoteWriteBuilder()
        let id = "0102030405060708090a0b0c0d0e0f10"
        builder.add(
            ["__name__": "c_total"], samples: [.init(time: time, value: 1)],
            exemplars: [Exemplar(labels: ["trace_id": id, "user": "u"], value: 0.5, time: time)])
        try await write(builder, to: opened)
        let found = try await opened.metrics.exemplars(
            [[LabelMatcher(equal: Labels.nameLabel, "c_total")]], start: time - 1000, end: time + 1000)
        #expect(found.map(\.series.description) == ["c_total"])
        #expect(found.first?.exemplars.map(\.labels.description) == ["{trace_id=\"\(id)\", user=\"u\"}"])
    }
}
