import OTLPMessages

// The data points and exemplars of metrics.proto.

extension OTLPJSONDecoder {
    mutating func readNumberDataPoints() throws(DecodeError) -> [OTLPNumberDataPoint] {
        try readMessages { (decoder) throws(DecodeError) in try decoder.readNumberDataPoint() }
    }

    private enum NumberDataPointField: String, OTLPJSONField {
        case attributes, startTimeUnixNano, timeUnixNano, asDouble, asInt, exemplars, flags
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readNumberDataPoint() throws(DecodeError) -> OTLPNumberDataPoint {
        var point = OTLPNumberDataPoint()
        try readFields(of: NumberDataPointField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .attributes: point.attributes = try decoder.readAttributes()
            case .startTimeUnixNano: point.startTimeUnixNano = try decoder.readInteger()
            case .timeUnixNano: point.timeUnixNano = try decoder.readInteger()
            case .asDouble: point.asDouble = try decoder.readDouble()
            case .asInt: point.asInt = try decoder.readInteger()
            case .exemplars: point.exemplars = try decoder.readExemplars()
            case .flags: point.flags = try decoder.readInteger()
            }
        }
        return point
    }

    private enum HistogramDataPointField: String, OTLPJSONField {
        case attributes, startTimeUnixNano, timeUnixNano, count, sum, bucketCounts, explicitBounds
        case exemplars, flags, min, max
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readHistogramDataPoint() throws(DecodeError) -> OTLPHistogramDataPoint {
        var point = OTLPHistogramDataPoint()
        try readFields(of: HistogramDataPointField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .attributes: point.attributes = try decoder.readAttributes()
            case .startTimeUnixNano: point.startTimeUnixNano = try decoder.readInteger()
            case .timeUnixNano: point.timeUnixNano = try decoder.readInteger()
            case .count: point.count = try decoder.readInteger()
            case .sum: point.sum = try decoder.readDouble()
            case .bucketCounts: point.bucketCounts = try decoder.readCounts()
            case .explicitBounds:
                point.explicitBounds = try decoder.readList { (decoder) throws(DecodeError) in
                    try decoder.readDouble()
                }
            case .exemplars: point.exemplars = try decoder.readExemplars()
            case .flags: point.flags = try decoder.readInteger()
            case .min: point.min = try decoder.readDouble()
            case .max: point.max = try decoder.readDouble()
            }
        }
        return point
    }

    private enum ExponentialHistogramDataPointField: String, OTLPJSONField {
        case attributes, startTimeUnixNano, timeUnixNano, count, sum, scale, zeroCount, positive, negative
        case flags, exemplars, min, max, zeroThreshold
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readExponentialHistogramDataPoint() throws(DecodeError) -> OTLPExponentialHistogramDataPoint {
        var point = OTLPExponentialHistogramDataPoint()
        try readFields(of: ExponentialHistogramDataPointField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .attributes: point.attributes = try decoder.readAttributes()
            case .startTimeUnixNano: point.startTimeUnixNano = try decoder.readInteger()
            case .timeUnixNano: point.timeUnixNano = try decoder.readInteger()
            case .count: point.count = try decoder.readInteger()
            case .sum: point.sum = try decoder.readDouble()
            case .scale: point.scale = try decoder.readInteger()
            case .zeroCount: point.zeroCount = try decoder.readInteger()
            case .positive: point.positive = try decoder.readBuckets()
            case .negative: point.negative = try decoder.readBuckets()
            case .flags: point.flags = try decoder.readInteger()
            case .exemplars: point.exemplars = try decoder.readExemplars()
            case .min: point.min = try decoder.readDouble()
            case .max: point.max = try decoder.readDouble()
            case .zeroThreshold: point.zeroThreshold = try decoder.readDouble()
            }
        }
        return point
    }

    private enum BucketsField: String, OTLPJSONField {
        case offset, bucketCounts
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readBuckets() throws(DecodeError) -> OTLPExponentialHistogramDataPoint.Buckets {
        var buckets = OTLPExponentialHistogramDataPoint.Buckets()
        try readFields(of: BucketsField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .offset: buckets.offset = try decoder.readInteger()
            case .bucketCounts: buckets.bucketCounts = try decoder.readCounts()
            }
        }
        return buckets
    }

    private mutating func readCounts() throws(DecodeError) -> [UInt64] {
        try readList { (decoder) throws(DecodeError) in try decoder.readInteger() }
    }

    private enum SummaryDataPointField: String, OTLPJSONField {
        case attributes, startTimeUnixNano, timeUnixNano, count, sum, quantileValues, flags
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readSummaryDataPoint() throws(DecodeError) -> OTLPSummaryDataPoint {
        var point = OTLPSummaryDataPoint()
        try readFields(of: SummaryDataPointField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .attributes: point.attributes = try decoder.readAttributes()
            case .startTimeUnixNano: point.startTimeUnixNano = try decoder.readInteger()
            case .timeUnixNano: point.timeUnixNano = try decoder.readInteger()
            case .count: point.count = try decoder.readInteger()
            case .sum: point.sum = try decoder.readDouble()
            case .quantileValues:
                point.quantileValues = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readValueAtQuantile()
                }
            case .flags: point.flags = try decoder.readInteger()
            }
        }
        return point
    }

    private enum ValueAtQuantileField: String, OTLPJSONField {
        case quantile, value
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readValueAtQuantile() throws(DecodeError) -> OTLPSummaryDataPoint.ValueAtQuantile {
        var quantile = OTLPSummaryDataPoint.ValueAtQuantile()
        try readFields(of: ValueAtQuantileField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .quantile: quantile.quantile = try decoder.readDouble()
            case .value: quantile.value = try decoder.readDouble()
            }
        }
        return quantile
    }

    // MARK: Exemplars

    private mutating func readExemplars() throws(DecodeError) -> [OTLPExemplar] {
        try readMessages { (decoder) throws(DecodeError) in try decoder.readExemplar() }
    }

    private enum ExemplarField: String, OTLPJSONField {
        case filteredAttributes, timeUnixNano, asDouble, asInt, spanId, traceId
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readExemplar() throws(DecodeError) -> OTLPExemplar {
        var exemplar = OTLPExemplar()
        var originalTraceID: String?
        try readFields(of: ExemplarField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .filteredAttributes: exemplar.filteredAttributes = try decoder.readAttributes()
            case .timeUnixNano: exemplar.timeUnixNano = try decoder.readInteger()
            case .asDouble: exemplar.asDouble = try decoder.readDouble()
            case .asInt: exemplar.asInt = try decoder.readInteger()
            case .spanId: exemplar.spanID = try decoder.readSpanID()
            case .traceId: exemplar.traceID = try decoder.readTraceID(original: &originalTraceID)
            }
        }
        exemplar.filteredAttributes.appendOriginalTraceID(originalTraceID)
        return exemplar
    }
}
