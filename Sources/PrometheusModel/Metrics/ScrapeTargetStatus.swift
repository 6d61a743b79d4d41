/// A target of scraping as `/api/v1/targets` shows it.
package struct ScrapeTargetStatus: Sendable {
    package enum Health: String, Sendable { case unknown, up, down }

    package var discoveredLabels: [String: String]
    package var labels: Labels
    package var scrapePool: String
    package var scrapeURL: String
    package var lastError: String
    /// Milliseconds since the Unix epoch; nil before the first.
    package var lastScrape: Int64?
    /// Seconds.
    package var lastScrapeDuration: Double
    package var health: Health
    /// As in the configuration: `15s`.
    package var scrapeInterval: String
    package var scrapeTimeout: String

    package init(
        discoveredLabels: [String: String] = [:], labels: Labels = Labels(), scrapePool: String = "",
        scrapeURL: String = "", lastError: String = "", lastScrape: Int64? = nil, lastScrapeDuration: Double = 0,
        health: Health = .unknown, scrapeInterval: String = "", scrapeTimeout: String = ""
    ) {
        self.discoveredLabels = discoveredLabels
        self.labels = labels
        self.scrapePool = scrapePool
        self.scrapeURL = scrapeURL
        self.lastError = lastError
        self.lastScrape = lastScrape
        self.lastScrapeDuration = lastScrapeDuration
        self.health = health
        self.scrapeInterval = scrapeInterval
        self.scrapeTimeout = scrapeTimeout
    }
}
