import PrometheusModel

/// Reads OpenMetrics 1.0 text.
///
/// The grammar of lines is kept strictly: single spaces, no empty lines, `# EOF` at the end. What the specification
/// demands of families as a whole (their order, suffixes and values) is not checked, since Prometheus does not.
///
/// Spec: OpenMetrics 1.0, "Text format"; where Prometheus 3.5 (`openmetricslex.l`) differs, as there.
struct OpenMetricsParser {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let keepsCreated: Bool
    private var position = 0
    private(set) var lineStart = 0
    private var type = MetricType.unknown
    /// The name in the last line of metadata, its escapes kept.
    private var family = 0..<0
    private var created = CreatedTimes()
    /// Whether the lines after the last metadata have been looked through for start times.
    private var hasCreated = false

    init(_ base: UnsafePointer<UInt8>, count: Int, _ options: ExpositionParser.Options) {
        self.base = base
        self.count = count
        keepsCreated = options.keepsCreatedSeries
    }

    mutating func parse(into sink: inout some ExpositionSink) throws(ExpositionError) {
        while true {
            lineStart = position
            guard position < count else { throw ExpositionError("page does not end with # EOF") }
            let byte = current
            if NameBytes.isStart(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "{") {
                try sample(into: &sink)
            } else if byte == UInt8(ascii: "#") {
                guard try metadata(into: &sink) else { return }
            } else {
                throw ExpositionError("expected a metric or metadata")
            }
        }
    }

    /// The byte here; behind the last one there is a NUL, which no rule accepts.
    @inline(__always)
    private var current: UInt8 { position < count ? base[position] : 0 }

    private func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    // MARK: Samples

    @inline(__always)
    private mutating func sample(into sink: inout some ExpositionSink) throws(ExpositionError) {
        let start = position
        var scanner = LabelScanner(base, count: count, at: position, .openMetrics)
        position = scanner.endOfName()
        var hasName = position > start
        if current == UInt8(ascii: "{") {
            scanner.position = position + 1
            var visitor = NoVisitor()
            try scanner.scan(&hasName, &visitor)
            position = scanner.position
        }
        guard hasName else { throw ExpositionError("labels without a metric name") }
        let series = ExpositionSeries(raw: slice(start..<position), form: .openMetrics, type: type)
        let value = try number("value")
        var time: Int64?
        if current == 0x20, !isExemplarNext {
            let seconds = try number("time")
            guard seconds.isFinite else { throw ExpositionError("time is not finite") }
            time = ExpositionNumber.milliseconds(seconds)
        }
        let exemplar = isExemplarNext ? try self.exemplar() : nil
        try endLine()

        var startTime: Int64 = 0
        switch type {
        case .counter, .histogram, .summary:
            if !hasCreated {
                created.read(slice(start..<count), family: slice(family), type)
                hasCreated = true
            }
            guard !created.isEmpty else { break }
            if created.isCreatedLine(series.raw) {
                if !keepsCreated { return }
            } else {
                startTime = created.startTime(of: series.raw)
            }
        default: break
        }
        try sink.sample(series, value: value, time: time, startTime: startTime, exemplar: exemplar)
    }

    /// A space and a number behind it, up to the next space.
    @inline(__always)
    private mutating func number(_ what: StaticString) throws(ExpositionError) -> Double {
        guard current == 0x20 else { throw ExpositionError("expected a space and \(what)") }
        position += 1
        let start = position
        while position < count, base[position] != 0x20, base[position] != 0x0A, base[position] != 0 { position += 1 }
        guard let number = ExpositionNumber.parse(slice(start..<position)) else {
            throw ExpositionError("\(what) is no number")
        }
        return number
    }

    @inline(__always)
    private var isExemplarNext: Bool {
        current == 0x20 && count - position >= 4 && base[position + 1] == UInt8(ascii: "#")
            && base[position + 2] == 0x20 && base[position + 3] == UInt8(ascii: "{")
    }

    private mutating func exemplar() throws(ExpositionError) -> ExpositionExemplar {
        let start = position + 4
        var scanner = LabelScanner(base, count: count, at: start, .exemplar)
        var collector = LabelCollector(slice(0..<count), .unknown)
        var hasName = false
        try scanner.scan(&hasName, &collector)
        position = scanner.position
        let value = try number("value of exemplar")
        var time: Int64?
        if current == 0x20 {
            let seconds = try number("time of exemplar")
            guard seconds.isFinite else { throw ExpositionError("time of exemplar is not finite") }
            time = ExpositionNumber.milliseconds(seconds)
        }
        return ExpositionExemplar(labels: collector.finishExemplar(), value: value, time: time)
    }

    @inline(__always)
    private mutating func endLine() throws(ExpositionError) {
        guard current == 0x0A else {
            throw ExpositionError(position < count ? "expected end of line" : "page does not end with # EOF")
        }
        position += 1
    }

    // MARK: Metadata

    /// Reads a line that begins with a hash.
    ///
    /// - Returns: false when it is the last one.
    private mutating func metadata(into sink: inout some ExpositionSink) throws(ExpositionError) -> Bool {
        position += 1
        guard current == 0x20 else { throw ExpositionError("expected a space after the hash") }
        position += 1
        switch current {
        case UInt8(ascii: "H"):
            try keyword("HELP ")
            let (family, text) = try nameAndText()
            guard UTF8Text.isValid(text) else { throw ExpositionError("help is not UTF-8") }
            try sink.help(ExpositionText(raw: text, escapes: .label), of: family)
        case UInt8(ascii: "T"):
            try keyword("TYPE ")
            let (family, text) = try nameAndText()
            let name = String(decoding: text, as: UTF8.self)
            guard let found = MetricType(rawValue: name) else { throw ExpositionError("unknown metric type") }
            type = found
            try sink.type(found, of: family)
        case UInt8(ascii: "U"):
            try keyword("UNIT ")
            let (family, text) = try nameAndText()
            guard Self.isUnit(text, of: family.raw) else {
                throw ExpositionError("unit is no suffix of the metric name")
            }
            try sink.unit(ExpositionText(raw: text, escapes: .none), of: family)
        case UInt8(ascii: "E"):
            try keyword("EOF")
            if current == 0x0A {
                position += 1
                skipNUL()
            }
            guard position >= count else { throw ExpositionError("text after # EOF") }
            return false
        default: throw ExpositionError("expected HELP, TYPE, UNIT or EOF")
        }
        hasCreated = false
        return true
    }

    /// NUL bytes inside a keyword and behind it are skipped, as they are in Prometheus.
    private mutating func keyword(_ word: StaticString) throws(ExpositionError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw ExpositionError("expected HELP, TYPE, UNIT or EOF") }
            position += 1
            skipNUL()
        }
    }

    private mutating func skipNUL() {
        while position < count, base[position] == 0 { position += 1 }
    }

    private mutating func nameAndText() throws(ExpositionError) -> (ExpositionText, UnsafeBufferPointer<UInt8>) {
        let isQuoted = current == UInt8(ascii: "\"")
        if isQuoted {
            guard let name = LabelScanner.quotedName(base, count, from: position, isOneLine: false) else {
                throw ExpositionError("name in quotes has no end")
            }
            family = name
            position = name.upperBound + 1
        } else {
            let start = position
            position = LabelScanner(base, count: count, at: position, .openMetrics).endOfName()
            guard position > start else { throw ExpositionError("expected metric name in metadata") }
            family = start..<position
        }
        guard current == 0x20 else { throw ExpositionError("expected a space after metric name") }
        let start = position + 1
        while position < count, base[position] != 0x0A { position += 1 }
        try endLine()
        // NUL bytes behind the line break count as part of the line, and push what is cut off its end.
        let end = position
        skipNUL()
        let text = slice(start..<(position == end ? end - 1 : position - 1))
        return (ExpositionText(raw: slice(family), escapes: isQuoted ? .label : .none), text)
    }

    /// A unit is the end of the name, behind an underscore; none is no unit.
    private static func isUnit(_ unit: UnsafeBufferPointer<UInt8>, of name: UnsafeBufferPointer<UInt8>) -> Bool {
        if unit.isEmpty { return true }
        guard name.count > unit.count else { return false }
        return name.suffix(unit.count).elementsEqual(unit) && name[name.count - unit.count - 1] == UInt8(ascii: "_")
    }
}
