import PrometheusModel
package import TelemetryModel

/// Series in Prometheus' terms (remote write, scrapes, StatsD, rules) in those of OTLP, so that PromQL finds what it
/// found before when they come back as OTLP.
///
/// - `job` becomes `service.name` and `instance` `service.instance.id` of a resource that has nothing else, so that no
///   `target_info` is made of it; all other labels become attributes under their own names. No scope.
/// - The name stays as it is. PromQL adds suffixes to the names of OTLP metrics: the type is a cumulative, monotonic sum
///   where that changes nothing (`requests_total` of the type counter), else a gauge, also for the parts of classic
///   histograms and summaries (`x_bucket`, `x_sum`, `x_count`), which are counters without that suffix. A unit is kept in
///   UCUM's words where it changes nothing either.
/// - A staleness marker becomes a point without a value, with the flag that says so.
/// - A native histogram becomes a cumulative exponential one; counts with a fraction are rounded. One with custom bounds
///   becomes a histogram with explicit bounds, which PromQL knows as `_bucket`, `_sum` and `_count`.
///
/// Not kept: names that OTLP's cannot become (two underscores in a row, at an end, dots), and the type in an exposition
/// of what became a gauge.
///
/// Spec: OpenTelemetry, "Prometheus and OpenMetrics Compatibility", "Prometheus Metric points to OTLP".
package enum PrometheusSeriesExport {
    /// - Parameter kind: of the points of a native series.
    package static func exported(_ stored: StoredSeries, kind: MetricKind) -> ExportedSeries {
        if stored.form == .otlp { return ExportedSeries(series: stored, resource: nil, id: stored.id) }
        var series = StoredSeries()
        series.name = stored.name
        series.description = stored.description
        var resource = StoredResource(attributes: [], droppedAttributes: 0, schemaURL: "", entityRefs: "")
        for (label, key) in [("job", "service.name"), ("instance", "service.instance.id")] {
            guard let attribute = stored.attributes.first(where: { $0.key == label }) else { continue }
            resource.attributes.append(StoredAttribute(key: key, text: attribute.text, type: .string))
            if label == "job" { series.service = attribute.text }
        }
        series.attributes = stored.attributes.filter { $0.key != "job" && $0.key != "instance" }
        series.resourceID = resource.id
        series.scopeID = StoredScope(name: "", version: "", attributes: [], droppedAttributes: 0, schemaURL: "").id
        let translated: OTLPMetricName.Kind
        switch kind {
        case .gauge, .sum, .summary:
            let isCounter =
                stored.type == MetricType.counter.rawValue
                && OTLPMetricName.translate(stored.name, unit: "", kind: .counter) == stored.name
            series.type = (isCounter ? MetricKind.sum : .gauge).rawValue
            series.isMonotonic = isCounter
            series.temporality = isCounter ? cumulative : 0
            translated = isCounter ? .counter : .gauge
        case .histogram, .exponentialHistogram:
            series.type = kind.rawValue
            series.temporality = cumulative
            translated = .other
        }
        let unit = units[stored.unit] ?? stored.unit
        if !unit.isEmpty, OTLPMetricName.translate(stored.name, unit: unit, kind: translated) == stored.name {
            series.unit = unit
        }
        return ExportedSeries(series: series, resource: resource, id: series.id)
    }

    /// `AGGREGATION_TEMPORALITY_CUMULATIVE`
    private static let cumulative: Int32 = 2

    /// Base units of Prometheus in UCUM.
    private static let units = [
        "seconds": "s", "bytes": "By", "meters": "m", "volts": "V", "amperes": "A", "joules": "J", "grams": "g",
        "celsius": "Cel", "hertz": "Hz", "percent": "%", "ratio": "1", "milliseconds": "ms", "days": "d",
    ]
}
