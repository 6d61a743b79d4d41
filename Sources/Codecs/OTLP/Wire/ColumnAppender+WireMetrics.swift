import OTLPMessages
import TelemetryModel

/// A metric on the wire without its points.
struct WireMetric {
    let resourceID: UInt64
    let scopeID: UInt64
    let service: [UInt8]
    /// See `ResourceLabels.saysCumulativeForDelta`.
    let saysCumulativeForDelta: Bool
    fileprivate(set) var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    fileprivate(set) var description = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    fileprivate(set) var unit = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    fileprivate(set) var metadata: [OTLPKeyValue] = []
    fileprivate(set) var type = MetricKind.gauge
    fileprivate(set) var temporality: Int32 = 0
    fileprivate(set) var isMonotonic = false
    /// Hash of all the above that tells series apart; the attributes of a point go in next.
    fileprivate(set) var hash = StableHash()

    func isDelta(start: UInt64, time: UInt64) -> Bool {
        DeltaRule.isDelta(
            temporality, type, isMonotonic, saysCumulativeForDelta: saysCumulativeForDelta, startIsTime: start == time)
    }

    /// As the code that appends messages knows it.
    fileprivate var stream: ColumnAppender.Stream {
        var metric = OTLPMetric()
        metric.name = String(decoding: name, as: UTF8.self)
        metric.description_p = String(decoding: description, as: UTF8.self)
        metric.unit = String(decoding: unit, as: UTF8.self)
        metric.metadata = metadata
        var stream = ColumnAppender.Stream(
            metric, service: String(decoding: service, as: UTF8.self), resourceID: resourceID, scopeID: scopeID,
            saysCumulativeForDelta: saysCumulativeForDelta)
        stream.type = type
        stream.temporality = temporality
        stream.isMonotonic = isMonotonic
        return stream
    }
}

extension ColumnAppender {
    /// The metrics of a `ScopeMetrics`. Spec: OTLP metrics.proto.
    mutating func appendMetrics(_ cursor: inout WireCursor, _ resource: WireOwner, _ scope: WireOwner) {
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x12 else {
                cursor.skip(tag, level: 3)
                continue
            }
            count(&cursor)
            let bytes = cursor.bytes()
            var metric = WireCursor(bytes)
            appendMetric(bytes, &metric, resource, scope)
            cursor.absorb(metric)
        }
    }

    private mutating func appendMetric(
        _ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout WireCursor, _ resource: WireOwner, _ scope: WireOwner
    ) {
        var metric = WireMetric(
            resourceID: resource.id, scopeID: scope.id, service: resource.service,
            saysCumulativeForDelta: resource.target.saysCumulativeForDelta)
        var data = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var members = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: metric.name = cursor.string()
            case 0x12: metric.description = cursor.string()
            case 0x1A: metric.unit = cursor.string()
            case 0x2A, 0x3A, 0x4A, 0x52, 0x5A:
                data = cursor.bytes()
                members += 1
                metric.type =
                    switch tag {
                    case 0x2A: .gauge
                    case 0x3A: .sum
                    case 0x4A: .histogram
                    case 0x52: .exponentialHistogram
                    default: .summary
                    }
            case 0x62:
                let pair: OTLPKeyValue? = decode(cursor.bytes(), .keyValue, level: 5, &cursor)
                if let pair { metric.metadata.append(pair) }
            default: cursor.skip(tag, level: 4)
            }
        }
        guard cursor.failure == .none else { return }
        if members > 1 {
            guard let message: OTLPMetric = decode(bytes, .metric, level: 4, &cursor) else { return }
            let service = String(decoding: resource.service, as: UTF8.self)
            return append(
                Stream(
                    message, service: service, resourceID: resource.id, scopeID: scope.id,
                    saysCumulativeForDelta: resource.target.saysCumulativeForDelta))
        }
        var points = WireCursor(data)
        readStream(&points, &metric)
        if points.failure == .none {
            points = points.restarted
            metric.hash.combine(wire.seriesIDs.seed)
            metric.hash.combine(UnsafeRawBufferPointer(metric.name))
            metric.hash.combine(UInt64(metric.type.hashNumber))
            metric.hash.combine(UnsafeRawBufferPointer(metric.unit))
            metric.hash.combine(UInt64(truncatingIfNeeded: Int64(metric.temporality)))
            metric.hash.combine(metric.isMonotonic ? 1 : 0)
            metric.hash.combine(metric.resourceID)
            metric.hash.combine(metric.scopeID)
            appendPoints(&points, metric)
        }
        cursor.absorb(points)
    }

    /// What `Sum` and the histograms say of all their points, which may stand behind them.
    private func readStream(_ cursor: inout WireCursor, _ metric: inout WireMetric) {
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch (tag, metric.type) {
            case (0x10, .sum), (0x10, .histogram), (0x10, .exponentialHistogram):
                metric.temporality = Int32(truncatingIfNeeded: cursor.varint())
            case (0x18, .sum): metric.isMonotonic = cursor.varint() != 0
            default: cursor.skip(tag, level: 5)
            }
        }
    }

    private mutating func appendPoints(_ cursor: inout WireCursor, _ metric: WireMetric) {
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: 5)
                continue
            }
            count(&cursor)
            var point = cursor.message()
            wire.attributes.removeAll(keepingCapacity: true)
            wire.exemplars.removeAll(keepingCapacity: true)
            let rejected = outcome.rejectedCount
            switch metric.type {
            case .gauge, .sum: appendNumberPoint(&point, metric)
            case .histogram: appendHistogramPoint(&point, metric)
            case .exponentialHistogram: appendExponentialPoint(&point, metric)
            case .summary: appendSummaryPoint(&point, metric)
            }
            if point.failure == .none, outcome.rejectedCount == rejected { outcome.accepted += 1 }
            cursor.absorb(point)
        }
    }

    /// The id of the point's series; the attributes are in `wire.attributes`.
    ///
    /// - Returns: nil after a failure, and for a metric without a name, which is rejected.
    mutating func seriesID(_ metric: WireMetric, level: Int, _ cursor: inout WireCursor) -> UInt64? {
        guard !metric.name.isEmpty else {
            checkAttributes(level: level + 1, &cursor)
            outcome.reject(.missingMetricName)
            return nil
        }
        var hash = metric.hash
        for bytes in wire.attributes { hash.combine(UnsafeRawBufferPointer(bytes)) }
        let key = hash.finalize()
        if let known = wire.seriesIDs.id(of: key) { return known }
        var attributes: [OTLPKeyValue] = []
        for bytes in wire.attributes {
            guard let pair: OTLPKeyValue = decode(bytes, .keyValue, level: level + 1, &cursor) else { return nil }
            attributes.append(pair)
        }
        let id = id(of: metric.stream, attributes: attributes)
        wire.seriesIDs.insert(key, id: id)
        return id
    }

    /// Looks at the attributes of a point that is rejected: a request that is broken there is refused all the same.
    func checkAttributes(level: Int, _ cursor: inout WireCursor) {
        for bytes in wire.attributes {
            let _: OTLPKeyValue? = decode(bytes, .keyValue, level: level, &cursor)
        }
    }

    /// Appends the exemplars of a point, which are in `wire.exemplars`.
    ///
    /// - Parameter series: nil when the point is rejected; its exemplars are looked at and taken back.
    mutating func appendExemplars(of series: UInt64?, pointTime: UInt64, level: Int, _ cursor: inout WireCursor) {
        guard !wire.exemplars.isEmpty else { return }
        let before = batch.exemplars.rows
        let repairs = outcome.repairs
        for bytes in wire.exemplars {
            var inner = WireCursor(bytes)
            appendExemplar(&inner, series ?? 0, pointTime: pointTime, level: level)
            cursor.absorb(inner)
            guard cursor.failure == .none else { return }
        }
        if series == nil {
            batch.exemplars.truncate(to: before)
            outcome.repairs = repairs
        }
    }

    private mutating func appendExemplar(
        _ cursor: inout WireCursor, _ series: UInt64, pointTime: UInt64, level: Int
    ) {
        count(&cursor)
        let rows = batch.exemplars
        let attributes = AttributeWriter(rows.attributes)
        let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var (traceID, spanID) = (nothing, nothing)
        var time: UInt64 = 0
        var number = WireNumber()
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x11: time = cursor.fixed64()
            case 0x19: number = WireNumber(double: cursor.double())
            case 0x22: spanID = cursor.bytes()
            case 0x2A: traceID = cursor.bytes()
            case 0x31: number = WireNumber(int: Int64(bitPattern: cursor.fixed64()))
            case 0x3A:
                appendAttribute(&cursor, level: level + 1, .row, attributes)
            default: cursor.skip(tag, level: level)
            }
        }
        guard cursor.failure == .none else { return }
        let hasOddID = !traceID.isEmpty && traceID.count != 16 || !spanID.isEmpty && spanID.count != 8
        if hasOddID {
            appendOriginal("martlet.original_trace_id", traceID, .row, attributes)
            appendOriginal("martlet.original_span_id", spanID, .row, attributes)
            outcome.repairs.add(.exemplarIDLength)
        }
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.time.append(Timestamp(clamping: time))
        rows.pointTime.append(Timestamp(clamping: pointTime))
        rows.value.append(number.double)
        rows.intValue.append(number.int)
        rows.valueKind.append(number.kind.rawValue)
        rows.traceID.append(StoredTraceID(orZero: traceID))
        rows.spanID.append(StoredSpanID(orZero: spanID))
        close(attributes, .row)
    }
}

/// The `value` of a number point or exemplar.
struct WireNumber {
    private(set) var double = Double.nan
    private(set) var int: Int64 = 0
    private(set) var kind = NumberKind.none

    init() {}
    init(double: Double) { (self.double, kind) = (double, .double) }
    init(int: Int64) { (double, self.int, kind) = (Double(int), int, .int) }
}

extension MetricKind {
    fileprivate var hashNumber: UInt8 {
        switch self {
        case .gauge: 1
        case .sum: 2
        case .histogram: 3
        case .exponentialHistogram: 4
        case .summary: 5
        }
    }
}
