import PrometheusModel

/// Reads a stream of `io.prometheus.client.MetricFamily`, each with its length as a varint before it.
///
/// Summaries and classic histograms become the series that the text formats have: `…_count`, `…_sum`, then quantiles or
/// `…_bucket`, where a bucket for +Inf is added when there is none. A histogram with native buckets is told as one.
///
/// Spec: Prometheus 3.5, `io/prometheus/client/metrics.proto`; families without metrics say nothing, and a metric's own
/// part that is missing counts as zero.
struct ProtobufExpositionParser {
    private var stream: WireCursor
    private let options: ExpositionParser.Options
    /// Name, labels and what is added to them, as `ExpositionSeries` wants it.
    private var key: [UInt8] = []
    /// The labels of the metric alone, each with its separators.
    private var labels: [UInt8] = []
    private var metric = ProtobufMetric()

    private enum Kind: UInt64 {
        case counter = 0
        case gauge = 1
        case summary = 2
        case untyped = 3
        case histogram = 4
        case gaugeHistogram = 5

        var type: MetricType {
            switch self {
            case .counter: .counter
            case .gauge: .gauge
            case .summary: .summary
            case .untyped: .unknown
            case .histogram: .histogram
            case .gaugeHistogram: .gaugehistogram
            }
        }
    }

    private struct Family {
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var help = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var unit = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var kind: UInt64 = 0
        var metrics = 0
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: ExpositionParser.Options) {
        stream = WireCursor(bytes)
        self.options = options
    }

    mutating func parse(into sink: inout some ExpositionSink) throws(ExpositionError) {
        while !stream.isAtEnd {
            let start = stream.position
            var message = stream.message()
            // A length takes at most five bytes.
            guard stream.failure == .none, message.position - start <= 5 else {
                throw ExpositionError("broken length of a metric family")
            }
            let family = Self.readFamily(&message)
            try Self.check(message)
            guard family.metrics > 0 else { continue }
            let kind = try Self.checkFamily(family)
            let name = ExpositionText(raw: family.name, escapes: .none)
            try sink.help(ExpositionText(raw: family.help, escapes: .none), of: name)
            if !family.unit.isEmpty { try sink.unit(ExpositionText(raw: family.unit, escapes: .none), of: name) }
            try sink.type(kind.type, of: name)
            var metrics = message.restarted
            while !metrics.isAtEnd {
                let tag = metrics.tag()
                guard tag == 4 << 3 | 2 else {
                    metrics.skip(tag, level: 1)
                    continue
                }
                var inner = metrics.message()
                metric.read(&inner)
                try Self.check(inner)
                try tell(family.name, kind, &sink)
            }
        }
    }

    private static func check(_ cursor: WireCursor) throws(ExpositionError) {
        guard cursor.failure == .none else { throw ExpositionError("broken protobuf in a metric family") }
    }

    private static func readFamily(_ message: inout WireCursor) -> Family {
        var family = Family()
        while !message.isAtEnd {
            let tag = message.tag()
            switch tag {
            case 1 << 3 | 2: family.name = message.bytes()
            case 2 << 3 | 2: family.help = message.bytes()
            case 3 << 3: family.kind = message.varint()
            case 4 << 3 | 2:
                _ = message.bytes()
                family.metrics += 1
            case 5 << 3 | 2: family.unit = message.bytes()
            default: message.skipUnknown(tag, knownUpTo: 5)
            }
        }
        return family
    }

    private static func checkFamily(_ family: Family) throws(ExpositionError) -> Kind {
        guard !family.name.isEmpty, UTF8Text.isValid(family.name) else {
            throw ExpositionError("name of a metric family is empty or not UTF-8")
        }
        guard UTF8Text.isValid(family.help) else { throw ExpositionError("help is not UTF-8") }
        // An enum is 32 bits of a varint.
        guard let kind = Kind(rawValue: UInt64(UInt32(truncatingIfNeeded: family.kind))) else {
            throw ExpositionError("unknown metric type")
        }
        guard !family.unit.isEmpty else { return kind }
        var name = family.name[...]
        let total = "_total".utf8
        if kind == .counter, name.count >= total.count, name.suffix(total.count).elementsEqual(total) {
            name = name.dropLast(total.count)
        }
        guard name.count > family.unit.count, name.suffix(family.unit.count).elementsEqual(family.unit),
            name[name.endIndex - family.unit.count - 1] == UInt8(ascii: "_")
        else { throw ExpositionError("unit is no suffix of the metric name") }
        return kind
    }

    // MARK: Series

    private mutating func tell(
        _ name: UnsafeBufferPointer<UInt8>, _ kind: Kind, _ sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        labels.removeAll(keepingCapacity: true)
        for label in metric.labels {
            guard UTF8Text.isValid(label.name), UTF8Text.isValid(label.value) else {
                throw ExpositionError("label is not UTF-8")
            }
            labels.append(0xFF)
            labels.append(contentsOf: label.name)
            labels.append(0xFF)
            labels.append(contentsOf: label.value)
        }
        switch kind {
        case .counter:
            try sample(name, "", nil, metric.counter.value, metric.counter.startTime, metric.counter.exemplar, &sink)
        case .gauge: try sample(name, "", nil, metric.gauge, 0, nil, &sink)
        case .untyped: try sample(name, "", nil, metric.untyped, 0, nil, &sink)
        case .summary: try summary(name, &sink)
        case .histogram, .gaugeHistogram:
            let isNative = options.readsNativeHistograms && metric.histogram.isNative
            if isNative { try native(name, isGauge: kind == .gaugeHistogram, &sink) }
            if !isNative || (options.keepsClassicHistograms && !metric.histogram.buckets.isEmpty) {
                try classic(name, &sink)
            }
        }
    }

    /// - Parameter bound: a label of its own, and its value.
    private mutating func sample(
        _ name: UnsafeBufferPointer<UInt8>, _ suffix: StaticString, _ bound: (StaticString, Double)?, _ value: Double,
        _ startTime: Int64, _ exemplar: ExpositionExemplar?, _ sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        makeKey(name, suffix)
        if let (label, number) = bound {
            key.append(0xFF)
            key.append(contentsOf: UnsafeBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
            key.append(0xFF)
            key.append(contentsOf: ExpositionNumber.openMetrics(number).utf8)
        }
        let time = metric.time == 0 ? nil : metric.time
        try key.withUnsafeBufferPointer { (raw) throws(ExpositionError) in
            let series = ExpositionSeries(raw: raw, form: .separated, type: .unknown)
            try sink.sample(series, value: value, time: time, startTime: startTime, exemplar: exemplar)
        }
    }

    private mutating func makeKey(_ name: UnsafeBufferPointer<UInt8>, _ suffix: StaticString) {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: name)
        key.append(contentsOf: UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
        key.append(contentsOf: labels)
    }

    private mutating func summary(
        _ name: UnsafeBufferPointer<UInt8>, _ sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        let summary = metric.summary
        try sample(name, "_count", nil, Double(summary.count), summary.startTime, nil, &sink)
        try sample(name, "_sum", nil, summary.sum, summary.startTime, nil, &sink)
        for (quantile, value) in summary.quantiles {
            try sample(name, "", ("quantile", quantile), value, summary.startTime, nil, &sink)
        }
    }

    private mutating func classic(
        _ name: UnsafeBufferPointer<UInt8>, _ sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        let histogram = metric.histogram
        let count = histogram.countFloat != 0 ? histogram.countFloat : Double(histogram.count)
        let startTime = histogram.startTime
        try sample(name, "_count", nil, count, startTime, nil, &sink)
        try sample(name, "_sum", nil, histogram.sum, startTime, nil, &sink)
        for bucket in histogram.buckets {
            try sample(name, "_bucket", ("le", bucket.bound), bucket.value, startTime, bucket.exemplar, &sink)
            // Behind +Inf nothing counts.
            if bucket.bound == .infinity { return }
        }
        try sample(name, "_bucket", ("le", .infinity), count, startTime, nil, &sink)
    }

    private mutating func native(
        _ name: UnsafeBufferPointer<UInt8>, isGauge: Bool, _ sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        let histogram = try metric.histogram.native(isGauge: isGauge)
        // An exemplar of buckets stands in for those of the histogram.
        let exemplars =
            metric.histogram.exemplars.isEmpty
            ? metric.histogram.buckets.compactMap(\.exemplar) : metric.histogram.exemplars
        makeKey(name, "")
        let time = metric.time == 0 ? nil : metric.time
        try key.withUnsafeBufferPointer { (raw) throws(ExpositionError) in
            let series = ExpositionSeries(raw: raw, form: .separated, type: .unknown)
            try sink.histogram(
                series, value: histogram, time: time, startTime: metric.histogram.startTime,
                exemplars: exemplars.filter { $0.time != nil })
        }
    }
}
