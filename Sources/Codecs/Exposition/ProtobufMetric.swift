import PrometheusModel

/// One `Metric` of a family. It is filled anew for each, so that its lists keep their memory.
///
/// A part that is given twice is merged, and numbers in lists may be packed or not, as protobuf has it.
struct ProtobufMetric {
    struct LabelBytes {
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var value = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    }

    struct Counter {
        var value: Double = 0
        var exemplar: ExpositionExemplar?
        var startTime: Int64 = 0
    }

    struct Summary {
        var count: UInt64 = 0
        var sum: Double = 0
        var quantiles: [(quantile: Double, value: Double)] = []
        var startTime: Int64 = 0
    }

    private(set) var labels: [LabelBytes] = []
    private(set) var gauge: Double = 0
    private(set) var untyped: Double = 0
    private(set) var counter = Counter()
    private(set) var summary = Summary()
    private(set) var histogram = ProtobufHistogram()
    /// Milliseconds since the Unix epoch; 0 when not given.
    private(set) var time: Int64 = 0

    mutating func read(_ message: inout WireCursor) {
        labels.removeAll(keepingCapacity: true)
        gauge = 0
        untyped = 0
        counter = Counter()
        summary = Summary()
        histogram.reset()
        time = 0
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 1 << 3 | 2: labels.append(Self.label(&message))
            case 2 << 3 | 2: message.inside { Self.readValue(&$0, &gauge) }
            case 3 << 3 | 2: message.inside { readCounter(&$0) }
            case 4 << 3 | 2: message.inside { readSummary(&$0) }
            case 5 << 3 | 2: message.inside { Self.readValue(&$0, &untyped) }
            case 6 << 3: time = Int64(bitPattern: message.varint())
            case 7 << 3 | 2: message.inside { histogram.read(&$0) }
            default: message.skipUnknown(tag, knownUpTo: 7)
            }
        }
    }

    static func label(_ message: inout WireCursor) -> LabelBytes {
        var label = LabelBytes()
        message.inside { inner in
            while !inner.isAtEnd {
                let tag = inner.tag()
                switch tag {
                case 1 << 3 | 2: label.name = inner.bytes()
                case 2 << 3 | 2: label.value = inner.bytes()
                default: inner.skipUnknown(tag, knownUpTo: 2)
                }
            }
        }
        return label
    }

    /// `Gauge` and `Untyped`.
    private static func readValue(_ message: inout WireCursor, _ value: inout Double) {
        while !message.isAtEnd {
            let tag = message.tag()
            if tag == 1 << 3 | 1 { value = message.double() } else { message.skipUnknown(tag, knownUpTo: 1) }
        }
    }

    private mutating func readCounter(_ message: inout WireCursor) {
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 1 << 3 | 1: counter.value = message.double()
            case 2 << 3 | 2: counter.exemplar = Self.exemplar(&message)
            case 3 << 3 | 2: counter.startTime = Self.time(&message)
            default: message.skipUnknown(tag, knownUpTo: 3)
            }
        }
    }

    private mutating func readSummary(_ message: inout WireCursor) {
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 1 << 3: summary.count = message.varint()
            case 2 << 3 | 1: summary.sum = message.double()
            case 3 << 3 | 2:
                var quantile: (quantile: Double, value: Double) = (0, 0)
                message.inside { inner in
                    while !inner.isAtEnd {
                        let tag = inner.tag()
                        switch tag {
                        case 1 << 3 | 1: quantile.quantile = inner.double()
                        case 2 << 3 | 1: quantile.value = inner.double()
                        default: inner.skipUnknown(tag, knownUpTo: 2)
                        }
                    }
                }
                summary.quantiles.append(quantile)
            case 4 << 3 | 2: summary.startTime = Self.time(&message)
            default: message.skipUnknown(tag, knownUpTo: 4)
            }
        }
    }

    /// Nil when its labels are not UTF-8: an exemplar is not worth a page.
    static func exemplar(_ message: inout WireCursor) -> ExpositionExemplar? {
        var exemplar = ExpositionExemplar(labels: Labels(), value: 0, time: nil)
        var labels: [Label] = []
        var isUTF8 = true
        message.inside { inner in
            while !inner.isAtEnd {
                let tag = inner.tag()
                switch tag {
                case 1 << 3 | 2:
                    let label = label(&inner)
                    if !UTF8Text.isValid(label.name) || !UTF8Text.isValid(label.value) { isUTF8 = false }
                    labels.append(
                        Label(String(decoding: label.name, as: UTF8.self), String(decoding: label.value, as: UTF8.self))
                    )
                case 2 << 3 | 1: exemplar.value = inner.double()
                case 3 << 3 | 2: exemplar.time = time(&inner)
                default: inner.skipUnknown(tag, knownUpTo: 3)
                }
            }
        }
        exemplar.labels = Labels(labels)
        return isUTF8 ? exemplar : nil
    }

    /// `google.protobuf.Timestamp` in milliseconds.
    static func time(_ message: inout WireCursor) -> Int64 {
        var seconds: Int64 = 0
        var nanoseconds: Int32 = 0
        message.inside { inner in
            while !inner.isAtEnd {
                let tag = inner.tag()
                switch tag {
                case 1 << 3: seconds = Int64(bitPattern: inner.varint())
                case 2 << 3: nanoseconds = Int32(truncatingIfNeeded: inner.varint())
                default: inner.skipUnknown(tag, knownUpTo: 2)
                }
            }
        }
        return seconds &* 1000 &+ Int64(nanoseconds / 1_000_000)
    }
}

extension WireCursor {
    /// Reads a message inside this one, and takes over its failure.
    @inline(__always)
    mutating func inside(_ body: (inout WireCursor) -> Void) {
        var inner = message()
        body(&inner)
        absorb(inner)
    }

    /// Skips a field that is not known. A known one that comes here has a wrong wire type, which Prometheus refuses.
    mutating func skipUnknown(_ tag: UInt32, knownUpTo last: UInt32) {
        if tag >> 3 <= last { fail(.malformed) } else { skip(tag, level: 1) }
    }
}
