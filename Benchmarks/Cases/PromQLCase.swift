import Codecs
import MartletServer
import PromQLEvaluation
import PrometheusModel
import QueryEngines
import TelemetryModel
import TelemetryStore

/// PromQL over 50,000 series with 100 samples each, and over a store of a million series.
struct PromQLCase: BenchmarkCase {
    static let name = "promql"
    static let summary = "PromQL over 50,000 series and 5 M samples; one series among 1 M; label values"

    private static let series = 50_000
    private static let samplesPerSeries = 100
    private static let stepSeconds: Int64 = 15
    private static let runs = 7

    func run(_ bench: Bench) async throws {
        let end = Timestamp.now().milliseconds / 15_000 * 15_000
        try await writeRequests(bench.store, end: end)
        let source = MetricStore(bench.store)
        var options = EvaluationOptions()
        options.samplesMax = 50_000_000
        let engine = PromQLEngine(source: source, options: options)
        let start = end - 17 * 60_000
        let workload = "50,000 series, 5 M samples; 17 min, step 30 s"

        _ = try await engine.instant("count(x)", at: end)
        try await report("select x only, instant", workload) {
            try await engine.instant("count(x)", at: end).samplesRead
        }
        try await report("sum by (service) (rate(x[5m]))", workload) {
            try await engine.range("sum by (service) (rate(x[5m]))", start: start, end: end, step: 30_000).samplesRead
        }
        try await report("avg of one service's gauge", workload) {
            try await engine.range("avg(g{service=\"s7\"})", start: start, end: end, step: 30_000).samplesRead
        }
        try await report("histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))", workload) {
            try await engine.range(
                "histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))", start: start, end: end, step: 30_000
            ).samplesRead
        }
        try await report("topk(10, rate(x[5m])), instant", workload) {
            try await engine.instant("topk(10, rate(x[5m]))", at: end).samplesRead
        }
        try await report("values of a label", "50,000 series") {
            try await source.labelValues("instance", [], start: start, end: end, limit: 0).elements.count
        }

        try await writeMany(bench.store, end: end)
        let fresh = MetricStore(bench.store)
        let before = ProcessFacts.read().privateBytes ?? 0
        let load = try await Bench.measure {
            _ = try await fresh.labelValues("__name__", [], start: 0, end: end, limit: 0)
        }
        Bench.report(
            "index of series loaded", "\((load.wall * 1000).text(0)) ms", "1,050,000 series, once in a process")
        let engineOverMany = PromQLEngine(source: fresh, options: options)
        _ = try await engineOverMany.instant("many{id=\"1\"}", at: end)
        try await report("one series of a million", "1,050,000 series; 5 min, instant") {
            try await engineOverMany.instant("many{id=\"777777\"}", at: end).samplesRead
        }
    }

    private func report(_ figure: String, _ workload: String, _ work: () async throws -> Int) async throws {
        var walls: [Double] = []
        var cpus: [Double] = []
        var read = 0
        for _ in 0..<Self.runs {
            let measured = try await Bench.measure { read = try await work() }
            walls.append(measured.wall)
            cpus.append(measured.cpu)
        }
        walls.sort()
        cpus.sort()
        Bench.report(
            figure, "\((walls[Self.runs / 2] * 1000).text(1)) ms, CPU \((cpus[Self.runs / 2] * 1000).text(0)) ms",
            "\(workload); \(read) read")
    }

    /// A counter and a gauge and a histogram with ten buckets for each of some instances; 50,000 series in all, as a
    /// scraper writes them: all series at one time, then the next time.
    private func writeRequests(_ store: TelemetryStore, end: Int64) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        var all: [(labels: Labels, slope: Double)] = []
        let bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"]
        let instances = Self.series / 25
        for instance in 0..<instances {
            let base = [
                Label("instance", "host-\(instance)"), Label("job", "api"), Label("service", "s\(instance % 20)"),
            ]
            for path in 0..<10 { all.append((named("x", base + [Label("path", "/p\(path)")]), Double(path + 1))) }
            for kind in 0..<5 { all.append((named("g", base + [Label("kind", "k\(kind)")]), 0)) }
            for (place, bound) in bounds.enumerated() {
                all.append((named("h_bucket", base + [Label("le", bound)]), Double(place + 1)))
            }
        }
        for sample in 0..<Self.samplesPerSeries {
            let time = end - Int64(Self.samplesPerSeries - 1 - sample) * Self.stepSeconds * 1000
            try await write(all, time: time, sample: Double(sample), &appender, to: store)
        }
    }

    private func writeMany(_ store: TelemetryStore, end: Int64) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        for start in stride(from: 0, to: 1_000_000, by: 50_000) {
            let all = (start..<start + 50_000).map { id in
                (named("many", [Label("id", "\(id)"), Label("job", "api"), Label("zone", "z\(id % 100)")]), 1.0)
            }
            try await write(all, time: end - 1000, sample: 1, &appender, to: store)
        }
    }

    private func named(_ name: String, _ labels: [Label]) -> Labels { Labels(labels + [Label("__name__", name)]) }

    private func write(
        _ series: [(labels: Labels, slope: Double)], time: Int64, sample: Double,
        _ appender: inout ColumnAppender, to store: TelemetryStore
    ) async throws {
        appender.batch = TelemetryBatch()
        appender.begin(receivedTime: .now())
        var builder = RemoteWriteBuilder()
        for (labels, slope) in series {
            builder.add(labels, samples: [.init(time: time, value: slope == 0 ? sample * 1.5 : slope * sample * 15)])
        }
        let body = builder.finish()
        try body.withUnsafeBufferPointer { bytes in
            try appender.append(remoteWrite: bytes, .two, seesConflicts: false)
        }
        try await store.write(appender.batch, token: nil)
    }
}
