import PrometheusModel

/// A `Histogram` of remote write, 1.0 and 2.0 alike, with its counts made absolute.
struct WireNativeHistogram {
    private(set) var value = NativeHistogram()
    /// Milliseconds.
    private(set) var time: Int64 = 0
    private(set) var startTime: Int64
    /// Deltas and absolute counts are two ways to say the same; not both.
    private var isMixed = false

    /// Nil after a failure, which the cursor has then.
    init?(_ cursor: inout WireCursor, startTime: Int64) {
        self.startTime = startTime
        var (positive, negative) = (BucketCounts(), BucketCounts())
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x08: value.count = Double(cursor.varint())
            case 0x11: value.count = cursor.double()
            case 0x19: value.sum = cursor.double()
            case 0x20: value.schema = cursor.zigZag32()
            case 0x29: value.zeroThreshold = cursor.double()
            case 0x30: value.zeroCount = Double(cursor.varint())
            case 0x39: value.zeroCount = cursor.double()
            case 0x42: value.negativeSpans.append(Self.span(&cursor))
            case 0x48, 0x4A: negative.addDeltas(&cursor, isPacked: tag & 7 == 2)
            case 0x51: negative.counts.append(cursor.double())
            case 0x52: cursor.packedFixed64 { negative.counts.append(Double(bitPattern: $0)) }
            case 0x5A: value.positiveSpans.append(Self.span(&cursor))
            case 0x60, 0x62: positive.addDeltas(&cursor, isPacked: tag & 7 == 2)
            case 0x69: positive.counts.append(cursor.double())
            case 0x6A: cursor.packedFixed64 { positive.counts.append(Double(bitPattern: $0)) }
            case 0x70: value.counterReset = .init(rawValue: UInt8(truncatingIfNeeded: cursor.varint())) ?? .unknown
            case 0x78: time = Int64(bitPattern: cursor.varint())
            // Numbers from 16 take two bytes.
            case 0x81: value.customBounds.append(cursor.double())
            case 0x82: cursor.packedFixed64 { value.customBounds.append(Double(bitPattern: $0)) }
            case 0x88: self.startTime = Int64(bitPattern: cursor.varint())
            default: cursor.skip(tag, level: 3)
            }
        }
        guard cursor.failure == .none else { return nil }
        guard positive.counts.count + negative.counts.count <= 2 * NativeHistogram.otlpBucketsMax else {
            cursor.fail(.tooLarge)
            return nil
        }
        isMixed = positive.isMixed || negative.isMixed
        value.positiveBuckets = positive.counts
        value.negativeBuckets = negative.counts
    }

    /// Whether spans, buckets, schema and bounds fit together, so that whoever reads it need not look.
    var isConsistent: Bool {
        func fits(_ spans: [NativeHistogram.Span], _ buckets: [Double]) -> Bool {
            var total: UInt64 = 0
            var index: Int64 = 0
            for (place, span) in spans.enumerated() {
                if place > 0, span.offset < 0 { return false }
                total += UInt64(span.length)
                index += Int64(span.offset) + Int64(span.length)
                // An index is stored in 32 bits.
                guard abs(index) < Int64(Int32.max) else { return false }
            }
            return total == UInt64(buckets.count)
        }
        guard !isMixed, fits(value.positiveSpans, value.positiveBuckets),
            fits(value.negativeSpans, value.negativeBuckets)
        else { return false }
        if value.usesCustomBounds {
            return value.negativeBuckets.isEmpty && value.zeroCount == 0
                && value.positiveBuckets.count <= value.customBounds.count + 1
                && zip(value.customBounds, value.customBounds.dropFirst()).allSatisfy { $0 < $1 }
        }
        return (-4...8).contains(value.schema) && value.customBounds.isEmpty
    }

    private static func span(_ cursor: inout WireCursor) -> NativeHistogram.Span {
        var message = cursor.message()
        var span = NativeHistogram.Span(offset: 0, length: 0)
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 0x08: span.offset = message.zigZag32()
            case 0x10: span.length = UInt32(truncatingIfNeeded: message.varint())
            default: message.skip(tag, level: 4)
            }
        }
        cursor.absorb(message)
        return span
    }
}

/// The counts of one side, sent as absolute numbers or as differences.
private struct BucketCounts {
    var counts: [Double] = []
    private var running: Int64 = 0
    private var deltas = 0

    var isMixed: Bool { deltas > 0 && deltas != counts.count }

    mutating func addDeltas(_ cursor: inout WireCursor, isPacked: Bool) {
        guard isPacked else { return add(cursor.varint()) }
        var packed = cursor.message()
        while !packed.isAtEnd {
            add(packed.varint())
            if counts.count > NativeHistogram.otlpBucketsMax { packed.fail(.tooLarge) }
        }
        cursor.absorb(packed)
    }

    private mutating func add(_ zigZag: UInt64) {
        running &+= Int64(bitPattern: zigZag >> 1) ^ -Int64(bitPattern: zigZag & 1)
        counts.append(Double(running))
        deltas += 1
    }
}
