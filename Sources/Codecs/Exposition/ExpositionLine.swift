import PrometheusModel

/// One sample of a page that is being written, with its place in the order.
struct ExpositionLine {
    /// What a sample is in its metric, in the order in which a metric is written.
    enum Part: Int {
        case bucket, quantile, value, sum, count, created
    }

    let labels: Labels
    let value: Double
    let time: Int64?
    let metadata: MetricMetadata
    /// The name in the family's metadata, and its type as the format has it.
    let family: String
    let type: String
    private let part: Part
    /// The labels without the name and the bound.
    private let metric: Labels
    private let bound: Double

    init(
        _ labels: Labels, _ value: Double, _ time: Int64?, _ metadata: MetricMetadata, _ form: ExpositionWriter.Form
    ) {
        self.labels = labels
        self.value = value
        self.time = time
        self.metadata = metadata
        let name = labels.metricName
        let place = Self.place(name, metadata.type, form)
        family = place.family
        type = place.type
        part = place.part
        var metric = labels.withoutName
        var bound: Double = 0
        if place.part == .bucket || place.part == .quantile {
            let label = place.part == .bucket ? "le" : "quantile"
            var text = labels[label]
            // What is no number comes last.
            bound = text.withUTF8 { ExpositionNumber.parse($0) } ?? .infinity
            if bound.isNaN { bound = .infinity }
            metric = metric.removing(label)
        }
        self.metric = metric
        self.bound = bound
    }

    func isOfFamily(of other: ExpositionLine) -> Bool { family == other.family && type == other.type }

    /// The family that a sample is of, its type, and what it is in it. A name that does not fit the type makes it a
    /// family of its own, of no known type.
    ///
    /// Spec: OpenMetrics 1.0, "Metric types": a counter's name without `_total`, an info's without `_info` is the
    /// family's. In text a counter's name is the family's, and what only OpenMetrics has is told as gauges, as the
    /// official client libraries do.
    private static func place(
        _ name: String, _ type: MetricType, _ form: ExpositionWriter.Form
    ) -> (family: String, type: String, part: Part) {
        let isText = form == .text
        let unknown = isText ? "untyped" : "unknown"
        func stem(_ suffix: String) -> String? {
            name.utf8.count > suffix.utf8.count && name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
        }
        switch type {
        case .counter:
            if let stem = stem("_created") {
                return isText ? (name, "gauge", .value) : (stem, "counter", .created)
            }
            if isText { return (name, "counter", .value) }
            if let stem = stem("_total") { return (stem, "counter", .value) }
            return (name, unknown, .value)
        case .histogram:
            if let stem = stem("_bucket") { return (stem, "histogram", .bucket) }
            if let stem = stem("_sum") { return (stem, "histogram", .sum) }
            if let stem = stem("_count") { return (stem, "histogram", .count) }
            if let stem = stem("_created") {
                return isText ? (name, "gauge", .value) : (stem, "histogram", .created)
            }
            return (name, unknown, .value)
        case .gaugehistogram:
            if let stem = stem("_bucket") { return (stem, isText ? "histogram" : "gaugehistogram", .bucket) }
            if isText { return (name, "gauge", .value) }
            if let stem = stem("_gsum") { return (stem, "gaugehistogram", .sum) }
            if let stem = stem("_gcount") { return (stem, "gaugehistogram", .count) }
            return (name, unknown, .value)
        case .summary:
            if let stem = stem("_sum") { return (stem, "summary", .sum) }
            if let stem = stem("_count") { return (stem, "summary", .count) }
            if let stem = stem("_created") {
                return isText ? (name, "gauge", .value) : (stem, "summary", .created)
            }
            return (name, "summary", .quantile)
        case .info:
            if isText { return (name, "gauge", .value) }
            if let stem = stem("_info") { return (stem, "info", .value) }
            return (name, unknown, .value)
        case .stateset: return (name, isText ? "gauge" : "stateset", .value)
        case .gauge: return (name, "gauge", .value)
        case .unknown: return (name, unknown, .value)
        }
    }
}

extension ExpositionLine: Comparable {
    static func == (left: ExpositionLine, right: ExpositionLine) -> Bool { !(left < right) && !(right < left) }

    static func < (left: ExpositionLine, right: ExpositionLine) -> Bool {
        if left.family != right.family { return left.family < right.family }
        if left.type != right.type { return left.type < right.type }
        if left.metric != right.metric { return left.metric < right.metric }
        if left.part != right.part { return left.part.rawValue < right.part.rawValue }
        if left.bound != right.bound { return left.bound < right.bound }
        if left.labels != right.labels { return left.labels < right.labels }
        return (left.time ?? .min) < (right.time ?? .min)
    }
}
