package import Foundation
package import OTLPMessages

/// Random export requests that use every kind of field; the same seed always gives the same request.
package struct RandomOTLP {
    package var generator: SplitMix64

    /// Whether doubles may be NaN, which equals nothing and so spoils comparisons of messages.
    package var allowsNaN = false

    package init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    // MARK: Requests

    package mutating func traceRequest() -> OTLPTraceRequest {
        var request = OTLPTraceRequest()
        request.resourceSpans = list { random in
            var resourceSpans = OTLPResourceSpans()
            random.sometimes { resourceSpans.resource = $0.resource() }
            resourceSpans.scopeSpans = random.list { random in
                var scopeSpans = OTLPScopeSpans()
                random.sometimes { scopeSpans.scope = $0.scope() }
                scopeSpans.spans = random.list { $0.span() }
                random.sometimes { scopeSpans.schemaURL = $0.string() }
                return scopeSpans
            }
            random.sometimes { resourceSpans.schemaURL = $0.string() }
            return resourceSpans
        }
        return request
    }

    package mutating func metricsRequest() -> OTLPMetricsRequest {
        var request = OTLPMetricsRequest()
        request.resourceMetrics = list { random in
            var resourceMetrics = OTLPResourceMetrics()
            random.sometimes { resourceMetrics.resource = $0.resource() }
            resourceMetrics.scopeMetrics = random.list { random in
                var scopeMetrics = OTLPScopeMetrics()
                random.sometimes { scopeMetrics.scope = $0.scope() }
                scopeMetrics.metrics = random.list { $0.metric() }
                random.sometimes { scopeMetrics.schemaURL = $0.string() }
                return scopeMetrics
            }
            random.sometimes { resourceMetrics.schemaURL = $0.string() }
            return resourceMetrics
        }
        return request
    }

    package mutating func logsRequest() -> OTLPLogsRequest {
        var request = OTLPLogsRequest()
        request.resourceLogs = list { random in
            var resourceLogs = OTLPResourceLogs()
            random.sometimes { resourceLogs.resource = $0.resource() }
            resourceLogs.scopeLogs = random.list { random in
                var scopeLogs = OTLPScopeLogs()
                random.sometimes { scopeLogs.scope = $0.scope() }
                scopeLogs.logRecords = random.list { $0.logRecord() }
                random.sometimes { scopeLogs.schemaURL = $0.string() }
                return scopeLogs
            }
            random.sometimes { resourceLogs.schemaURL = $0.string() }
            return resourceLogs
        }
        return request
    }

    // MARK: Common

    package mutating func resource() -> OTLPResource {
        var resource = OTLPResource()
        resource.attributes = attributes()
        sometimes { resource.droppedAttributesCount = $0.integer() }
        resource.entityRefs = list { random in
            var entity = OTLPEntityRef()
            random.sometimes { entity.schemaURL = $0.string() }
            random.sometimes { entity.type = $0.string() }
            entity.idKeys = random.list { $0.string() }
            entity.descriptionKeys = random.list { $0.string() }
            return entity
        }
        return resource
    }

    package mutating func scope() -> OTLPScope {
        var scope = OTLPScope()
        sometimes { scope.name = $0.string() }
        sometimes { scope.version = $0.string() }
        scope.attributes = attributes()
        sometimes { scope.droppedAttributesCount = $0.integer() }
        return scope
    }

    package mutating func attributes(depth: Int = 0) -> [OTLPKeyValue] {
        list { random in
            var attribute = OTLPKeyValue()
            random.sometimes { attribute.key = $0.string() }
            random.sometimes { attribute.value = $0.anyValue(depth: depth) }
            if random.below(10) == 0 { attribute.keyStrindex = random.integer() }
            return attribute
        }
    }

    package mutating func anyValue(depth: Int = 0) -> OTLPAnyValue {
        var value = OTLPAnyValue()
        // Below the third level only the kinds that end the recursion.
        switch below(depth < 3 ? 9 : 7) {
        case 0: value.stringValue = string()
        case 1: value.boolValue = bool()
        case 2: value.intValue = integer()
        case 3: value.doubleValue = double()
        case 4: value.bytesValue = data(count: below(20))
        case 5: value.stringValueStrindex = integer()
        case 6: break
        case 7: value.arrayValue.values = list { $0.anyValue(depth: depth + 1) }
        default: value.kvlistValue.values = attributes(depth: depth + 1)
        }
        return value
    }

    // MARK: Traces

    package mutating func span() -> OTLPSpan {
        var span = OTLPSpan()
        sometimes { span.traceID = $0.data(count: 16) }
        sometimes { span.spanID = $0.data(count: 8) }
        sometimes { span.traceState = $0.string() }
        sometimes { span.parentSpanID = $0.data(count: 8) }
        sometimes { span.flags = $0.integer() }
        sometimes { span.name = $0.string() }
        span.kind = OTLPSpan.SpanKind(rawValue: enumNumber(known: 6)) ?? .unspecified
        sometimes { span.startTimeUnixNano = $0.integer() }
        sometimes { span.endTimeUnixNano = $0.integer() }
        span.attributes = attributes()
        sometimes { span.droppedAttributesCount = $0.integer() }
        span.events = list { random in
            var event = OTLPSpan.Event()
            random.sometimes { event.timeUnixNano = $0.integer() }
            random.sometimes { event.name = $0.string() }
            event.attributes = random.attributes()
            random.sometimes { event.droppedAttributesCount = $0.integer() }
            return event
        }
        sometimes { span.droppedEventsCount = $0.integer() }
        span.links = list { random in
            var link = OTLPSpan.Link()
            random.sometimes { link.traceID = $0.data(count: 16) }
            random.sometimes { link.spanID = $0.data(count: 8) }
            random.sometimes { link.traceState = $0.string() }
            link.attributes = random.attributes()
            random.sometimes { link.droppedAttributesCount = $0.integer() }
            random.sometimes { link.flags = $0.integer() }
            return link
        }
        sometimes { span.droppedLinksCount = $0.integer() }
        // Always set, since the canonical JSON form has a status on every span.
        var status = OTLPStatus()
        sometimes { status.message = $0.string() }
        status.code = OTLPStatus.StatusCode(rawValue: enumNumber(known: 3)) ?? .unset
        span.status = status
        return span
    }

    // MARK: Metrics

    package mutating func metric() -> OTLPMetric {
        var metric = OTLPMetric()
        sometimes { metric.name = $0.string() }
        sometimes { metric.description_p = $0.string() }
        sometimes { metric.unit = $0.string() }
        switch below(6) {
        case 0: metric.gauge.dataPoints = list { $0.numberDataPoint() }
        case 1:
            metric.sum.dataPoints = list { $0.numberDataPoint() }
            metric.sum.aggregationTemporality = temporality()
            metric.sum.isMonotonic = bool()
        case 2:
            metric.histogram.dataPoints = list { $0.histogramDataPoint() }
            metric.histogram.aggregationTemporality = temporality()
        case 3:
            metric.exponentialHistogram.dataPoints = list { $0.exponentialHistogramDataPoint() }
            metric.exponentialHistogram.aggregationTemporality = temporality()
        case 4: metric.summary.dataPoints = list { $0.summaryDataPoint() }
        default: break
        }
        metric.metadata = attributes()
        return metric
    }

    private mutating func temporality() -> OTLPAggregationTemporality {
        OTLPAggregationTemporality(rawValue: enumNumber(known: 3)) ?? .unspecified
    }

    package mutating func numberDataPoint() -> OTLPNumberDataPoint {
        var point = OTLPNumberDataPoint()
        point.attributes = attributes()
        sometimes { point.startTimeUnixNano = $0.integer() }
        sometimes { point.timeUnixNano = $0.integer() }
        switch below(3) {
        case 0: point.asDouble = double()
        case 1: point.asInt = integer()
        default: break
        }
        point.exemplars = exemplars()
        sometimes { point.flags = $0.integer() }
        return point
    }

    package mutating func histogramDataPoint() -> OTLPHistogramDataPoint {
        var point = OTLPHistogramDataPoint()
        point.attributes = attributes()
        sometimes { point.startTimeUnixNano = $0.integer() }
        sometimes { point.timeUnixNano = $0.integer() }
        sometimes { point.count = $0.integer() }
        sometimes { point.sum = $0.double() }
        point.bucketCounts = list { $0.integer() }
        point.explicitBounds = list { $0.double() }
        point.exemplars = exemplars()
        sometimes { point.flags = $0.integer() }
        sometimes { point.min = $0.double() }
        sometimes { point.max = $0.double() }
        return point
    }

    package mutating func exponentialHistogramDataPoint() -> OTLPExponentialHistogramDataPoint {
        var point = OTLPExponentialHistogramDataPoint()
        point.attributes = attributes()
        sometimes { point.startTimeUnixNano = $0.integer() }
        sometimes { point.timeUnixNano = $0.integer() }
        sometimes { point.count = $0.integer() }
        sometimes { point.sum = $0.double() }
        sometimes { point.scale = $0.integer() }
        sometimes { point.zeroCount = $0.integer() }
        sometimes { point.positive = $0.buckets() }
        sometimes { point.negative = $0.buckets() }
        sometimes { point.flags = $0.integer() }
        point.exemplars = exemplars()
        sometimes { point.min = $0.double() }
        sometimes { point.max = $0.double() }
        sometimes { point.zeroThreshold = $0.double() }
        return point
    }

    private mutating func buckets() -> OTLPExponentialHistogramDataPoint.Buckets {
        var buckets = OTLPExponentialHistogramDataPoint.Buckets()
        sometimes { buckets.offset = $0.integer() }
        buckets.bucketCounts = list { $0.integer() }
        return buckets
    }

    package mutating func summaryDataPoint() -> OTLPSummaryDataPoint {
        var point = OTLPSummaryDataPoint()
        point.attributes = attributes()
        sometimes { point.startTimeUnixNano = $0.integer() }
        sometimes { point.timeUnixNano = $0.integer() }
        sometimes { point.count = $0.integer() }
        sometimes { point.sum = $0.double() }
        point.quantileValues = list { random in
            var quantile = OTLPSummaryDataPoint.ValueAtQuantile()
            random.sometimes { quantile.quantile = $0.double() }
            random.sometimes { quantile.value = $0.double() }
            return quantile
        }
        sometimes { point.flags = $0.integer() }
        return point
    }

    private mutating func exemplars() -> [OTLPExemplar] {
        list { random in
            var exemplar = OTLPExemplar()
            exemplar.filteredAttributes = random.attributes()
            random.sometimes { exemplar.timeUnixNano = $0.integer() }
            switch random.below(3) {
            case 0: exemplar.asDouble = random.double()
            case 1: exemplar.asInt = random.integer()
            default: break
            }
            random.sometimes { exemplar.spanID = $0.data(count: 8) }
            random.sometimes { exemplar.traceID = $0.data(count: 16) }
            return exemplar
        }
    }

    // MARK: Logs

    package mutating func logRecord() -> OTLPLogRecord {
        var record = OTLPLogRecord()
        sometimes { record.timeUnixNano = $0.integer() }
        sometimes { record.observedTimeUnixNano = $0.integer() }
        record.severityNumber = OTLPSeverityNumber(rawValue: enumNumber(known: 25)) ?? .unspecified
        sometimes { record.severityText = $0.string() }
        sometimes { record.body = $0.anyValue() }
        record.attributes = attributes()
        sometimes { record.droppedAttributesCount = $0.integer() }
        sometimes { record.flags = $0.integer() }
        sometimes { record.traceID = $0.data(count: 16) }
        sometimes { record.spanID = $0.data(count: 8) }
        sometimes { record.eventName = $0.string() }
        return record
    }

    // MARK: Scalars

    /// A number in `0..<bound`.
    package mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &generator)
    }

    package mutating func bool() -> Bool {
        Bool.random(using: &generator)
    }

    /// Any integer; the ends of the range and small numbers more often than by chance.
    package mutating func integer<Value: FixedWidthInteger>() -> Value {
        switch below(6) {
        case 0: Value.max
        case 1: Value.min
        case 2: Value(below(100))
        default: Value(truncatingIfNeeded: generator.next())
        }
    }

    /// Any double but, unless allowed, NaN.
    package mutating func double() -> Double {
        switch below(8) {
        case 0: return Double(below(1000))
        case 1: return -0.0
        case 2: return .infinity
        case 3: return -.infinity
        case 4: return Double(below(100_000)) / 1000
        case 5: return .leastNonzeroMagnitude
        default:
            let value = Double(bitPattern: generator.next())
            return value.isNaN && !allowsNaN ? 0.5 : value
        }
    }

    /// Up to 12 characters from all planes, with those that JSON escapes among them.
    package mutating func string() -> String {
        let samples: [Character] = [
            "a", "Z", "0", ".", "_", "/", " ", "\"", "\\", "\n", "\t", "\r", "\u{8}", "\u{C}", "\0", "\u{1F}", "\u{7F}",
            "ï", "ß", "☃", "\u{2028}", "\u{FFFD}", "\u{FFFF}", "😀", "\u{10FFFF}",
        ]
        return String((0..<below(13)).map { _ in samples[below(samples.count)] })
    }

    package mutating func data(count: Int) -> Data {
        Data((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    }

    /// Mostly a number that the proto file knows, sometimes one that it does not, as enums are open.
    private mutating func enumNumber(known: Int) -> Int {
        below(8) == 0 ? Int(integer() as Int32) : below(known)
    }

    private mutating func sometimes(_ body: (inout RandomOTLP) -> Void) {
        if below(3) > 0 { body(&self) }
    }

    private mutating func list<Element>(_ element: (inout RandomOTLP) -> Element) -> [Element] {
        (0..<below(4)).map { _ in element(&self) }
    }
}

/// The generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators", 2014): 64 bits of state.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
