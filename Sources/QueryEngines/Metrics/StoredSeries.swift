import PrometheusModel
import TelemetryModel

/// A row of `metric_series`, ready to be named.
struct StoredSeries {
    var id: UInt64
    var form: SeriesForm
    var name: String
    var type: String
    var unit: String
    var description: String
    var temporality: Int64
    var isMonotonic: Bool
    var attributes: [(key: String, value: String)]
    /// Days of arrival from 1970.
    var day: Int32
}

extension SeriesIndex {
    /// Adds a stored series under the names and labels that PromQL has for it.
    mutating func add(_ series: StoredSeries, of target: ResourceLabels) {
        switch series.form {
        case .prometheus, .prometheusNative, .target:
            let part: Part =
                switch series.form {
                case .prometheusNative: .native
                case .target: .target
                default: .number
                }
            var entries = series.attributes.map { Label($0.key, $0.value) }
            entries.append(Label(Labels.nameLabel, series.name))
            add(
                Labels(entries),
                Source(id: series.id, part: part, isSummedUp: false),
                firstDay: series.day, lastDay: series.day)
            let type = MetricType(rawValue: series.type) ?? .unknown
            let family = MetricFamilyName.family(of: series.name, type: type)
            // The row of native histograms knows no help; that of the numbers of the same series does.
            if series.form == .prometheus || metadata[family] == nil {
                addMetadata(MetricMetadata(type: type, help: series.description, unit: series.unit), of: family)
            }
        case .otlp: addOTLP(series, of: target)
        }
    }

    private mutating func addOTLP(_ series: StoredSeries, of target: ResourceLabels) {
        let isCounter = series.type == MetricKind.sum.rawValue && series.isMonotonic
        let kind: OTLPMetricName.Kind =
            isCounter ? .counter : series.type == MetricKind.gauge.rawValue ? .gauge : .other
        let name = OTLPMetricName.translate(series.name, unit: series.unit, kind: kind)
        guard !name.isEmpty else { return }
        var base = OTLPLabels()
        for (key, value) in series.attributes { base.add(key, value) }
        if !target.job.isEmpty { base.set("job", target.job) }
        if !target.instance.isEmpty { base.set("instance", target.instance) }
        let isSummedUp =
            series.temporality == 1
            || target.saysCumulativeForDelta && series.temporality == 2 && (series.isMonotonic || series.type != "sum")
        func add(_ suffix: String, _ part: Part) {
            var labels = base
            labels.set(Labels.nameLabel, name + suffix)
            self.add(
                labels.labels, Source(id: series.id, part: part, isSummedUp: isSummedUp), firstDay: series.day,
                lastDay: series.day)
            addAlias(series.name + suffix, of: name + suffix)
            addAlias(OTLPMetricName.underscored(series.name) + suffix, of: name + suffix)
        }
        let type: MetricType
        switch MetricKind(rawValue: series.type) {
        case .histogram:
            add("_bucket", .bucket)
            add("_sum", .histogramSum)
            add("_count", .histogramCount)
            type = .histogram
        case .exponentialHistogram:
            add("", isSummedUp ? .native : .exponential)
            type = .histogram
        case .summary:
            add("", .quantile)
            add("_sum", .summarySum)
            add("_count", .summaryCount)
            type = .summary
        case .gauge:
            add("", .number)
            type = .gauge
        case .sum, nil:
            add("", .number)
            type = isCounter ? .counter : .gauge
        }
        addMetadata(MetricMetadata(type: type, help: series.description, unit: series.unit), of: name)
    }
}

/// The family that a series' name belongs to.
enum MetricFamilyName {
    /// Without the suffix that a series of a histogram or summary has.
    static func family(of name: String, type: MetricType) -> String {
        switch type {
        case .histogram, .gaugehistogram, .summary:
            for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
                return String(name.dropLast(suffix.count))
            }
            return name
        default: return name
        }
    }
}
