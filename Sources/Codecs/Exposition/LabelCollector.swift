import PrometheusModel

/// Collects the labels of one series and checks what Prometheus checks when it sees a series for the first time.
struct LabelCollector: LabelVisitor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let type: MetricType
    private var labels: [Label] = []
    private var isUTF8 = true

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ type: MetricType) {
        self.bytes = bytes
        self.type = type
        labels.reserveCapacity(8)
    }

    mutating func metricName(_ range: Range<Int>) { labels.append(Label(Labels.nameLabel, text(range))) }

    mutating func label(_ name: Range<Int>, _ value: Range<Int>) {
        let name = text(name)
        var value = text(value)
        if (type == .histogram && name == "le") || (type == .summary && name == "quantile") {
            var copy = value
            if let bound = copy.withUTF8({ ExpositionNumber.parse($0) }) { value = ExpositionNumber.openMetrics(bound) }
        }
        labels.append(Label(name, value))
    }

    /// Reads the form with separators, whose texts are UTF-8 without escapes.
    mutating func readSeparated() {
        var texts: [String] = []
        var start = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == 0xFF {
            texts.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self))
            start = index + 1
        }
        labels.append(Label(Labels.nameLabel, texts[0]))
        for index in stride(from: 1, to: texts.count - 1, by: 2) {
            labels.append(Label(texts[index], texts[index + 1]))
        }
    }

    private mutating func text(_ range: Range<Int>) -> String {
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        if !UTF8Text.isValid(part) { isUTF8 = false }
        return ExpositionEscapes.label.decode(part)
    }

    func finish() throws(ExpositionError) -> Labels {
        guard isUTF8 else { throw ExpositionError("name is not UTF-8") }
        var kept = labels
        // An empty value is the same as no label, and takes others of its name with it.
        let empty = Set(labels.lazy.filter { $0.value.isEmpty }.map { $0.name })
        if !empty.isEmpty { kept.removeAll { empty.contains($0.name) } }
        kept.sort { $0.name < $1.name }
        var hasName = false
        for index in kept.indices {
            guard !kept[index].name.isEmpty else { throw ExpositionError("label name is empty") }
            if index > 0, kept[index].name == kept[index - 1].name { throw ExpositionError("label stands twice") }
            if kept[index].name == Labels.nameLabel { hasName = true }
        }
        guard hasName else { throw ExpositionError("series has no metric name") }
        return Labels(sorted: kept)
    }

    /// Without the rules of series: an exemplar needs no name, and is not worth a page.
    func finishExemplar() -> Labels { Labels(labels) }
}

/// How a text is escaped.
enum ExpositionEscapes {
    /// `\\`, `\"` and `\n`.
    case label
    /// `\\` and `\n`.
    case help
    case none

    /// Other escapes stay as they are.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard self != .none, bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                result.append(byte)
                continue
            }
            switch bytes[index] {
            case UInt8(ascii: "\\"): result.append(byte)
            case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\"") where self == .label: result.append(UInt8(ascii: "\""))
            default:
                result.append(byte)
                continue
            }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
