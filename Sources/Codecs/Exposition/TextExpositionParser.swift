import PrometheusModel

/// Reads Prometheus' text format 0.0.4.
///
/// The format is read loosely, as Prometheus reads it: white space may stand between all parts of a line, a value may
/// follow a name without any, a NUL at the start of a line or in a comment ends the page. The page ends as if there
/// were one more line break.
///
/// Spec: Prometheus documentation, "Exposition formats"; what is open there is as in `promlex.l` of Prometheus 3.5.
struct TextExpositionParser {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var position = 0
    private(set) var lineStart = 0
    private var type = MetricType.unknown

    init(_ base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    mutating func parse(into sink: inout some ExpositionSink) throws(ExpositionError) {
        while position < count {
            lineStart = position
            skipBlanks()
            let byte = current
            if NameBytes.isStart(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "{") {
                try sample(into: &sink)
            } else if byte == UInt8(ascii: "\n") {
                position += 1
            } else if byte == UInt8(ascii: "#") {
                guard try comment(into: &sink) else { return }
            } else if byte == 0 {
                return
            } else {
                throw ExpositionError("expected a metric, a comment or an empty line")
            }
        }
    }

    /// The byte here; behind the last one there is a line break.
    @inline(__always)
    private var current: UInt8 { position < count ? base[position] : UInt8(ascii: "\n") }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < count, base[position] == 0x20 || base[position] == 0x09 { position += 1 }
    }

    private func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    // MARK: Samples

    @inline(__always)
    private mutating func sample(into sink: inout some ExpositionSink) throws(ExpositionError) {
        let start = position
        var scanner = LabelScanner(base, count: count, at: position, .text)
        position = scanner.endOfName()
        var hasName = position > start
        var end = position
        skipBlanks()
        if current == UInt8(ascii: "{") {
            scanner.position = position + 1
            var visitor = NoVisitor()
            try scanner.scan(&hasName, &visitor)
            position = scanner.position
            end = position
            skipBlanks()
        }
        guard hasName else { throw ExpositionError("labels without a metric name") }

        let valueStart = position
        valueLoop: while position < count {
            switch base[position] {
            case UInt8(ascii: "{"), 0x20, 0x09, 0x0A, 0: break valueLoop
            default: position += 1
            }
        }
        guard position > valueStart else { throw ExpositionError("expected value after metric") }
        guard let value = ExpositionNumber.parse(slice(valueStart..<position)) else {
            throw ExpositionError("value is no number")
        }
        var time: Int64?
        skipBlanks()
        let timeStart = position
        while position < count, base[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        if position > timeStart {
            time = ExpositionNumber.parseMilliseconds(slice(timeStart..<position))
            if time == nil { throw ExpositionError("time is out of range") }
            skipBlanks()
        }
        guard current == UInt8(ascii: "\n") else {
            throw ExpositionError(time == nil ? "expected time or end of line" : "expected end of line after time")
        }
        position += 1
        let series = ExpositionSeries(raw: slice(start..<end), form: .text, type: type)
        try sink.sample(series, value: value, time: time, startTime: 0, exemplar: nil)
    }

    // MARK: Comments

    /// Reads a line that begins with a hash.
    ///
    /// - Returns: false when the page ends here.
    private mutating func comment(into sink: inout some ExpositionSink) throws(ExpositionError) -> Bool {
        position += 1
        guard current == 0x20 || current == 0x09 else { return skipComment(skipsNUL: false) }
        skipBlanks()
        // A keyword may have NUL bytes inside, but not before it.
        guard current != 0 else { return false }
        if keyword("HELP") {
            let (family, text) = try metadata()
            guard UTF8Text.isValid(text) else { throw ExpositionError("help is not UTF-8") }
            try sink.help(ExpositionText(raw: text, escapes: .help), of: family)
        } else if keyword("TYPE") {
            let (family, text) = try metadata()
            guard let found = Self.type(named: text) else { throw ExpositionError("unknown metric type") }
            type = found
            try sink.type(found, of: family)
        } else {
            return skipComment(skipsNUL: true)
        }
        return true
    }

    private static func type(named text: UnsafeBufferPointer<UInt8>) -> MetricType? {
        switch String(decoding: text, as: UTF8.self) {
        case "counter": .counter
        case "gauge": .gauge
        case "histogram": .histogram
        case "summary": .summary
        case "untyped": .unknown
        default: nil
        }
    }

    /// Reads a keyword and the white space after it; of another word it reads what is common, which is left out then.
    private mutating func keyword(_ word: StaticString) -> Bool {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else {
                if index == 0 { position = start }
                return false
            }
            position += 1
            skipNUL()
        }
        guard current == 0x20 || current == 0x09 else { return false }
        while current == 0x20 || current == 0x09 {
            position += 1
            skipNUL()
        }
        return true
    }

    private mutating func skipNUL() {
        while position < count, base[position] == 0 { position += 1 }
    }

    private mutating func skipComment(skipsNUL: Bool) -> Bool {
        while position < count, base[position] != UInt8(ascii: "\n") {
            if base[position] == 0, !skipsNUL { return false }
            position += 1
        }
        position += 1
        return true
    }

    /// Reads a family's name and the rest of the line without its first byte, which is white space mostly.
    private mutating func metadata() throws(ExpositionError) -> (ExpositionText, UnsafeBufferPointer<UInt8>) {
        let family: ExpositionText
        if current == UInt8(ascii: "\"") {
            guard let name = LabelScanner.quotedName(base, count, from: position, isOneLine: false) else {
                throw ExpositionError("name in quotes has no end")
            }
            position = name.upperBound + 1
            family = ExpositionText(raw: slice(name), escapes: .label)
        } else {
            let start = position
            position = LabelScanner(base, count: count, at: position, .text).endOfName()
            guard position > start else { throw ExpositionError("expected metric name in comment of HELP or TYPE") }
            family = ExpositionText(raw: slice(start..<position), escapes: .none)
        }
        guard current != 0 else { throw ExpositionError("NUL after metric name") }
        let start = position
        var isBlank = true
        while position < count, base[position] != UInt8(ascii: "\n") {
            let byte = base[position]
            if byte != 0x20, byte != 0x09, byte != 0 { isBlank = false }
            position += 1
        }
        let text = isBlank ? start..<start : min(start + 1, position)..<position
        position += 1
        return (family, slice(text))
    }
}
