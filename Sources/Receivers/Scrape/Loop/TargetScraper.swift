import Logging
import PrometheusModel
import Synchronization

/// Scrapes one target. Its owner sees to it that scrapes do not overlap.
actor TargetScraper {
    /// What all scrapers share.
    struct Surroundings: Sendable {
        let fetcher: any ScrapeFetcher
        let sink: any SampleSink
        let clock: any ScrapeClock
        let logger: Logger
        let userAgent: String
    }

    /// What is scraped and how; may change between scrapes.
    struct Plan: Sendable {
        var job: ScrapeJob
        var target: ScrapeTarget
        /// Why the target is down without being asked.
        var failure: ScrapeFailure?
    }

    private struct Report {
        var plan: Plan
        var health = ScrapeTargetStatus.Health.unknown
        var lastError = ""
        var lastScrape: Int64?
        var lastDuration = 0.0
    }

    private let surroundings: Surroundings
    private let report: Mutex<Report>
    private var session = ScrapeSession()
    private var times = ScrapeTimes()
    /// Whose series this one goes on with.
    private var predecessor: TargetScraper?
    /// Whether the series have been ended or handed on: an answer that still comes in is not for them.
    private var isOver = false
    /// What was said last about samples that the sink did not take.
    private var isRefused = false
    private var hasDropped = false

    init(_ plan: Plan, predecessor: TargetScraper? = nil, _ surroundings: Surroundings) {
        report = Mutex(Report(plan: plan))
        self.predecessor = predecessor
        self.surroundings = surroundings
    }

    nonisolated var plan: Plan { report.withLock { $0.plan } }

    nonisolated func setPlan(_ plan: Plan) { report.withLock { $0.plan = plan } }

    nonisolated var status: ScrapeTargetStatus {
        let report = report.withLock { $0 }
        let target = report.plan.target
        return ScrapeTargetStatus(
            discoveredLabels: target.discoveredLabels, labels: target.publicLabels, scrapePool: report.plan.job.name,
            scrapeURL: target.url, lastError: report.lastError, lastScrape: report.lastScrape,
            lastScrapeDuration: report.lastDuration, health: report.health,
            scrapeInterval: PrometheusDuration.print(target.interval),
            scrapeTimeout: PrometheusDuration.print(target.timeout))
    }

    /// Scrapes once and hands the samples to the sink. A cancelled scrape leaves nothing behind.
    func scrape() async {
        await takeOver()
        let plan = plan
        let clock = surroundings.clock
        let start = clock.uptime()
        let time = times.next(now: clock.now(), interval: plan.target.interval.wholeNanoseconds)
        let answer: ScrapeSession.Answer
        do throws(ScrapeFailure) {
            answer = .success(try await fetch(plan))
        } catch {
            answer = .failure(error)
        }
        guard !Task.isCancelled, !isOver else { return }
        var seconds = 0.0
        let outcome = session.take(answer, job: plan.job, target: plan.target, time: time) {
            seconds = Double(clock.uptime() - start) / 1e9
            return seconds
        }
        noteOutcome(outcome, plan, time: time, seconds: seconds)
        await admit(outcome.batches, plan)
    }

    /// Ends the series of the target, which is not scraped any more.
    func end() async {
        await takeOver()
        isOver = true
        let plan = plan
        let time = surroundings.clock.now() / 1_000_000
        await admit(session.end(job: plan.job, target: plan.target, time: time), plan)
    }

    private func takeOver() async {
        guard let former = predecessor else { return }
        predecessor = nil
        session = await former.giveUp()
    }

    private func giveUp() async -> ScrapeSession {
        await takeOver()
        isOver = true
        defer { session = ScrapeSession() }
        return session
    }

    private func fetch(_ plan: Plan) async throws(ScrapeFailure) -> ScrapePage {
        if let failure = plan.failure { throw failure }
        let job = plan.job
        let bytesMax = job.limits.bodyBytes > 0 ? job.limits.bodyBytes : ScrapeLimits.bodyBytesCeiling
        let headers: [ScrapeRequest.Header] = [
            .init("Accept", ScrapeProtocol.acceptHeader(job.protocols, escaping: job.nameEscaping)),
            .init("Accept-Encoding", job.client.allowsCompression ? "gzip" : "identity"),
            .init("User-Agent", surroundings.userAgent),
            .init("X-Prometheus-Scrape-Timeout-Seconds", ScrapeRequest.secondsText(plan.target.timeout)),
        ]
        let response = try await surroundings.fetcher.fetch(
            ScrapeRequest(
                url: plan.target.url, headers: headers + job.client.makeHeaders(), timeout: plan.target.timeout,
                bodyBytesMax: bytesMax, followsRedirects: job.client.followsRedirects))
        guard response.status == 200 else {
            throw ScrapeFailure("server returned HTTP status \(response.status) \(response.reason)")
        }
        return ScrapePage(contentType: response.contentType, body: try response.unpackedBody(bytesMax: bytesMax))
    }

    private func admit(_ batches: [SampleBatches.Batch], _ plan: Plan) async {
        do {
            for batch in batches {
                try await surroundings.sink.admit(batch.request, sampleCount: batch.sampleCount, source: "scrape")
            }
            isRefused = false
        } catch {
            if !isRefused, !Task.isCancelled {
                surroundings.logger.error(
                    "scraped samples were not stored", metadata: metadata(plan, ["error": "\(error)"]))
            }
            isRefused = true
            report.withLock { $0.lastError = "scraped, but the samples were not stored: \(error)" }
        }
    }

    private func noteOutcome(_ outcome: ScrapeSession.Outcome, _ plan: Plan, time: Int64, seconds: Double) {
        let health: ScrapeTargetStatus.Health = outcome.failure == nil ? .up : .down
        let before = report.withLock { report in
            defer {
                report.health = health
                report.lastError = outcome.failure?.reason ?? ""
                report.lastScrape = time
                report.lastDuration = seconds
            }
            return report.health
        }
        let logger = surroundings.logger
        if let failure = outcome.failure, before != .down {
            logger.warning("a target is down", metadata: metadata(plan, ["error": "\(failure.reason)"]))
        } else if outcome.failure == nil, before == .down {
            logger.info("a target is up again", metadata: metadata(plan))
        }
        if outcome.dropped > 0, !hasDropped {
            logger.warning(
                "samples of a target were dropped: told twice, out of order or in the future",
                metadata: metadata(plan, ["samples": "\(outcome.dropped)"]))
        }
        hasDropped = outcome.dropped > 0
    }

    private nonisolated func metadata(_ plan: Plan, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["job": "\(plan.job.name)", "url": "\(plan.target.url)"], uniquingKeysWith: { own, _ in own })
    }
}
