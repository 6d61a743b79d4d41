package import PrometheusModel

/// Collects series and writes them as one `io.prometheus.write.v2.Request` (Remote Write 2.0): the form in which scraped,
/// StatsD and computed samples go into the pipeline and its log, the same as what a remote writer sends.
package struct RemoteWriteBuilder: Sendable {
    /// One sample: milliseconds since the Unix epoch, and its value.
    package struct Sample: Sendable {
        package var time: Int64
        package var value: Double

        package init(time: Int64, value: Double) {
            self.time = time
            self.value = value
        }
    }

    package struct HistogramSample: Sendable {
        package var time: Int64
        package var value: NativeHistogram

        package init(time: Int64, value: NativeHistogram) {
            self.time = time
            self.value = value
        }
    }

    private var symbols: [String: UInt32] = ["": 0]
    private var symbolList: [String] = [""]
    private var series = RemoteWriteOutput()
    /// The body of the series that is being written: its length stands before it, so it is written here first.
    private var body = RemoteWriteOutput()
    /// Exemplars, of which the same is true.
    private var inner = RemoteWriteOutput()
    /// The labels of the series before, with their references: neighbours share most labels, and comparing two texts is
    /// cheaper than looking one up.
    private var previous: [(label: Label, name: UInt32, value: UInt32)] = []

    /// Samples and histograms added so far.
    package private(set) var sampleCount = 0

    package init() {}

    package var isEmpty: Bool { sampleCount == 0 }
    /// Bytes of the series so far, the symbols not counted.
    package var byteCount: Int { series.bytes.count }

    /// Adds one series with its samples.
    ///
    /// The start time is written to each sample and histogram (the newer form of the format) and to the series (the
    /// form of its first version), so that readers of either find it.
    ///
    /// - Parameter startTime: when counting began, milliseconds since the Unix epoch; 0 when not known.
    package mutating func add(
        _ labels: Labels, metadata: MetricMetadata = MetricMetadata(), startTime: Int64 = 0, samples: [Sample],
        histograms: [HistogramSample] = [], exemplars: [Exemplar] = []
    ) {
        body.removeAll()
        writeReferences(of: labels)
        for sample in samples { body.sample(time: sample.time, value: sample.value, startTime: startTime) }
        for histogram in histograms { body.histogram(histogram.value, time: histogram.time, startTime: startTime) }
        for exemplar in exemplars {
            inner.removeAll()
            write(exemplar)
            body.message(4, inner)
        }
        write(metadata)
        body.integer(6, startTime)
        series.message(5, body)
        sampleCount += samples.count + histograms.count
    }

    /// The request's bytes, not compressed; the builder is empty afterwards.
    package mutating func finish() -> [UInt8] {
        var size = series.bytes.count
        for symbol in symbolList { size += symbol.utf8.count + 6 }
        var request = RemoteWriteOutput()
        request.reserve(size)
        for symbol in symbolList { request.text(4, symbol) }
        request.append(series)
        symbols.removeAll(keepingCapacity: true)
        symbols[""] = 0
        symbolList.removeAll(keepingCapacity: true)
        symbolList.append("")
        previous.removeAll(keepingCapacity: true)
        series.removeAll()
        sampleCount = 0
        return request.bytes
    }

    private mutating func writeReferences(of labels: Labels) {
        guard !labels.isEmpty else { return }
        var size = 0
        for (index, label) in labels.entries.enumerated() {
            var name: UInt32?
            var value: UInt32?
            if index < previous.count {
                let before = previous[index]
                if before.label.name == label.name { name = before.name }
                if before.label.value == label.value { value = before.value }
            }
            let entry = (label, name ?? symbol(label.name), value ?? symbol(label.value))
            size += RemoteWriteOutput.size(UInt64(entry.1)) + RemoteWriteOutput.size(UInt64(entry.2))
            if index < previous.count { previous[index] = entry } else { previous.append(entry) }
        }
        body.tag(1, .bytes)
        body.varint(UInt64(size))
        for entry in previous.prefix(labels.count) {
            body.varint(UInt64(entry.name))
            body.varint(UInt64(entry.value))
        }
    }

    private mutating func write(_ exemplar: Exemplar) {
        if !exemplar.labels.isEmpty {
            let references = exemplar.labels.entries.map { (symbol($0.name), symbol($0.value)) }
            inner.tag(1, .bytes)
            inner.varint(
                references.reduce(0) {
                    $0 + UInt64(RemoteWriteOutput.size(UInt64($1.0)) + RemoteWriteOutput.size(UInt64($1.1)))
                })
            for reference in references {
                inner.varint(UInt64(reference.0))
                inner.varint(UInt64(reference.1))
            }
        }
        inner.double(2, exemplar.value)
        inner.integer(3, exemplar.time)
    }

    private mutating func write(_ metadata: MetricMetadata) {
        let help = metadata.help.isEmpty ? 0 : symbol(metadata.help)
        let unit = metadata.unit.isEmpty ? 0 : symbol(metadata.unit)
        inner.removeAll()
        inner.integer(1, Self.number(of: metadata.type))
        inner.integer(3, Int64(help))
        inner.integer(4, Int64(unit))
        if !inner.bytes.isEmpty { body.message(5, inner) }
    }

    private mutating func symbol(_ text: String) -> UInt32 {
        if let known = symbols[text] { return known }
        let number = UInt32(truncatingIfNeeded: symbolList.count)
        symbols[text] = number
        symbolList.append(text)
        return number
    }

    /// The number of `Metadata.MetricType`.
    private static func number(of type: MetricType) -> Int64 {
        switch type {
        case .unknown: 0
        case .counter: 1
        case .gauge: 2
        case .histogram: 3
        case .gaugehistogram: 4
        case .summary: 5
        case .info: 6
        case .stateset: 7
        }
    }
}

/// Protobuf's wire format as this request needs it: a field that has its default value is left out.
struct RemoteWriteOutput: Sendable {
    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
    }

    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func append(_ other: RemoteWriteOutput) { bytes.append(contentsOf: other.bytes) }

    @inline(__always)
    mutating func tag(_ number: UInt64, _ type: WireType) { varint(number << 3 | type.rawValue) }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Bytes of a varint.
    @inline(__always)
    static func size(_ value: UInt64) -> Int { (70 - (value | 1).leadingZeroBitCount) / 7 }

    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    @inline(__always)
    mutating func integer(_ number: UInt64, _ value: Int64) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(UInt64(bitPattern: value))
    }

    /// The eight bytes of a double, without a tag.
    @inline(__always)
    mutating func raw(_ value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Minus zero is a value of its own.
    @inline(__always)
    mutating func double(_ number: UInt64, _ value: Double) {
        guard value.bitPattern != 0 else { return }
        alwaysDouble(number, value)
    }

    /// For a field whose presence means something.
    @inline(__always)
    mutating func alwaysDouble(_ number: UInt64, _ value: Double) {
        tag(number, .fixed64)
        raw(value)
    }

    mutating func text(_ number: UInt64, _ text: String) {
        tag(number, .bytes)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func message(_ number: UInt64, _ content: RemoteWriteOutput) {
        tag(number, .bytes)
        varint(UInt64(content.bytes.count))
        bytes.append(contentsOf: content.bytes)
    }

    /// `TimeSeries.samples`: 8 bytes of value with its tag, and the times.
    @inline(__always)
    mutating func sample(time: Int64, value: Double, startTime: Int64) {
        var size = value.bitPattern == 0 ? 0 : 9
        if time != 0 { size += 1 + Self.size(UInt64(bitPattern: time)) }
        if startTime != 0 { size += 1 + Self.size(UInt64(bitPattern: startTime)) }
        tag(2, .bytes)
        varint(UInt64(size))
        double(1, value)
        integer(2, time)
        integer(3, startTime)
    }
}
