import Codecs
import Logging
import Receivers
import Synchronization
import TelemetryModel

/// A page of 100,000 series, from its bytes to columns.
struct ScrapeCase: BenchmarkCase {
    static let name = "scrape"
    static let summary = "a page of 100,000 series: parsed, labelled, made into a request, appended to columns"

    private static let series = 100_000
    private static let scrapes = 10

    func run(_ bench: Bench) async throws {
        for (format, contentType) in [
            ("text", "text/plain; version=0.0.4"), ("OpenMetrics", "application/openmetrics-text; version=1.0.0"),
        ] {
            try await measure(format, contentType)
        }
    }

    private func measure(_ format: String, _ contentType: String) async throws {
        let page = Self.page(isOpenMetrics: format != "text")
        var job = ScrapeJob(name: "bench")
        job.interval = .seconds(1)
        job.timeout = .seconds(1)
        job.discoveries = [.fixed([TargetGroup(addresses: ["127.0.0.1:1"])])]
        let sink = CountingSink()
        let manager = ScrapeManager(
            fetcher: StoredPage(page: page, contentType: contentType), sink: sink,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, options: .init(userAgent: "bench"))
        manager.reload(jobs: [job])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await manager.run() }
            // The first scrape meets every series; what counts is the ones after it.
            while sink.scrapes < 1 { try await Task.sleep(for: .milliseconds(5)) }
            let first = sink.scrapes
            let time = try await Bench.measure {
                while sink.scrapes < first + Self.scrapes { try await Task.sleep(for: .milliseconds(20)) }
            }
            Bench.report(
                "scrape, \(format)", "\((time.cpu / Double(sink.scrapes - first) * 1e3).text(0)) ms CPU",
                "\(Self.series) series, \(page.count >> 20) MiB, one scrape, labels known")
            group.cancelAll()
        }
    }

    private static func page(isOpenMetrics: Bool) -> [UInt8] {
        var text = ""
        for metric in 0..<100 {
            text += "# HELP metric_\(metric) A metric of the benchmark.\n# TYPE metric_\(metric) gauge\n"
            for series in 0..<(Self.series / 100) {
                text +=
                    "metric_\(metric){instance_id=\"i-\(series)\",method=\"GET\",path=\"/api/v1/items/\(series % 50)\","
                    + "status=\"200\"} \(series &* 7919 % 100_003)\n"
            }
        }
        if isOpenMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }
}

private struct StoredPage: ScrapeFetcher {
    let page: [UInt8]
    let contentType: String

    func fetch(_ request: ScrapeRequest) async throws(ScrapeFailure) -> ScrapeResponse {
        ScrapeResponse(contentType: contentType, body: page)
    }
}

/// Appends what comes to columns, as the pipeline does.
private final class CountingSink: SampleSink {
    private let appender = Mutex(ColumnAppender(batch: TelemetryBatch()))
    private let count = Atomic<Int>(0)

    var scrapes: Int { count.load(ordering: .relaxed) / 100_000 }

    func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {
        try appender.withLock { appender in
            if appender.batch.rows > 200_000 { appender.batch.reset() }
            appender.begin(receivedTime: .now())
            try request.withUnsafeBufferPointer { bytes in
                try appender.append(remoteWrite: bytes, .two, seesConflicts: false)
            }
        }
        count.add(sampleCount, ordering: .relaxed)
    }
}
