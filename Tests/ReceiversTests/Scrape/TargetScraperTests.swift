import Codecs
import Logging
import PrometheusModel
import Testing

@testable import Receivers

struct TargetScraperTests {
    private let fetcher = RecordingFetcher()
    private let sink = RecordingSink()
    private let clock = ManualClock(milliseconds: 1_000_000)

    private func scraper(_ job: ScrapeJob = ScrapeJob(name: "j"), predecessor: TargetScraper? = nil) throws
        -> TargetScraper
    {
        let found = ScrapePool.discover(job, [TargetGroup(addresses: ["h:1"])])
        let target = try #require(found.targets.first)
        return TargetScraper(
            .init(job: job, target: target, failure: nil), predecessor: predecessor,
            .init(fetcher: fetcher, sink: sink, clock: clock, logger: .silent, userAgent: "Martlet/1"))
    }

    private func texts() -> [String] {
        sink.take().map { sample in
            let labels = sample.labels.removing("job").removing("instance")
            return "\(labels) \(sample.isStale ? "stale" : NumberText.plain(sample.value))"
        }.filter { !$0.hasPrefix("scrape_") }
    }

    @Test("A request tells what is wanted and how long there is time")
    func request() async throws {
        var job = ScrapeJob(name: "j")
        job.timeout = .milliseconds(2500)
        job.limits.bodyBytes = 77
        job.client.followsRedirects = false
        let scraper = try scraper(job)
        await scraper.scrape()
        let request = try #require(fetcher.requests.first)
        #expect(request.url == "http://h:1/metrics" && request.timeout == .milliseconds(2500))
        #expect(request.bodyBytesMax == 77 && !request.followsRedirects)
        #expect(
            request.headers == [
                .init("Accept", ScrapeProtocol.acceptHeader(ScrapeProtocol.defaults, escaping: .allowUTF8)),
                .init("Accept-Encoding", "gzip"), .init("User-Agent", "Martlet/1"),
                .init("X-Prometheus-Scrape-Timeout-Seconds", "2.5"),
            ])
    }

    @Test("The state of a target follows its scrapes")
    func status() async throws {
        let scraper = try scraper()
        #expect(scraper.status.health == .unknown && scraper.status.lastScrape == nil)
        fetcher.show("http://h:1/metrics", "a 1\n")
        await scraper.scrape()
        var status = scraper.status
        #expect(status.health == .up && status.lastError == "" && status.lastScrape == 1_000_000)
        #expect(status.scrapePool == "j" && status.scrapeURL == "http://h:1/metrics" && status.scrapeInterval == "1m")
        #expect(texts() == ["a 1", "up 1"])
        fetcher.answer("http://h:1/metrics", ScrapeResponse(status: 503, reason: "Not Now", contentType: nil, body: []))
        clock.advance(milliseconds: 60_000)
        await scraper.scrape()
        status = scraper.status
        #expect(status.health == .down && status.lastError.contains("503 Not Now") && status.lastScrape == 1_060_000)
        #expect(texts() == ["a stale", "up 0"])
    }

    @Test("Packed answers are unpacked, up to the limit of the body")
    func compression() async throws {
        var job = ScrapeJob(name: "j")
        job.limits.bodyBytes = 1000
        job.reportsExtraMetrics = true
        let scraper = try scraper(job)
        for (lines, up) in [(10, 1.0), (1000, 0.0)] {
            let page = (0..<lines).map { "a{n=\"\($0)\"} 1\n" }.joined()
            let packed = try Gzip.compress(Array(page.utf8))
            fetcher.answer(
                "http://h:1/metrics", ScrapeResponse(contentType: "text/plain", contentEncoding: "gzip", body: packed))
            await scraper.scrape()
            let samples = sink.take()
            #expect(samples.first { $0.labels.metricName == "up" }?.value == up)
            #expect(samples.first { $0.labels.metricName == "scrape_body_size_bytes" }?.value == (up == 1 ? 110 : -1))
        }
        #expect(scraper.status.lastError.contains("body size limit of 1000"))
    }

    @Test("A sink that takes nothing is told of in the target's state, and the next scrape goes on")
    func refused() async throws {
        let scraper = try scraper()
        fetcher.show("http://h:1/metrics", "a 1\n")
        sink.fill(true)
        await scraper.scrape()
        #expect(scraper.status.health == .up && scraper.status.lastError.contains("not stored"))
        sink.fill(false)
        await scraper.scrape()
        #expect(scraper.status.lastError == "" && texts() == ["a 1", "up 1"])
    }

    @Test("A target that is down by its job is not asked")
    func forced() async throws {
        let scraper = try scraper()
        var plan = scraper.plan
        plan.failure = ScrapeFailure("too many")
        scraper.setPlan(plan)
        await scraper.scrape()
        #expect(fetcher.requests.isEmpty && scraper.status.lastError == "too many" && texts() == ["up 0"])
    }

    @Test("One that goes on with another's series ends those that it does not have")
    func handover() async throws {
        let former = try scraper()
        fetcher.show("http://h:1/metrics", "a 1\nb 1\n")
        await former.scrape()
        _ = texts()
        let next = try scraper(predecessor: former)
        fetcher.show("http://h:1/metrics", "b 2\n")
        await next.scrape()
        #expect(texts() == ["b 2", "a stale", "up 1"])
        await former.end()
        #expect(texts() == [])
        await next.end()
        #expect(texts() == ["b stale", "up stale"])
    }
}
