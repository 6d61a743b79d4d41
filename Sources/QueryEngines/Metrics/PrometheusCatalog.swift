package import PrometheusModel

/// What the Prometheus API asks beside queries. Times are milliseconds since the Unix epoch, both inclusive.
package protocol PrometheusCatalog: Sendable {
    /// Label sets of the series that match any of the selectors (each a list of matchers; none at all: every series) and
    /// have samples in the span; sorted.
    ///
    /// - Parameter limit: 0 for none; of more series than that the answer is cut and `isTruncated`.
    func series(_ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int) async throws -> CatalogAnswer<
        Labels
    >

    /// Names of labels of such series, sorted.
    func labelNames(_ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int) async throws -> CatalogAnswer<
        String
    >

    /// Values of a label in such series, sorted.
    func labelValues(
        _ name: String, _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String>

    /// What is known of metrics by their names in PromQL, one entry for each distinct description.
    func metadata() async throws -> [String: [MetricMetadata]]

    /// Exemplars of the series that match any of the selectors, by series, in time order.
    func exemplars(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64
    ) async throws -> [(series: Labels, exemplars: [Exemplar])]

    /// The newest sample of each matching series within the lookback before `time`, with its own time: what
    /// `/federate` and the exposition of received metrics show. Stale series are left out.
    func newestSamples(_ selectors: [[LabelMatcher]], at time: Int64, lookback: Int64) async throws -> SeriesSnapshot

    /// Figures of the store for `/api/v1/status/tsdb`.
    func statistics(limit: Int) async throws -> CatalogStatistics
}

package struct CatalogAnswer<Element: Sendable>: Sendable {
    package var elements: [Element]
    package var isTruncated: Bool

    package init(_ elements: [Element], isTruncated: Bool = false) {
        self.elements = elements
        self.isTruncated = isTruncated
    }
}

/// Newest samples of series, with what is known of their metrics.
package struct SeriesSnapshot: Sendable {
    package struct Entry: Sendable {
        package var labels: Labels
        /// Milliseconds since the Unix epoch.
        package var time: Int64
        package var value: Double
        package var histogram: NativeHistogram?
        package var metadata: MetricMetadata

        package init(
            labels: Labels, time: Int64, value: Double, histogram: NativeHistogram? = nil,
            metadata: MetricMetadata = MetricMetadata()
        ) {
            self.labels = labels
            self.time = time
            self.value = value
            self.histogram = histogram
            self.metadata = metadata
        }
    }

    /// Sorted by labels.
    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }
}

package struct CatalogStatistics: Sendable {
    package var seriesCount: Int
    package var labelPairCount: Int
    /// Milliseconds since the Unix epoch; nil without samples.
    package var oldest: Int64?
    package var newest: Int64?
    package var seriesByMetricName: [(name: String, value: Int)]
    package var valuesByLabelName: [(name: String, value: Int)]
    package var bytesByLabelName: [(name: String, value: Int)]
    package var seriesByLabelPair: [(name: String, value: Int)]

    package init(
        seriesCount: Int = 0, labelPairCount: Int = 0, oldest: Int64? = nil, newest: Int64? = nil,
        seriesByMetricName: [(name: String, value: Int)] = [], valuesByLabelName: [(name: String, value: Int)] = [],
        bytesByLabelName: [(name: String, value: Int)] = [], seriesByLabelPair: [(name: String, value: Int)] = []
    ) {
        self.seriesCount = seriesCount
        self.labelPairCount = labelPairCount
        self.oldest = oldest
        self.newest = newest
        self.seriesByMetricName = seriesByMetricName
        self.valuesByLabelName = valuesByLabelName
        self.bytesByLabelName = bytesByLabelName
        self.seriesByLabelPair = seriesByLabelPair
    }
}
