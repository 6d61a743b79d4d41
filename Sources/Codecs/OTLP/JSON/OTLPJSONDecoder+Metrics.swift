import OTLPMessages

// Messages of metrics.proto and metrics_service.proto.

extension OTLPJSONDecoder {
    private enum RequestField: String, OTLPJSONField {
        case resourceMetrics
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readMetricsRequest() throws(DecodeError) -> OTLPMetricsRequest {
        var request = OTLPMetricsRequest()
        try readFields(of: RequestField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resourceMetrics:
                request.resourceMetrics = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readResourceMetrics()
                }
            }
        }
        return request
    }

    private enum ResourceMetricsField: String, OTLPJSONField {
        case resource, scopeMetrics, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readResourceMetrics() throws(DecodeError) -> OTLPResourceMetrics {
        var resourceMetrics = OTLPResourceMetrics()
        try readFields(of: ResourceMetricsField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resource: resourceMetrics.resource = try decoder.readResource()
            case .scopeMetrics:
                resourceMetrics.scopeMetrics = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readScopeMetrics()
                }
            case .schemaUrl: resourceMetrics.schemaURL = try decoder.readString()
            }
        }
        return resourceMetrics
    }

    private enum ScopeMetricsField: String, OTLPJSONField {
        case scope, metrics, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readScopeMetrics() throws(DecodeError) -> OTLPScopeMetrics {
        var scopeMetrics = OTLPScopeMetrics()
        try readFields(of: ScopeMetricsField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .scope: scopeMetrics.scope = try decoder.readScope()
            case .metrics:
                scopeMetrics.metrics = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readMetric()
                }
            case .schemaUrl: scopeMetrics.schemaURL = try decoder.readString()
            }
        }
        return scopeMetrics
    }

    private enum MetricField: String, OTLPJSONField {
        case name, description, unit, gauge, sum, histogram, exponentialHistogram, summary, metadata
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readMetric() throws(DecodeError) -> OTLPMetric {
        var metric = OTLPMetric()
        try readFields(of: MetricField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .name: metric.name = try decoder.readString()
            case .description: metric.description_p = try decoder.readString()
            case .unit: metric.unit = try decoder.readString()
            case .gauge: metric.gauge = try decoder.readGauge()
            case .sum: metric.sum = try decoder.readSum()
            case .histogram: metric.histogram = try decoder.readHistogram()
            case .exponentialHistogram: metric.exponentialHistogram = try decoder.readExponentialHistogram()
            case .summary: metric.summary = try decoder.readSummary()
            case .metadata: metric.metadata = try decoder.readAttributes()
            }
        }
        return metric
    }

    // MARK: Kinds of metrics

    private enum GaugeField: String, OTLPJSONField {
        case dataPoints
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readGauge() throws(DecodeError) -> OTLPGauge {
        var gauge = OTLPGauge()
        try readFields(of: GaugeField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .dataPoints: gauge.dataPoints = try decoder.readNumberDataPoints()
            }
        }
        return gauge
    }

    private enum SumField: String, OTLPJSONField {
        case dataPoints, aggregationTemporality, isMonotonic
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readSum() throws(DecodeError) -> OTLPSum {
        var sum = OTLPSum()
        try readFields(of: SumField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .dataPoints: sum.dataPoints = try decoder.readNumberDataPoints()
            case .aggregationTemporality: sum.aggregationTemporality = try decoder.readTemporality()
            case .isMonotonic: sum.isMonotonic = try decoder.readBool()
            }
        }
        return sum
    }

    private enum HistogramField: String, OTLPJSONField {
        case dataPoints, aggregationTemporality
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readHistogram() throws(DecodeError) -> OTLPHistogram {
        var histogram = OTLPHistogram()
        try readFields(of: HistogramField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .dataPoints:
                histogram.dataPoints = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readHistogramDataPoint()
                }
            case .aggregationTemporality: histogram.aggregationTemporality = try decoder.readTemporality()
            }
        }
        return histogram
    }

    private mutating func readExponentialHistogram() throws(DecodeError) -> OTLPExponentialHistogram {
        var histogram = OTLPExponentialHistogram()
        try readFields(of: HistogramField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .dataPoints:
                histogram.dataPoints = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readExponentialHistogramDataPoint()
                }
            case .aggregationTemporality: histogram.aggregationTemporality = try decoder.readTemporality()
            }
        }
        return histogram
    }

    private enum SummaryField: String, OTLPJSONField {
        case dataPoints
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readSummary() throws(DecodeError) -> OTLPSummary {
        var summary = OTLPSummary()
        try readFields(of: SummaryField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .dataPoints:
                summary.dataPoints = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readSummaryDataPoint()
                }
            }
        }
        return summary
    }

    private mutating func readTemporality() throws(DecodeError) -> OTLPAggregationTemporality {
        let number = try readEnum(Self.temporalityNames)
        return OTLPAggregationTemporality(rawValue: number) ?? .UNRECOGNIZED(number)
    }

    private static let temporalityNames = OTLPJSONEnumNames(
        prefix: "AGGREGATION_TEMPORALITY_", names: ["UNSPECIFIED", "DELTA", "CUMULATIVE"])
}
