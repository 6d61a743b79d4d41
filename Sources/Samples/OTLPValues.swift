import OTLPMessages

/// An attribute as it is written in the sources here: `("db.table", "users")`, `("db.rows_affected", 3)`.
enum SampleValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .int(value) }
    init(floatLiteral value: Double) { self = .double(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

typealias SampleAttributes = [(key: String, value: SampleValue)]

extension OTLPAnyValue {
    init(_ value: SampleValue) {
        self.init()
        self.value =
            switch value {
            case .string(let value): .stringValue(value)
            case .int(let value): .intValue(value)
            case .double(let value): .doubleValue(value)
            case .bool(let value): .boolValue(value)
            }
    }
}

extension [OTLPKeyValue] {
    init(_ attributes: SampleAttributes) {
        self = attributes.map { attribute in
            var pair = OTLPKeyValue()
            pair.key = attribute.key
            pair.value = OTLPAnyValue(attribute.value)
            return pair
        }
    }
}

extension OTLPResource {
    init(_ attributes: SampleAttributes) {
        self.init()
        self.attributes = [OTLPKeyValue](attributes)
    }
}

extension OTLPScope {
    init(name: String, version: String = "") {
        self.init()
        self.name = name
        self.version = version
    }
}

extension OTLPTraceRequest {
    init(_ groups: [(resource: OTLPResource, scope: OTLPScope, spans: [OTLPSpan])]) {
        self.init()
        resourceSpans = groups.filter { !$0.spans.isEmpty }.map { group in
            var scoped = OTLPScopeSpans()
            scoped.scope = group.scope
            scoped.spans = group.spans
            var resourced = OTLPResourceSpans()
            resourced.resource = group.resource
            resourced.scopeSpans = [scoped]
            return resourced
        }
    }
}

extension OTLPMetricsRequest {
    init(_ groups: [(resource: OTLPResource, scope: OTLPScope, metrics: [OTLPMetric])]) {
        self.init()
        resourceMetrics = groups.filter { !$0.metrics.isEmpty }.map { group in
            var scoped = OTLPScopeMetrics()
            scoped.scope = group.scope
            scoped.metrics = group.metrics
            var resourced = OTLPResourceMetrics()
            resourced.resource = group.resource
            resourced.scopeMetrics = [scoped]
            return resourced
        }
    }
}

extension OTLPLogsRequest {
    init(_ groups: [(resource: OTLPResource, scope: OTLPScope, logRecords: [OTLPLogRecord])]) {
        self.init()
        resourceLogs = groups.filter { !$0.logRecords.isEmpty }.map { group in
            var scoped = OTLPScopeLogs()
            scoped.scope = group.scope
            scoped.logRecords = group.logRecords
            var resourced = OTLPResourceLogs()
            resourced.resource = group.resource
            resourced.scopeLogs = [scoped]
            return resourced
        }
    }
}

extension OTLPMetric {
    init(name: String, description: String = "", unit: String = "", _ data: OTLPMetric.OneOf_Data) {
        self.init()
        self.name = name
        description_p = description
        self.unit = unit
        self.data = data
    }

    /// A gauge: the value of the moment.
    static func gauge(
        name: String, description: String = "", unit: String = "", _ points: [OTLPNumberDataPoint]
    ) -> OTLPMetric {
        var gauge = OTLPGauge()
        gauge.dataPoints = points
        return OTLPMetric(name: name, description: description, unit: unit, .gauge(gauge))
    }

    /// A counter: cumulative and monotonic.
    static func counter(
        name: String, description: String = "", unit: String = "", _ points: [OTLPNumberDataPoint]
    ) -> OTLPMetric {
        var sum = OTLPSum()
        sum.dataPoints = points
        sum.aggregationTemporality = .cumulative
        sum.isMonotonic = true
        return OTLPMetric(name: name, description: description, unit: unit, .sum(sum))
    }

    /// A cumulative histogram.
    static func histogram(
        name: String, description: String = "", unit: String = "", _ points: [OTLPHistogramDataPoint]
    ) -> OTLPMetric {
        var histogram = OTLPHistogram()
        histogram.dataPoints = points
        histogram.aggregationTemporality = .cumulative
        return OTLPMetric(name: name, description: description, unit: unit, .histogram(histogram))
    }
}

extension OTLPNumberDataPoint {
    init(
        _ value: OTLPNumberDataPoint.OneOf_Value, at time: UInt64, since start: UInt64 = 0,
        _ attributes: SampleAttributes = []
    ) {
        self.init()
        self.value = value
        timeUnixNano = time
        startTimeUnixNano = start
        self.attributes = [OTLPKeyValue](attributes)
    }
}

extension OTLPLogRecord {
    init(
        _ severity: OTLPSeverityNumber, _ text: String, body: String, at time: UInt64, _ attributes: SampleAttributes
    ) {
        self.init()
        severityNumber = severity
        severityText = text
        self.body = OTLPAnyValue(.string(body))
        timeUnixNano = time
        observedTimeUnixNano = time
        self.attributes = [OTLPKeyValue](attributes)
    }
}
