package import PrometheusModel

/// What a query evaluates to. Times are milliseconds since the Unix epoch.
package enum QueryValue: Sendable {
    case scalar(time: Int64, value: Double)
    case string(time: Int64, value: String)
    /// Of an instant query; in the order that `sort` and the like gave it.
    case vector([VectorSample])
    /// Of a range query (and of a range selector at an instant): sorted by labels.
    case matrix(SeriesSet)
}

package struct VectorSample: Sendable {
    package var labels: Labels
    package var time: Int64
    /// 0 when there is a histogram.
    package var value: Double
    package var histogram: HistogramBox?

    package init(labels: Labels, time: Int64, value: Double, histogram: HistogramBox? = nil) {
        self.labels = labels
        self.time = time
        self.value = value
        self.histogram = histogram
    }
}

package struct QueryResult: Sendable {
    package var value: QueryValue
    /// Whole texts as the API shows them: `PromQL warning: … (1:15)`. Sorted, each once.
    package var warnings: [String]
    package var infos: [String]
    /// Samples that were read from storage.
    package var samplesRead: Int

    package init(value: QueryValue, warnings: [String] = [], infos: [String] = [], samplesRead: Int = 0) {
        self.value = value
        self.warnings = warnings
        self.infos = infos
        self.samplesRead = samplesRead
    }
}
