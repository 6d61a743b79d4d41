/// Where samples go that Martlet gets by itself: scraped ones and those of StatsD.
package protocol SampleSink: Sendable {
    /// Takes one `io.prometheus.write.v2.Request`, not compressed. Called from tasks of the receivers, several at once;
    /// returns when the samples are safe, so that a slow sink slows its caller.
    ///
    /// - Parameter source: who made the samples, for logs and counters: `scrape`, `statsd`.
    /// - Throws: when the samples were not taken; the caller drops and counts them.
    func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws
}
