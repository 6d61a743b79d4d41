/// What a metric is, as exposition formats and remote write say it.
package enum MetricType: String, Sendable, CaseIterable {
    case unknown, counter, gauge, histogram, gaugehistogram, summary, info, stateset
}

/// What is known of a metric beside its samples.
package struct MetricMetadata: Hashable, Sendable {
    package var type: MetricType
    package var help: String
    package var unit: String

    package init(type: MetricType = .unknown, help: String = "", unit: String = "") {
        self.type = type
        self.help = help
        self.unit = unit
    }
}
