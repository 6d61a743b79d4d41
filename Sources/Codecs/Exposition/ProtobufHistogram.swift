import PrometheusModel

/// A `Histogram` of the protobuf format, which may have classic buckets, native ones, or both.
struct ProtobufHistogram {
    struct Bucket {
        var bound: Double = 0
        var count: UInt64 = 0
        var countFloat: Double = 0
        var exemplar: ExpositionExemplar?

        var value: Double { countFloat != 0 ? countFloat : Double(count) }
    }

    /// Native buckets of one sign: as differences of whole numbers, or as counts.
    private struct Side {
        var spans: [NativeHistogram.Span] = []
        var deltas: [Int64] = []
        var counts: [Double] = []

        mutating func reset() {
            spans.removeAll(keepingCapacity: true)
            deltas.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
        }
    }

    private(set) var count: UInt64 = 0
    private(set) var countFloat: Double = 0
    private(set) var sum: Double = 0
    private(set) var buckets: [Bucket] = []
    private(set) var exemplars: [ExpositionExemplar] = []
    /// Milliseconds since the Unix epoch; 0 when not known.
    private(set) var startTime: Int64 = 0
    private var schema: Int32 = 0
    private var zeroThreshold: Double = 0
    private var zeroCount: UInt64 = 0
    private var zeroCountFloat: Double = 0
    private var negative = Side()
    private var positive = Side()

    /// Whether there is anything of a native histogram. One without observations and without a zero bucket says so by a
    /// span of no buckets.
    var isNative: Bool { !positive.spans.isEmpty || !negative.spans.isEmpty || zeroThreshold > 0 || zeroCount > 0 }

    mutating func reset() {
        count = 0
        countFloat = 0
        sum = 0
        buckets.removeAll(keepingCapacity: true)
        exemplars.removeAll(keepingCapacity: true)
        startTime = 0
        schema = 0
        zeroThreshold = 0
        zeroCount = 0
        zeroCountFloat = 0
        negative.reset()
        positive.reset()
    }

    mutating func read(_ message: inout WireCursor) {
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 1 << 3: count = message.varint()
            case 2 << 3 | 1: sum = message.double()
            case 3 << 3 | 2: buckets.append(Self.bucket(&message))
            case 4 << 3 | 1: countFloat = message.double()
            case 5 << 3: schema = Int32(truncatingIfNeeded: Self.zigzag(message.varint()))
            case 6 << 3 | 1: zeroThreshold = message.double()
            case 7 << 3: zeroCount = message.varint()
            case 8 << 3 | 1: zeroCountFloat = message.double()
            case 9 << 3 | 2: negative.spans.append(Self.span(&message))
            case 10 << 3, 10 << 3 | 2: Self.readDeltas(&message, tag, &negative.deltas)
            case 11 << 3 | 1, 11 << 3 | 2: Self.readCounts(&message, tag, &negative.counts)
            case 12 << 3 | 2: positive.spans.append(Self.span(&message))
            case 13 << 3, 13 << 3 | 2: Self.readDeltas(&message, tag, &positive.deltas)
            case 14 << 3 | 1, 14 << 3 | 2: Self.readCounts(&message, tag, &positive.counts)
            case 15 << 3 | 2: startTime = ProtobufMetric.time(&message)
            case 16 << 3 | 2:
                if let exemplar = ProtobufMetric.exemplar(&message) { exemplars.append(exemplar) }
            default: message.skipUnknown(tag, knownUpTo: 16)
            }
        }
    }

    private static func zigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1 ^ (0 &- (value & 1))) }

    private static func bucket(_ message: inout WireCursor) -> Bucket {
        var bucket = Bucket()
        message.inside { inner in
            while !inner.isAtEnd {
                let tag = inner.tag()
                switch tag {
                case 1 << 3: bucket.count = inner.varint()
                case 2 << 3 | 1: bucket.bound = inner.double()
                case 3 << 3 | 2: bucket.exemplar = ProtobufMetric.exemplar(&inner)
                case 4 << 3 | 1: bucket.countFloat = inner.double()
                default: inner.skipUnknown(tag, knownUpTo: 4)
                }
            }
        }
        return bucket
    }

    private static func span(_ message: inout WireCursor) -> NativeHistogram.Span {
        var span = NativeHistogram.Span(offset: 0, length: 0)
        message.inside { inner in
            while !inner.isAtEnd {
                let tag = inner.tag()
                switch tag {
                case 1 << 3: span.offset = Int32(truncatingIfNeeded: zigzag(inner.varint()))
                case 2 << 3: span.length = UInt32(truncatingIfNeeded: inner.varint())
                default: inner.skipUnknown(tag, knownUpTo: 2)
                }
            }
        }
        return span
    }

    private static func readDeltas(_ message: inout WireCursor, _ tag: UInt32, _ deltas: inout [Int64]) {
        guard tag & 7 == 2 else { return deltas.append(zigzag(message.varint())) }
        message.inside { while !$0.isAtEnd { deltas.append(zigzag($0.varint())) } }
    }

    private static func readCounts(_ message: inout WireCursor, _ tag: UInt32, _ counts: inout [Double]) {
        guard tag & 7 == 2 else { return counts.append(message.double()) }
        message.inside { while !$0.isAtEnd { counts.append($0.double()) } }
    }

    // MARK: As a native histogram

    /// - Throws: when spans, buckets and counts do not fit together: Prometheus' storage refuses such a histogram, and the
    ///   page with it.
    func native(isGauge: Bool) throws(ExpositionError) -> NativeHistogram {
        guard BucketBounds.schemas.contains(schema) else {
            throw ExpositionError("native histogram has an unknown schema")
        }
        let isFloat = countFloat > 0 || zeroCountFloat > 0
        let histogram = NativeHistogram(
            counterReset: isGauge ? .gauge : .unknown, schema: schema, zeroThreshold: zeroThreshold,
            zeroCount: isFloat ? zeroCountFloat : Double(zeroCount), count: isFloat ? countFloat : Double(count),
            sum: sum, positiveSpans: positive.spans, negativeSpans: negative.spans,
            positiveBuckets: isFloat ? positive.counts : try Self.absolute(positive.deltas),
            negativeBuckets: isFloat ? negative.counts : try Self.absolute(negative.deltas))
        do throws(HistogramError) {
            try histogram.validate(hasIntegerCounts: !isFloat)
        } catch {
            throw ExpositionError("native histogram is not consistent: \(error.code)")
        }
        return histogram.compacted()
    }

    private static func absolute(_ deltas: [Int64]) throws(ExpositionError) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(deltas.count)
        var current: Int64 = 0
        for delta in deltas {
            let (sum, overflow) = current.addingReportingOverflow(delta)
            guard !overflow else { throw ExpositionError("counts of native histogram are out of range") }
            current = sum
            result.append(Double(current))
        }
        return result
    }
}
