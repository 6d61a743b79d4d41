import PromQL
import PrometheusModel

/// The texts are those of Prometheus 3.5 (util/annotations): people and tools look for them.
extension Annotations {
    mutating func invalidQuantile(_ value: Double, at place: SourceRange) {
        add(.warning, "quantile value should be between 0 and 1, got \(NumberText.general(value))", at: place)
    }

    mutating func invalidRatio(_ value: Double, cappedTo bound: Double, at place: SourceRange) {
        add(
            .warning,
            "ratio value should be between -1 and 1, got \(NumberText.general(value)), capping to \(NumberText.general(bound))",
            at: place)
    }

    mutating func badBucketLabel(_ value: String, metric: String, at place: SourceRange) {
        add(
            .warning,
            named(
                "bucket label \"le\" is missing or has a malformed value of \(LabelName.quoted(value))", metric: metric),
            at: place)
    }

    mutating func mixedFloatsAndHistograms(metric: String, at place: SourceRange) {
        add(
            .warning,
            "encountered a mix of histograms and floats for metric name \(LabelName.quoted(metric))", at: place)
    }

    mutating func mixedFloatsAndHistogramsInAggregation(at place: SourceRange) {
        add(.warning, "encountered a mix of histograms and floats for aggregation", at: place)
    }

    mutating func mixedClassicAndNative(metric: String, at place: SourceRange) {
        add(.warning, named("vector contains a mix of classic and native histograms", metric: metric), at: place)
    }

    mutating func notCounter(metric: String, at place: SourceRange) {
        add(
            .warning, "this native histogram metric is not a counter: \(LabelName.quoted(metric))", at: place)
    }

    mutating func notGauge(metric: String, at place: SourceRange) {
        add(.warning, "this native histogram metric is not a gauge: \(LabelName.quoted(metric))", at: place)
    }

    mutating func mixedSchemas(metric: String, at place: SourceRange) {
        add(
            .warning,
            "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                + LabelName.quoted(metric), at: place)
    }

    mutating func incompatibleCustomBuckets(metric: String, at place: SourceRange) {
        add(
            .warning,
            "vector contains histograms with incompatible custom buckets for metric name "
                + LabelName.quoted(metric), at: place)
    }

    /// Why histograms could not be added.
    mutating func incompatible(_ error: HistogramError, metric: String, at place: SourceRange) {
        if error.code == .incompatibleBounds {
            incompatibleCustomBuckets(metric: metric, at: place)
        } else {
            mixedSchemas(metric: metric, at: place)
        }
    }

    mutating func incompatibleBuckets(operator symbol: String, at place: SourceRange) {
        add(.warning, "incompatible bucket layout encountered for binary operator \(symbol)", at: place)
    }

    mutating func possibleNonCounter(metric: String, at place: SourceRange) {
        add(
            .info,
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + LabelName.quoted(metric), at: place)
    }

    mutating func forcedMonotonicity(metric: String, at place: SourceRange) {
        let text =
            "input to histogram_quantile needed to be fixed for monotonicity (see "
            + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
        add(.info, named(text, metric: metric), at: place)
    }

    mutating func incompatibleTypes(left: String, operator symbol: String, right: String, at place: SourceRange) {
        add(
            .info,
            "incompatible sample types encountered for binary operator \(LabelName.quoted(symbol)): "
                + "\(left) \(symbol) \(right)", at: place)
    }

    mutating func histogramIgnored(aggregation: String, at place: SourceRange) {
        add(.info, "ignored histogram in \(aggregation) aggregation", at: place)
    }

    mutating func histogramsIgnoredInRange(metric: String, at place: SourceRange) {
        add(
            .info,
            "ignored histograms in a range containing both floats and histograms for metric name "
                + LabelName.quoted(metric), at: place)
    }

    mutating func quantileOfNaNs(metric: String, at place: SourceRange) {
        add(
            .info, named("input to histogram_quantile has NaN observations, result is NaN", metric: metric), at: place)
    }

    mutating func quantileSkewedByNaNs(metric: String, at place: SourceRange) {
        add(
            .info,
            named("input to histogram_quantile has NaN observations, result is skewed higher", metric: metric),
            at: place)
    }

    mutating func fractionWithoutNaNs(metric: String, at place: SourceRange) {
        add(
            .info,
            named(
                "input to histogram_fraction has NaN observations, which are excluded from all fractions",
                metric: metric), at: place)
    }

    private func named(_ text: String, metric: String) -> String {
        metric.isEmpty ? text : "\(text) for metric name \(LabelName.quoted(metric))"
    }
}
