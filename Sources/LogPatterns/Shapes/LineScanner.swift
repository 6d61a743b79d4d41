/// Finds the words of lines.
struct LineScanner {
    /// Longer words are made by programs.
    private static let literalBytesMax = 64
    /// A quotation in single quotes is not longer; an apostrophe stands alone.
    private static let singleQuotedBytesMax = 256

    let limits: PatternLimits
    private(set) var shape = LineShape()
    private let classes = ByteClass.table

    init(limits: PatternLimits) {
        self.limits = limits
        shape.words.reserveCapacity(limits.words)
    }

    /// Reads a line that is not empty.
    mutating func scan(_ line: UnsafeBufferPointer<UInt8>) {
        let end = begin(line)
        if line[0] == UInt8(ascii: "{"), scanJSON(line, end) { return }
        if scanLogfmt(line, end) { return }
        restart(end: end, hasTail: end < line.count)
        shape.kind = .text
        scanText(line, from: 0, to: end)
    }

    // MARK: For the formats

    /// Where to stop: a template is about the first line of a stack trace, and about so many bytes.
    private mutating func begin(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        var end = min(line.count, limits.lineBytes)
        var start = 0
        while start < end, ByteClass.isSpace(line[start]) { start += 1 }
        var index = start
        while index < end, line[index] != 0x0A { index += 1 }
        if index < end { end = index > start && line[index - 1] == 0x0D ? index - 1 : index }
        restart(end: end, hasTail: end < line.count)
        return end
    }

    mutating func restart(end: Int, hasTail: Bool) {
        shape.words.removeAll(keepingCapacity: true)
        shape.end = end
        shape.hasTail = hasTail
    }

    mutating func set(kind: LineShape.Kind) { shape.kind = kind }

    /// The rest of the line is not looked at.
    mutating func cut(at end: Int) {
        shape.end = end
        shape.hasTail = true
    }

    /// - Returns: false when there are words enough; then the template ends before this one.
    mutating func append(_ start: Int, _ end: Int, isVariable: Bool) -> Bool {
        guard shape.words.count < limits.words else {
            cut(at: start)
            return false
        }
        shape.words.append(Word(start: Int32(start), end: Int32(end), isVariable: isVariable))
        return true
    }

    // MARK: Text

    /// Finds the words between two places.
    ///
    /// - Returns: false when the line has more words than are looked at.
    @discardableResult
    mutating func scanText(_ line: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        let classes = classes
        return classes.withUnsafeBufferPointer { classes in scanText(line, classes, start, end) }
    }

    private mutating func scanText(
        _ line: UnsafeBufferPointer<UInt8>, _ classes: UnsafeBufferPointer<UInt8>, _ from: Int, _ end: Int
    ) -> Bool {
        var index = from
        // Of a quotation whose words are looked at.
        var closingQuote = -1
        while index < end {
            let kind = classes[Int(line[index])]
            if kind & ByteClass.hard != 0 {
                if line[index] == UInt8(ascii: "\""), index != closingQuote {
                    if let close = Self.place(of: UInt8(ascii: "\""), in: line, from: index + 1, to: end) {
                        let isKey = close + 1 < end && line[close + 1] == UInt8(ascii: ":")
                        if isKey || Self.isRequestLine(line, from: index + 1, to: close) {
                            closingQuote = close
                        } else {
                            if close > index + 1, !append(index + 1, close, isVariable: true) { return false }
                            index = close
                        }
                    }
                } else if line[index] == UInt8(ascii: "'"),
                    index == from || classes[Int(line[index - 1])] & (ByteClass.hard | ByteClass.soft) != 0,
                    let close = Self.place(
                        of: UInt8(ascii: "'"), in: line, from: index + 1,
                        to: min(end, index + 1 + Self.singleQuotedBytesMax)),
                    close > index + 1, close + 1 == end || classes[Int(line[close + 1])] & ByteClass.hard != 0
                {
                    if !append(index + 1, close, isVariable: true) { return false }
                    index = close
                }
                index += 1
                continue
            }
            let start = index
            var bits = kind
            index += 1
            while index < end {
                let kind = classes[Int(line[index])]
                if kind & ByteClass.hard != 0 { break }
                bits |= kind
                index += 1
            }
            // The usual case, and by far.
            if bits & ~(ByteClass.hexLetter | ByteClass.otherLetter | ByteClass.joiner) == 0 {
                if !append(start, index, isVariable: index - start > Self.literalBytesMax) { return false }
                continue
            }
            if !appendChunk(line, classes, start, &index, end, bits) { return false }
        }
        return true
    }

    /// - Parameter index: end of the chunk, which may turn out to be longer.
    private mutating func appendChunk(
        _ line: UnsafeBufferPointer<UInt8>, _ classes: UnsafeBufferPointer<UInt8>, _ start: Int, _ index: inout Int,
        _ end: Int, _ bits: UInt8
    ) -> Bool {
        if bits & ByteClass.special != 0 {
            // A sequence of a terminal has brackets in it.
            while index < end, !ByteClass.isSpace(line[index]), line[index] != UInt8(ascii: "\"") { index += 1 }
            return append(start, index, isVariable: true)
        }
        let startsWithDigit = ByteClass.isDigit(line[start])
        if startsWithDigit, index + 1 < end, line[index] == UInt8(ascii: ","), ByteClass.isDigit(line[index + 1]) {
            // 1,234,567 and 12:30:45,678. Not before another comma, which then would stand in the word and after it.
            var stop = index
            while stop < end, ByteClass.isDigit(line[stop]) || ",.:".utf8.contains(line[stop]) { stop += 1 }
            let isWhole = stop == end || classes[Int(line[stop])] & ByteClass.hard != 0
            if isWhole, line[stop - 1] != UInt8(ascii: ",") {
                index = stop
                return append(start, stop, isVariable: true)
            }
        }
        guard bits & ByteClass.soft != 0 else { return appendWord(line, classes, start, index, bits) }
        if isWholeVariable(line, start, index, bits) { return append(start, index, isVariable: true) }
        if index - start == 8, line[start] == UInt8(ascii: "H"), Self.starts(line, at: start, with: "HTTP/") {
            return append(start, index, isVariable: false)
        }
        var wordStart = start
        while wordStart < index {
            var wordEnd = wordStart
            var bits: UInt8 = 0
            while wordEnd < index {
                let kind = classes[Int(line[wordEnd])]
                if kind & ByteClass.soft != 0 { break }
                bits |= kind
                wordEnd += 1
            }
            if wordEnd > wordStart, !appendWord(line, classes, wordStart, wordEnd, bits) { return false }
            wordStart = wordEnd + 1
        }
        return true
    }

    /// Dates, times, addresses with ports, fractions; and IPv6 or MAC addresses.
    private func isWholeVariable(
        _ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ bits: UInt8
    ) -> Bool {
        if bits & ByteClass.beyondASCII != 0 { return false }
        if ByteClass.isDigit(line[start]), bits & ByteClass.hexLetter == 0 {
            if bits & ByteClass.otherLetter == 0 { return true }
            for index in start..<end where classes[Int(line[index])] & ByteClass.otherLetter != 0 {
                if line[index] != UInt8(ascii: "T"), line[index] != UInt8(ascii: "Z") {
                    return Self.isWebServerTime(line, start, end)
                }
            }
            return true
        }
        if Self.isWebServerTime(line, start, end) { return true }
        guard bits & ByteClass.otherLetter == 0 else { return false }
        var colons = 0
        for index in start..<end {
            if line[index] == UInt8(ascii: ":") { colons += 1 }
            if line[index] == UInt8(ascii: "/") || line[index] == UInt8(ascii: "@") { return false }
        }
        return colons >= 2
    }

    /// A word between delimiters.
    private mutating func appendWord(
        _ line: UnsafeBufferPointer<UInt8>, _ classes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int,
        _ bits: UInt8
    ) -> Bool {
        let count = end - start
        if bits & ByteClass.beyondASCII != 0 {
            let isText =
                count <= Self.literalBytesMax && bits & ByteClass.digit == 0
                && Self.isUTF8(UnsafeBufferPointer(rebasing: line[start..<end]))
            return append(start, end, isVariable: !isText)
        }
        if bits & ByteClass.digit == 0 { return append(start, end, isVariable: count > Self.literalBytesMax) }
        let first = line[start]
        if ByteClass.isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
            || count > Self.literalBytesMax
        {
            return append(start, end, isVariable: true)
        }
        let hex = ByteClass.digit | ByteClass.hexLetter | ByteClass.joiner
        if bits & ~hex == 0, count >= 8 { return append(start, end, isVariable: true) }

        var digit = start
        var joiner = -1
        while digit < end, !ByteClass.isDigit(line[digit]) {
            if classes[Int(line[digit])] & ByteClass.joiner != 0 { joiner = digit }
            digit += 1
        }
        if joiner >= 0, Self.isOfKnownWords(line, classes, start, end) { return append(start, end, isVariable: false) }
        // user-4711: the name stays.
        if joiner >= 0 { return append(joiner + 1, end, isVariable: true) }
        var hasLetters = false
        for index in digit..<end
        where classes[Int(line[index])] & (ByteClass.hexLetter | ByteClass.otherLetter) != 0 {
            hasLetters = true
        }
        if hasLetters { return append(start, end, isVariable: count >= 6) }
        if KnownWords.contain(line, start, end) { return append(start, end, isVariable: false) }
        // user4711
        return append(digit, end, isVariable: true)
    }

    /// Whether the only numbers are parts of names: `org.apache.mapreduce.v2.app.Master`, `catalog-v1`.
    private static func isOfKnownWords(
        _ line: UnsafeBufferPointer<UInt8>, _ classes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> Bool {
        var partStart = start
        var hasDigit = false
        for index in start...end {
            if index == end || classes[Int(line[index])] & ByteClass.joiner != 0 {
                if hasDigit, !KnownWords.contain(line, partStart, index) { return false }
                partStart = index + 1
                hasDigit = false
            } else if ByteClass.isDigit(line[index]) {
                hasDigit = true
            }
        }
        return true
    }

    // MARK: Bytes

    static func place(of byte: UInt8, in line: UnsafeBufferPointer<UInt8>, from: Int, to: Int) -> Int? {
        var index = from
        while index < to {
            if line[index] == byte { return index }
            index += 1
        }
        return nil
    }

    static func starts(_ line: UnsafeBufferPointer<UInt8>, at place: Int, with text: StaticString) -> Bool {
        guard line.count - place >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where line[place + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// `"GET /path HTTP/1.1"` in the log of a web server says what the line is about.
    private static func isRequestLine(_ line: UnsafeBufferPointer<UInt8>, from: Int, to: Int) -> Bool {
        guard to - from > 6 else { return false }
        switch line[from] {
        case UInt8(ascii: "G"): return starts(line, at: from, with: "GET ")
        case UInt8(ascii: "P"):
            return starts(line, at: from, with: "POST ") || starts(line, at: from, with: "PUT ")
                || starts(line, at: from, with: "PATCH ")
        case UInt8(ascii: "H"): return starts(line, at: from, with: "HEAD ")
        case UInt8(ascii: "D"): return starts(line, at: from, with: "DELETE ")
        case UInt8(ascii: "O"): return starts(line, at: from, with: "OPTIONS ")
        default: return false
        }
    }

    /// `02/Jan/2026:10:00:00`
    private static func isWebServerTime(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        end - start == 20 && ByteClass.isDigit(line[start]) && ByteClass.isDigit(line[start + 12])
            && line[start + 2] == UInt8(ascii: "/") && line[start + 6] == UInt8(ascii: "/")
            && line[start + 11] == UInt8(ascii: ":")
    }

    static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}
