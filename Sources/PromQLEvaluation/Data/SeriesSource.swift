package import PrometheusModel

/// What an evaluation asks of storage: all samples of the matching series in a span of time.
package struct SeriesRequest: Sendable {
    package var matchers: [LabelMatcher]
    /// Milliseconds since the Unix epoch; the start is exclusive, the end inclusive, as PromQL's ranges are.
    package var startExclusive: Int64
    package var end: Int64
    /// What the samples are for; storage may use it to do less, or not look at it.
    package var hints: SelectHints

    package init(matchers: [LabelMatcher], startExclusive: Int64, end: Int64, hints: SelectHints = SelectHints()) {
        self.matchers = matchers
        self.startExclusive = startExclusive
        self.end = end
        self.hints = hints
    }
}

/// What surrounds a selector in its query.
package struct SelectHints: Sendable {
    /// The function or aggregation around the selector, empty for none.
    package var function: String = ""
    /// Milliseconds between evaluations; 0 for an instant query.
    package var step: Int64 = 0
    /// Milliseconds of the range selector; 0 for an instant selector.
    package var window: Int64 = 0
    /// Samples that the query may still hold; with more it fails, so that storage need not read on. Nil for no limit
    /// but storage's own.
    package var samplesMax: Int?

    package init() {}
}

/// Gives an evaluation its samples. Called once for each distinct selector of a query, before anything is computed,
/// one selector after the other.
package protocol SeriesSource: Sendable {
    /// The task is cancelled when the query's caller is gone or its time is over.
    ///
    /// - Throws: whatever keeps the answer from being complete; the query fails with it.
    func select(_ request: SeriesRequest) async throws -> SeriesSet
}

/// Samples of many series in shared columns: sample `i` of series `s` stands at `bounds[s] + i`.
///
/// - Order: each series' times ascend strictly; series in no order, each label set once.
/// - Stale markers are among the samples (`StaleMarker`): whoever looks back must see them.
package struct SeriesSet: Sendable {
    package var labels: [Labels] = []
    /// One more than there are series; begins with 0.
    package var bounds: [Int] = [0]
    /// Milliseconds since the Unix epoch.
    package var times: [Int64] = []
    /// 0 where there is a histogram.
    package var values: [Double] = []
    /// Empty when no sample is a histogram; otherwise one slot for each sample.
    package var histograms: [HistogramBox?] = []
    /// Told to the user with the answer, without the prefix `PromQL info:` or `warning:`.
    package var warnings: [String] = []

    package init() {}

    package var seriesCount: Int { labels.count }
    package var sampleCount: Int { times.count }
}

/// A histogram of a sample; shared, never changed.
package final class HistogramBox: Sendable {
    package let value: NativeHistogram
    package init(_ value: NativeHistogram) { self.value = value }
}
