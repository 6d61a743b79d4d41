import Codecs
import PrometheusModel

/// What one target's scrapes have in common: which series it showed last, and so which of them have ended.
///
/// A value without a clock or socket: the owner hands in what came back and when, and gets the samples to store.
struct ScrapeSession {
    /// The answer of a target, or why there is none.
    typealias Answer = Result<ScrapePage, ScrapeFailure>

    struct Outcome {
        var batches: [SampleBatches.Batch]
        /// Nil for a scrape that went well.
        var failure: ScrapeFailure?
        var scraped = 0
        var added = 0
        var seriesAdded = 0
        /// Samples dropped: told twice, older than those before, too far in the future.
        var dropped = 0
    }

    private var cache = SeriesCache()
    private var families = MetricFamilies()
    private var rules: SampleRules?
    private(set) var hasScraped = false

    /// Takes one scrape.
    ///
    /// - Parameters:
    ///   - time: when it was scraped, milliseconds since the Unix epoch.
    ///   - seconds: asked when the page has been read, for `scrape_duration_seconds`.
    mutating func take(
        _ answer: Answer, job: ScrapeJob, target: ScrapeTarget, time: Int64, seconds: () -> Double
    ) -> Outcome {
        let rules = SampleRules(job, targetLabels: target.publicLabels)
        if rules != self.rules {
            // What was stored under other rules ends with this scrape, unless the new ones lead to the same labels.
            cache.forgetTexts()
            self.rules = rules
        }
        hasScraped = true
        var outcome: Outcome
        switch answer {
        case .success(let page) where page.body.isEmpty:
            // Upstream takes an empty answer for one without series, whatever its type.
            outcome = withoutSamples(rules, time, nil)
        case .success(let page): outcome = read(page, job, rules, time)
        case .failure(let failure): outcome = withoutSamples(rules, time, failure)
        }
        report(&outcome, answer, job, target, rules, time: time, seconds: seconds())
        return outcome
    }

    /// Ends all series of the target, `up` and its like among them; nothing when it was never scraped.
    mutating func end(job: ScrapeJob, target: ScrapeTarget, time: Int64) -> [SampleBatches.Batch] {
        guard hasScraped else { return [] }
        hasScraped = false
        var batches = SampleBatches()
        cache.beginRound()
        Self.mark(cache.failRound(markedAt: time), time, in: &batches)
        let labels = SampleLabels(targetLabels: target.publicLabels, honorsLabels: false, rules: [])
        for report in ScrapeReport.allCases where report.isAlways || job.reportsExtraMetrics {
            batches.add(labels.report(report.rawValue), report.metadata, time: time, value: StaleMarker.value)
        }
        return batches.finish()
    }

    private mutating func read(_ page: ScrapePage, _ job: ScrapeJob, _ rules: SampleRules, _ time: Int64) -> Outcome {
        let format: ExpositionFormat
        do {
            format = try ExpositionFormat(
                contentType: page.contentType, fallback: job.fallbackProtocol.map(\.expositionFormat))
        } catch {
            return withoutSamples(rules, time, ScrapeFailure(error.description))
        }
        var options = ExpositionParser.Options()
        options.keepsClassicHistograms = job.keepsClassicHistograms
        var round = ScrapeRound(rules: rules, time: time)
        // Exchanged, not copied: the round is the only owner while it changes them.
        swap(&cache, &round.cache)
        swap(&families, &round.families)
        round.cache.beginRound()
        var failure: ExpositionError?
        do throws(ExpositionError) {
            try ExpositionParser.parse(page.body, format: format, options: options, into: &round)
            failure = round.sampleLimitFailure
        } catch {
            failure = error
        }
        swap(&cache, &round.cache)
        swap(&families, &round.families)
        var batches = failure == nil ? round.batches : SampleBatches()
        round.batches = SampleBatches()
        let ended = failure == nil ? cache.endRound(markedAt: time) : cache.failRound(markedAt: time)
        Self.mark(ended, time, in: &batches)
        return Outcome(
            batches: batches.finish(), failure: failure.map { ScrapeFailure($0.description) }, scraped: round.scraped,
            added: round.added, seriesAdded: round.seriesAdded,
            dropped: failure == nil ? round.duplicates + round.outOfOrder + round.outOfBounds : 0)
    }

    private mutating func withoutSamples(_ rules: SampleRules, _ time: Int64, _ failure: ScrapeFailure?) -> Outcome {
        var batches = SampleBatches()
        cache.beginRound()
        Self.mark(cache.failRound(markedAt: time), time, in: &batches)
        return Outcome(batches: batches.finish(), failure: failure)
    }

    private static func mark(_ ended: [Labels], _ time: Int64, in batches: inout SampleBatches) {
        for labels in ended { batches.add(labels, MetricMetadata(), time: time, value: StaleMarker.value) }
    }

    private func report(
        _ outcome: inout Outcome, _ answer: Answer, _ job: ScrapeJob, _ target: ScrapeTarget, _ rules: SampleRules,
        time: Int64, seconds: Double
    ) {
        var batches = SampleBatches()
        for report in ScrapeReport.allCases where report.isAlways || job.reportsExtraMetrics {
            let value: Double =
                switch report {
                case .up: outcome.failure == nil ? 1 : 0
                case .duration: seconds
                case .scraped: Double(outcome.scraped)
                case .added: Double(outcome.added)
                case .seriesAdded: Double(outcome.seriesAdded)
                case .timeout: target.timeout.inSeconds
                case .sampleLimit: Double(job.limits.samples)
                case .bodyBytes:
                    switch answer {
                    case .success(let page): Double(page.body.count)
                    case .failure(let failure): failure.isBodyLimit ? -1 : 0
                    }
                }
            batches.add(rules.labels.report(report.rawValue), report.metadata, time: time, value: value)
        }
        outcome.batches += batches.finish()
    }
}

/// The page of a target, unpacked.
struct ScrapePage: Sendable {
    let contentType: String?
    let body: [UInt8]
}

/// The series that scraping itself makes for each target.
///
/// - Spec: Prometheus, "Jobs and instances"; the last three are those of `extra-scrape-metrics`.
enum ScrapeReport: String, CaseIterable {
    case up
    case duration = "scrape_duration_seconds"
    case scraped = "scrape_samples_scraped"
    case added = "scrape_samples_post_metric_relabeling"
    case seriesAdded = "scrape_series_added"
    case timeout = "scrape_timeout_seconds"
    case sampleLimit = "scrape_sample_limit"
    case bodyBytes = "scrape_body_size_bytes"

    var isAlways: Bool {
        switch self {
        case .up, .duration, .scraped, .added, .seriesAdded: true
        case .timeout, .sampleLimit, .bodyBytes: false
        }
    }

    var metadata: MetricMetadata {
        switch self {
        case .up: .init(type: .gauge, help: "1 when the last scrape of the target succeeded, else 0")
        case .duration: .init(type: .gauge, help: "Time that the last scrape took", unit: "seconds")
        case .scraped: .init(type: .gauge, help: "Samples that the target showed at the last scrape")
        case .added: .init(type: .gauge, help: "Samples of the last scrape that metric relabelling left")
        case .seriesAdded: .init(type: .gauge, help: "Series of the last scrape that were not there before it")
        case .timeout: .init(type: .gauge, help: "Time that a scrape of the target may take", unit: "seconds")
        case .sampleLimit: .init(type: .gauge, help: "Samples that the target may show, 0 for any number")
        case .bodyBytes:
            .init(type: .gauge, help: "Size of the last answer, unpacked; -1 when it was over the limit", unit: "bytes")
        }
    }
}

extension ScrapeProtocol {
    /// Versions of a format are read alike.
    var expositionFormat: ExpositionFormat {
        switch self {
        case .protobuf: .protobuf
        case .openMetrics0, .openMetrics1: .openMetrics
        case .text0, .text1: .text
        }
    }
}
