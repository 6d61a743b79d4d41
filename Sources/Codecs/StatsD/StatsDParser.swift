#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Parses StatsD and DogStatsD lines in place, without an allocation for a metric line.
///
/// - A line is good or bad as a whole: one bad value among several makes it bad.
/// - Fields after the type stand in any order; unknown ones are skipped.
/// - `a:1:2|h` packs values (DogStatsD 1.1), but a set's `:` belongs to its member; `a:1|c:2|ms` repeats value and type
///   (original server).
package enum StatsDParser {
    /// Calls `body` with each line that is not empty, line ends (`\n`, `\r\n`) taken off.
    @inline(__always)
    package static func forEachLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        var position = 0
        while position < bytes.count {
            var end = bytes.count
            if let found = memchr(base + position, Int32(UInt8(ascii: "\n")), bytes.count - position) {
                end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            }
            var last = end
            if last > position, base[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            if last > position { body(UnsafeBufferPointer(start: base + position, count: last - position)) }
            position = end + 1
        }
    }

    /// What kind of line it is, by its first bytes.
    package static func isEvent(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count > 2 && line[0] == UInt8(ascii: "_") && line[1] == UInt8(ascii: "e") && line[2] == UInt8(ascii: "{")
    }

    package static func isServiceCheck(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count > 3 && line[0] == UInt8(ascii: "_") && line[1] == UInt8(ascii: "s") && line[2] == UInt8(ascii: "c")
            && line[3] == UInt8(ascii: "|")
    }

    /// A metric line.
    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(StatsDProblem) -> StatsDLine {
        var line = StatsDLine()
        let nameEnd = try head(bytes, &line)
        var position: Int
        (line.first, line.next, position) = try section(bytes, from: nameEnd + 1)
        var next = line.next
        while let begin = next { (_, next, position) = try section(bytes, from: begin) }
        try fields(bytes, from: position, &line)
        return line
    }

    /// - Returns: where the `:` is that ends the name.
    @inline(__always)
    private static func head(
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: inout StatsDLine
    ) throws(StatsDProblem) -> Int {
        var position = 0
        var mark: Int?
        scan: while true {
            guard position < bytes.count else { throw .noValue }
            switch bytes[position] {
            case UInt8(ascii: ":"): break scan
            // What stands before the first bar has no value.
            case UInt8(ascii: "|"): throw .noValue
            case 0..<0x20, 0x7F: throw .badName
            case UInt8(ascii: ";"), UInt8(ascii: ","): if mark == nil { mark = position }
            default: break
            }
            position += 1
        }
        guard position > 0 else { throw .emptyName }
        guard position <= StatsDLimits.nameBytesMax else { throw .tooLong }
        line.head = 0..<position
        line.name = line.head
        if let mark { inlineTags(bytes, mark, &line) }
        return position
    }

    /// Tags in the name only count when nothing else can be meant: every part has a key and a `=`.
    private static func inlineTags(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: Int, _ line: inout StatsDLine) {
        let separator = bytes[mark]
        guard mark > 0 else { return }
        var areTags = true
        forEachPart(bytes, mark + 1..<line.head.upperBound, separator: separator) { part in
            let key = bytes[part].firstIndex(of: UInt8(ascii: "="))
            if key == nil || key == part.lowerBound { areTags = false }
        }
        guard areTags else { return }
        line.name = 0..<mark
        line.inlineTags = separator == UInt8(ascii: ";") ? .graphite : .influx
    }

    /// Value, type and rate.
    ///
    /// - Returns: the section; where the next one begins, if there is one; else where the remaining fields begin, at a
    ///   bar or the end.
    static func section(
        _ bytes: UnsafeBufferPointer<UInt8>, from begin: Int
    ) throws(StatsDProblem) -> (StatsDSection, next: Int?, fields: Int) {
        var section = StatsDSection()
        let count = bytes.count
        var position = begin
        var colon: Int?
        while position < count, bytes[position] != UInt8(ascii: "|") {
            if colon == nil, bytes[position] == UInt8(ascii: ":") { colon = position }
            position += 1
        }
        guard position < count else { throw .noType }
        section.values = begin..<position
        position += 1
        let typeBegin = position
        while position < count, bytes[position] != UInt8(ascii: "|"), bytes[position] != UInt8(ascii: ":") {
            position += 1
        }
        guard position > typeBegin else { throw .noType }
        guard let type = StatsDType(bytes, typeBegin..<position) else { throw .unknownType }
        section.type = type
        if type == .set {
            guard !section.values.isEmpty else { throw .badNumber }
        } else {
            try numbers(bytes, &section, colon)
        }
        if position < count, bytes[position] == UInt8(ascii: ":") { return (section, position + 1, position) }
        // A rate directly after the type can be followed by another section; elsewhere `fields` finds it.
        if position + 1 < count, bytes[position + 1] == UInt8(ascii: "@") {
            let rateBegin = position + 2
            position = rateBegin
            while position < count, bytes[position] != UInt8(ascii: "|"), bytes[position] != UInt8(ascii: ":") {
                position += 1
            }
            section.rate = try rate(bytes, rateBegin..<position)
            if position < count, bytes[position] == UInt8(ascii: ":") { return (section, position + 1, position) }
        }
        return (section, nil, position)
    }

    @inline(__always)
    private static func numbers(
        _ bytes: UnsafeBufferPointer<UInt8>, _ section: inout StatsDSection, _ colon: Int?
    ) throws(StatsDProblem) {
        let range = section.values.lowerBound..<(colon ?? section.values.upperBound)
        guard let value = StatsDNumber.parse(bytes, range) else { throw .badNumber }
        section.value = value
        section.isSigned = StatsDNumber.hasSign(bytes, range)
        // The original server takes no timer below zero; histograms and distributions measure anything.
        if section.type == .timer, value < 0 { throw .negativeTimer }
        guard let colon else { return }
        section.isPacked = true
        var problem: StatsDProblem?
        forEachPart(bytes, colon + 1..<section.values.upperBound, separator: UInt8(ascii: ":")) { part in
            guard let value = StatsDNumber.parse(bytes, part) else { return problem = .badNumber }
            if section.type == .timer, value < 0 { problem = .negativeTimer }
        }
        if let problem { throw problem }
    }

    private static func rate(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(StatsDProblem) -> Double {
        guard let rate = StatsDNumber.parse(bytes, range), rate >= StatsDLimits.rateMin else { throw .badRate }
        return rate
    }

    /// What follows type and rate. They count for the whole line; a rate for its first section.
    @inline(__always)
    private static func fields(
        _ bytes: UnsafeBufferPointer<UInt8>, from begin: Int, _ line: inout StatsDLine
    ) throws(StatsDProblem) {
        var position = begin
        while position < bytes.count {
            // At a bar.
            let fieldBegin = position + 1
            position = fieldBegin
            while position < bytes.count, bytes[position] != UInt8(ascii: "|") { position += 1 }
            guard fieldBegin < position else { continue }
            let content = fieldBegin + 1..<position
            switch bytes[fieldBegin] {
            case UInt8(ascii: "#"):
                guard content.count <= StatsDLimits.tagBytesMax else { throw .tooLong }
                line.tags = content
            case UInt8(ascii: "@"): line.first.rate = try rate(bytes, content)
            case UInt8(ascii: "T"):
                if let time = StatsDNumber.parse(bytes, content), time >= 0, time < 1e15 { line.time = Int64(time) }
            case UInt8(ascii: "c"):
                if !content.isEmpty, bytes[content.lowerBound] == UInt8(ascii: ":") {
                    line.container = content.lowerBound + 1..<position
                }
            default: break
            }
        }
    }

    /// Calls `body` with the parts between separators, empty ones among them.
    @inline(__always)
    static func forEachPart(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, separator: UInt8, _ body: (Range<Int>) -> Void
    ) {
        var begin = range.lowerBound
        var position = begin
        while position < range.upperBound {
            if bytes[position] == separator {
                body(begin..<position)
                begin = position + 1
            }
            position += 1
        }
        body(begin..<range.upperBound)
    }
}
