import Codecs
import PrometheusModel

@testable import Receivers

extension StatsDAggregator {
    mutating func receive(_ text: String, now: Int64 = 0) {
        Array(text.utf8).withUnsafeBufferPointer { receive($0, now: now) }
    }
}

/// Samples as lines `name{label="value"} value @time`, sorted, for tables.
func statsDText(_ snapshots: [StatsDSnapshot], quantiles: [Double] = [0.5, 0.95]) -> [String] {
    var lines: [String] = []
    for snapshot in snapshots {
        StatsDSeriesWriter(quantiles: quantiles).write(snapshot) { series in
            for sample in series.samples {
                let value = StaleMarker.isStale(sample.value) ? "stale" : "\(sample.value)"
                lines.append("\(series.labels) \(value) @\(sample.time)")
            }
            for histogram in series.histograms {
                let value =
                    StaleMarker.isStale(histogram.value.sum)
                    ? "stale" : "count \(histogram.value.count) sum \(histogram.value.sum)"
                lines.append("\(series.labels) \(value) @\(histogram.time)")
            }
        }
    }
    return lines.sorted()
}
