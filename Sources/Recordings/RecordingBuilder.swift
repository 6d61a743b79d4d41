package import OTLPMessages

/// Puts OTLP messages together to a `Recording`.
///
/// - Resources and scopes with the same content become one, whatever the order of their attributes.
/// - Points are joined to streams by resource, scope, name, kind, unit, temporality, monotonicity and attributes (OTLP,
///   metrics data model, "Timeseries Model"); the description is the first one's.
/// - A trace id that is not 16 bytes and a span id that is not 8 become zero.
/// - Cost: a dictionary look-up for each resource, scope and point.
package struct RecordingBuilder {
    private struct SeriesKey: Hashable {
        let resource: Int
        let scope: Int
        let name: String
        let unit: String
        let kind: RecordedSeries.Kind
        let temporality: RecordedSeries.Temporality
        let isMonotonic: Bool
        let attributes: RecordedAttributes
    }

    /// Spans, points and log records that are kept at most.
    package let itemsMax: Int
    package private(set) var items = 0

    private var recording = Recording()
    /// By their canonical form.
    private var resources: [RecordedResource: Int] = [:]
    private var scopes: [RecordedScope: Int] = [:]
    private var series: [SeriesKey: Int] = [:]

    package init(itemsMax: Int) {
        self.itemsMax = itemsMax
    }

    /// What was added, the points of each stream in order of time; of equal times, in the order in which they came.
    package consuming func finish() -> Recording {
        for index in recording.series.indices {
            let points = recording.series[index].points
            let isOrdered = zip(points, points.dropFirst()).allSatisfy { $0.time <= $1.time }
            if isOrdered { continue }
            let order = points.indices.sorted { (points[$0].time, $0) < (points[$1].time, $1) }
            recording.series[index].points = order.map { points[$0] }
        }
        return recording
    }

    /// - Throws: `.tooLarge` when the item is one more than `itemsMax`; what was added before stays.
    private mutating func count() throws(RecordingError) {
        guard items < itemsMax else {
            throw RecordingError(.tooLarge, "more than \(itemsMax) spans, points and log records")
        }
        items += 1
    }

    private mutating func index(of resource: OTLPResource, schemaURL: String) -> Int {
        let resource = RecordedResource(
            attributes: RecordedAttributes(resource.attributes), schemaURL: schemaURL)
        var key = resource
        key.attributes = resource.attributes.canonical
        if let index = resources[key] { return index }
        resources[key] = recording.resources.count
        recording.resources.append(resource)
        return recording.resources.count - 1
    }

    private mutating func index(of scope: OTLPScope) -> Int {
        let scope = RecordedScope(
            name: scope.name, version: scope.version, attributes: RecordedAttributes(scope.attributes))
        var key = scope
        key.attributes = scope.attributes.canonical
        if let index = scopes[key] { return index }
        scopes[key] = recording.scopes.count
        recording.scopes.append(scope)
        return recording.scopes.count - 1
    }
}

// MARK: - Signals

extension RecordingBuilder {
    package mutating func add(_ request: OTLPTraceRequest) throws(RecordingError) {
        for group in request.resourceSpans {
            let resource = index(of: group.resource, schemaURL: group.schemaURL)
            for scopeGroup in group.scopeSpans {
                let scope = index(of: scopeGroup.scope)
                for span in scopeGroup.spans {
                    try count()
                    recording.spans.append(RecordedSpan(span, resource: resource, scope: scope))
                }
            }
        }
    }

    package mutating func add(_ request: OTLPLogsRequest) throws(RecordingError) {
        for group in request.resourceLogs {
            let resource = index(of: group.resource, schemaURL: group.schemaURL)
            for scopeGroup in group.scopeLogs {
                let scope = index(of: scopeGroup.scope)
                for record in scopeGroup.logRecords {
                    try count()
                    recording.logs.append(RecordedLog(record, resource: resource, scope: scope))
                }
            }
        }
    }

    package mutating func add(_ request: OTLPMetricsRequest) throws(RecordingError) {
        for group in request.resourceMetrics {
            let resource = index(of: group.resource, schemaURL: group.schemaURL)
            for scopeGroup in group.scopeMetrics {
                let scope = index(of: scopeGroup.scope)
                for metric in scopeGroup.metrics {
                    try add(metric, resource: resource, scope: scope)
                }
            }
        }
    }

    /// A metric without data has no points and leaves nothing.
    private mutating func add(_ metric: OTLPMetric, resource: Int, scope: Int) throws(RecordingError) {
        func stream(
            _ kind: RecordedSeries.Kind, _ temporality: OTLPAggregationTemporality? = nil, isMonotonic: Bool = false
        ) -> RecordedSeries {
            RecordedSeries(
                resource: resource, scope: scope, name: metric.name, unit: metric.unit,
                description: metric.description_p, kind: kind,
                temporality: temporality.map(RecordedSeries.Temporality.init) ?? .unspecified,
                isMonotonic: isMonotonic, attributes: RecordedAttributes())
        }
        switch metric.data {
        case .gauge(let gauge):
            let stream = stream(.gauge)
            for point in gauge.dataPoints { try add(RecordedPoint(point), point.attributes, to: stream) }
        case .sum(let sum):
            let stream = stream(.sum, sum.aggregationTemporality, isMonotonic: sum.isMonotonic)
            for point in sum.dataPoints { try add(RecordedPoint(point), point.attributes, to: stream) }
        case .histogram(let histogram):
            let stream = stream(.histogram, histogram.aggregationTemporality)
            for point in histogram.dataPoints { try add(RecordedPoint(point), point.attributes, to: stream) }
        case .exponentialHistogram(let histogram):
            let stream = stream(.exponentialHistogram, histogram.aggregationTemporality)
            for point in histogram.dataPoints { try add(RecordedPoint(point), point.attributes, to: stream) }
        case .summary(let summary):
            let stream = stream(.summary)
            for point in summary.dataPoints { try add(RecordedPoint(point), point.attributes, to: stream) }
        case nil: break
        }
    }

    private mutating func add(
        _ point: RecordedPoint, _ attributes: [OTLPKeyValue], to stream: RecordedSeries
    ) throws(RecordingError) {
        try count()
        let attributes = RecordedAttributes(attributes)
        let key = SeriesKey(
            resource: stream.resource, scope: stream.scope, name: stream.name, unit: stream.unit, kind: stream.kind,
            temporality: stream.temporality, isMonotonic: stream.isMonotonic, attributes: attributes.canonical)
        if let index = series[key] {
            recording.series[index].points.append(point)
            return
        }
        series[key] = recording.series.count
        var stream = stream
        stream.attributes = attributes
        stream.points = [point]
        recording.series.append(stream)
    }
}
