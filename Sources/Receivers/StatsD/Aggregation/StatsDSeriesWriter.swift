package import Codecs
package import PrometheusModel

/// Turns snapshots into series of samples, with the names that the table at `StatsDReceiver` shows.
package struct StatsDSeriesWriter: Sendable {
    /// One series of one metric.
    package struct Series: Sendable {
        package var labels: Labels
        package var metadata: MetricMetadata
        /// Milliseconds since the Unix epoch; 0 for what does not add up.
        package var startTime: Int64 = 0
        package var samples: [RemoteWriteBuilder.Sample] = []
        package var histograms: [RemoteWriteBuilder.HistogramSample] = []
    }

    /// Between 0 and 1.
    private let quantiles: [Double]
    /// `quantiles` as label values.
    private let quantileTexts: [String]

    package init(quantiles: [Double]) {
        self.quantiles = quantiles
        quantileTexts = quantiles.map { quantile in
            let text = quantile.description
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
    }

    /// - Parameter body: takes each series once for each snapshot.
    package func write(_ snapshot: StatsDSnapshot, _ body: (Series) -> Void) {
        let info = snapshot.info
        switch snapshot.content {
        case .counter(let sum): body(cumulative(snapshot, info.labels, .counter, sum))
        case .gauge(let value), .set(let value):
            body(
                Series(
                    labels: info.labels, metadata: metadata(snapshot, .gauge),
                    samples: [.init(time: snapshot.time, value: value)]))
        case .timer(let count, let sum, let buckets, let interval):
            for (text, value) in zip(quantileTexts, interval.quantiles(quantiles)) {
                body(
                    Series(
                        labels: info.labels.setting("quantile", text), metadata: metadata(snapshot, .summary),
                        samples: [.init(time: snapshot.time, value: value)]))
            }
            body(cumulative(snapshot, part(info, "_count"), .summary, count))
            body(cumulative(snapshot, part(info, "_sum"), .summary, sum))
            var series = Series(
                labels: part(info, StatsDNaming.histogramSuffix), metadata: metadata(snapshot, .histogram),
                startTime: snapshot.startTime)
            if snapshot.isFirst {
                let empty = ExponentialBuckets(schema: buckets.schema, bucketsMax: 0).histogram(count: 0, sum: 0)
                series.histograms.append(.init(time: snapshot.startTime, value: empty))
            }
            series.histograms.append(
                .init(time: snapshot.time, value: buckets.histogram(count: count, sum: sum)))
            body(series)
        case .stale: end(snapshot, body)
        }
    }

    /// A sum begins with a zero at its start: `increase` sees differences between samples, and without the zero the
    /// first lines of a series would count for nothing.
    private func cumulative(
        _ snapshot: StatsDSnapshot, _ labels: Labels, _ type: MetricType, _ value: Double
    ) -> Series {
        var series = Series(labels: labels, metadata: metadata(snapshot, type), startTime: snapshot.startTime)
        if snapshot.isFirst { series.samples.append(.init(time: snapshot.startTime, value: 0)) }
        series.samples.append(.init(time: snapshot.time, value: value))
        return series
    }

    private func end(_ snapshot: StatsDSnapshot, _ body: (Series) -> Void) {
        let info = snapshot.info
        let marker = [RemoteWriteBuilder.Sample(time: snapshot.time, value: StaleMarker.value)]
        guard info.kind.hasQuantiles else {
            let type = info.kind == .counter ? MetricType.counter : .gauge
            return body(Series(labels: info.labels, metadata: metadata(snapshot, type), samples: marker))
        }
        let summary = metadata(snapshot, .summary)
        for text in quantileTexts {
            body(Series(labels: info.labels.setting("quantile", text), metadata: summary, samples: marker))
        }
        body(Series(labels: part(info, "_count"), metadata: summary, samples: marker))
        body(Series(labels: part(info, "_sum"), metadata: summary, samples: marker))
        // A series of histograms ends with a histogram whose sum is the marker.
        let histogram = NativeHistogram(sum: StaleMarker.value)
        body(
            Series(
                labels: part(info, StatsDNaming.histogramSuffix), metadata: metadata(snapshot, .histogram),
                histograms: [.init(time: snapshot.time, value: histogram)]))
    }

    private func part(_ info: StatsDSeriesInfo, _ suffix: String) -> Labels {
        info.labels.setting(Labels.nameLabel, info.baseName + suffix)
    }

    private func metadata(_ snapshot: StatsDSnapshot, _ type: MetricType) -> MetricMetadata {
        MetricMetadata(
            type: type, help: snapshot.info.help, unit: snapshot.info.kind == .timer ? "milliseconds" : "")
    }
}
