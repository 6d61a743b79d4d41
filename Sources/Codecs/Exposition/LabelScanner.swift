import PrometheusModel

/// What a scanner of labels tells: ranges are of the bytes that it reads, without the quotes.
protocol LabelVisitor {
    mutating func metricName(_ range: Range<Int>)
    mutating func label(_ name: Range<Int>, _ value: Range<Int>)
}

/// For who wants to know only whether the grammar holds, and where the labels end.
struct NoVisitor: LabelVisitor {
    @inline(__always) mutating func metricName(_ range: Range<Int>) {}
    @inline(__always) mutating func label(_ name: Range<Int>, _ value: Range<Int>) {}
}

/// Reads labels in braces: `{a="b",c="d"}`; since Prometheus 3 names may stand in quotes, and a quoted text without a
/// value is the metric's name.
///
/// What it accepts is what Prometheus' lexers accept, oddities included: text lets white space stand everywhere and
/// commas be left out, and both formats skip NUL inside values.
struct LabelScanner {
    enum Dialect {
        case text, openMetrics, exemplar
    }

    let base: UnsafePointer<UInt8>
    let count: Int
    var position: Int
    let dialect: Dialect

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, count: Int, at position: Int, _ dialect: Dialect) {
        self.base = base
        self.count = count
        self.position = position
        self.dialect = dialect
    }

    /// Reads a series that a parser has found to be well-formed: a name, labels, or both.
    static func scanSeries(
        _ raw: UnsafeBufferPointer<UInt8>, _ dialect: Dialect, _ visitor: inout some LabelVisitor
    ) throws(ExpositionError) {
        guard let base = raw.baseAddress else { return }
        var scanner = LabelScanner(base, count: raw.count, at: 0, dialect)
        let end = scanner.endOfName()
        if end > 0 { visitor.metricName(0..<end) }
        scanner.position = end
        scanner.skipBlanks()
        guard scanner.position < raw.count else { return }
        scanner.position += 1
        var hasName = end > 0
        try scanner.scan(&hasName, &visitor)
    }

    /// Where a metric's name that begins here ends; here, when there is none.
    @inline(__always)
    func endOfName() -> Int {
        var end = position
        guard end < count, NameBytes.isStart(base[end]) || base[end] == UInt8(ascii: ":") else { return end }
        end += 1
        while end < count, NameBytes.isMetricPart(base[end]) { end += 1 }
        return end
    }

    /// Reads what stands after the opening brace, and the closing brace.
    ///
    /// - Parameter hasName: whether there is a metric's name; in exemplars there never is one.
    @inline(__always)
    mutating func scan(_ hasName: inout Bool, _ visitor: inout some LabelVisitor) throws(ExpositionError) {
        while true {
            skipBlanks()
            guard position < count else { throw ExpositionError("expected label name, got the end") }
            let first = base[position]
            let name: Range<Int>
            let isQuoted = first == UInt8(ascii: "\"")
            if NameBytes.isStart(first) {
                let start = position
                position += 1
                while position < count, NameBytes.isLabelPart(base[position]) { position += 1 }
                name = start..<position
            } else if isQuoted {
                name = try quotedName()
            } else if first == UInt8(ascii: "}") {
                position += 1
                return
            } else {
                throw ExpositionError("expected label name")
            }
            skipBlanks()
            let next = current
            if isQuoted, next == UInt8(ascii: ",") || next == UInt8(ascii: "}") {
                guard dialect != .exemplar else { throw ExpositionError("expected label name and value") }
                guard !hasName else { throw ExpositionError("metric name is given twice") }
                hasName = true
                visitor.metricName(name)
                position += 1
                if next == UInt8(ascii: "}") { return }
                continue
            }
            guard next == UInt8(ascii: "=") else { throw ExpositionError("expected = after label name") }
            position += 1
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw ExpositionError("expected label value in quotes") }
            visitor.label(name, try value())
            skipBlanks()
            if current == UInt8(ascii: ",") {
                position += 1
            } else if dialect != .text, current != UInt8(ascii: "}") {
                throw ExpositionError("expected comma or closing brace after label value")
            }
        }
    }

    @inline(__always)
    private var current: UInt8 { position < count ? base[position] : 0 }

    @inline(__always)
    mutating func skipBlanks() {
        guard dialect == .text else { return }
        while position < count, base[position] == 0x20 || base[position] == 0x09 { position += 1 }
    }

    /// A name in quotes; only in exemplars it cannot hold a line break.
    @inline(never)
    private mutating func quotedName() throws(ExpositionError) -> Range<Int> {
        guard let range = Self.quotedName(base, count, from: position, isOneLine: dialect == .exemplar) else {
            throw ExpositionError("name in quotes has no end")
        }
        position = range.upperBound + 1
        return range
    }

    /// The inside of a name in quotes; nil when its end is missing or it holds NUL.
    static func quotedName(
        _ base: UnsafePointer<UInt8>, _ count: Int, from start: Int, isOneLine: Bool
    ) -> Range<Int>? {
        var index = start + 1
        while index < count {
            switch base[index] {
            case UInt8(ascii: "\""): return start + 1..<index
            case 0: return nil
            case UInt8(ascii: "\n"): if isOneLine { return nil }
            case UInt8(ascii: "\\"):
                index += 1
                guard index < count, base[index] != 0, base[index] != UInt8(ascii: "\n") else { return nil }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// A value in quotes, which is UTF-8.
    @inline(__always)
    private mutating func value() throws(ExpositionError) -> Range<Int> {
        let start = position + 1
        var index = start
        var isASCII = true
        while true {
            // Eight bytes at a time as long as none of them is special.
            while index + 8 <= count {
                let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
                if SpecialBytes.hasSpecial(word) { break }
                index += 8
            }
            guard index < count else { throw ExpositionError("label value has no end") }
            let byte = base[index]
            if byte == UInt8(ascii: "\"") { break }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: "\\") {
                index += 1
                if dialect != .exemplar { while index < count, base[index] == 0 { index += 1 } }
                guard index < count, base[index] != UInt8(ascii: "\n"), base[index] != 0 else {
                    throw ExpositionError("label value has no end")
                }
                if base[index] >= 0x80 { isASCII = false }
            } else if byte == UInt8(ascii: "\n"), dialect != .text {
                throw ExpositionError("line break in label value")
            } else if byte == 0, dialect == .exemplar {
                throw ExpositionError("NUL in label value")
            }
            index += 1
        }
        if !isASCII, !UTF8Text.isValid(UnsafeBufferPointer(start: base + start, count: index - start)) {
            throw ExpositionError("label value is not UTF-8")
        }
        position = index + 1
        if dialect != .exemplar { while position < count, base[position] == 0 { position += 1 } }
        return start..<index
    }
}

/// Bytes that names may hold: sets of ASCII as bits, those below 64 and those from there.
enum NameBytes {
    /// `[A-Za-z_]`
    private static let letters: UInt64 = 0x07FF_FFFE_87FF_FFFE
    /// `[0-9]`, and with `:`.
    private static let digits: UInt64 = 0x03FF_0000_0000_0000
    private static let digitsAndColon: UInt64 = 0x07FF_0000_0000_0000

    @inline(__always)
    private static func isIn(_ low: UInt64, _ byte: UInt8) -> Bool {
        byte < 0x80 && ((byte < 64 ? low : letters) >> UInt64(byte & 63)) & 1 == 1
    }

    @inline(__always) static func isStart(_ byte: UInt8) -> Bool { isIn(0, byte) }
    @inline(__always) static func isLabelPart(_ byte: UInt8) -> Bool { isIn(digits, byte) }
    @inline(__always) static func isMetricPart(_ byte: UInt8) -> Bool { isIn(digitsAndColon, byte) }
}

/// Tests of eight bytes at once.
enum SpecialBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Whether one of them is a quote, a backslash, a control character or not ASCII; sometimes true without one.
    @inline(__always)
    static func hasSpecial(_ word: UInt64) -> Bool {
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let control = word &- (ones &* 0x20)
        return ((quote &- ones) | (backslash &- ones) | control | word) & tops != 0
    }

    /// Whether one of them is a line break; sometimes true without one.
    @inline(__always)
    static func hasLineBreak(_ word: UInt64) -> Bool {
        let difference = word ^ (ones &* 0x0A)
        return (difference &- ones) & ~difference & tops != 0
    }
}
