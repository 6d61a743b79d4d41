import PrometheusModel

/// A sample of a script.
enum ScriptSample {
    /// `_`
    case none
    case number(Double)
    case histogram(HistogramNotation)
}

/// A line of a script that tells a series: `metric{a="b"} 1 2+3x4 _ stale {{count:1}}`.
struct SeriesNotation {
    var labels: Labels
    var samples: [ScriptSample]

    /// Samples of one line.
    private static let samplesMax = 200_000

    init(_ line: some StringProtocol) throws {
        var cursor = ScriptCursor(line)
        labels = try Self.labels(&cursor)
        samples = []
        cursor.skipSpaces()
        while !cursor.isAtEnd {
            try readItem(&cursor)
            guard samples.count <= Self.samplesMax else { throw ScriptError("a series has too many samples") }
            cursor.skipSpaces()
        }
    }

    private static func labels(_ cursor: inout ScriptCursor) throws -> Labels {
        var entries: [Label] = []
        let name = cursor.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
        if !name.isEmpty { entries.append(Label(Labels.nameLabel, String(name))) }
        guard cursor.take("{") else { return Labels(entries) }
        cursor.skipSpaces()
        while !cursor.take("}") {
            let isQuoted = cursor.next == "\"" || cursor.next == "'"
            let key =
                isQuoted
                ? try cursor.quoted() : String(cursor.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
            cursor.skipSpaces()
            if cursor.take("=") {
                cursor.skipSpaces()
                entries.append(Label(key, try cursor.quoted()))
            } else if isQuoted {
                entries.append(Label(Labels.nameLabel, key))
            } else {
                throw ScriptError("expected = before: \(cursor.rest)")
            }
            cursor.skipSpaces()
            _ = cursor.take(",")
            cursor.skipSpaces()
        }
        return Labels(entries)
    }

    private mutating func readItem(_ cursor: inout ScriptCursor) throws {
        if cursor.next == "{" { return try readHistograms(&cursor) }
        var item = ScriptCursor(cursor.word())
        if item.take("_") {
            let times = try Self.times(&item) ?? 1
            samples += [ScriptSample](repeating: .none, count: times)
            return
        }
        if item.take("stale") {
            samples.append(.number(StaleMarker.value))
            return
        }
        let first = try Self.number(&item)
        let step = item.next == "+" || item.next == "-" ? try Self.number(&item) : 0
        var value = first
        // One sample more than times: the first is there anyway.
        for _ in 0...(try Self.times(&item) ?? 0) {
            samples.append(.number(value))
            value += step
        }
        guard item.isAtEnd else { throw ScriptError("\(item.rest) is left over") }
    }

    private mutating func readHistograms(_ cursor: inout ScriptCursor) throws {
        var current = try HistogramNotation(&cursor)
        var step: (histogram: NativeHistogram, isSubtracted: Bool)?
        if cursor.take("+") {
            step = (try HistogramNotation(&cursor).histogram, false)
        } else if cursor.take("-") {
            step = (try HistogramNotation(&cursor).histogram, true)
        }
        let times = try Self.times(&cursor) ?? 0
        for place in 0...times {
            samples.append(.histogram(current))
            if let step, place < times {
                if step.isSubtracted {
                    try current.histogram.subtract(step.histogram)
                } else {
                    try current.histogram.add(step.histogram)
                }
            }
        }
    }

    /// The number after `x`.
    private static func times(_ cursor: inout ScriptCursor) throws -> Int? {
        guard cursor.take("x") else { return nil }
        let digits = cursor.prefix { $0.isNumber }
        guard let times = Int(digits), times <= samplesMax else { throw ScriptError("x\(digits) is no repetition") }
        return times
    }

    /// Up to an `x`, or a sign that does not belong to an exponent.
    private static func number(_ cursor: inout ScriptCursor) throws -> Double {
        var text = ""
        while let character = cursor.next {
            let isSign = character == "+" || character == "-"
            let isExponent = (text.last == "e" || text.last == "E") && !text.lowercased().contains("0x")
            if isSign, !text.isEmpty, !isExponent { break }
            if character == "x", text != "0", text != "-0", text != "+0" { break }
            // A zero that repeats, not a hexadecimal number: repetitions are decimal, so the digits decide.
            if character == "x", !Self.isHexadecimal(cursor.rest.dropFirst()) { break }
            text.append(character)
            _ = cursor.take(String(character))
        }
        guard let value = ScriptNumber.parse(text) else { throw ScriptError("\(text) is no number") }
        return value
    }

    private static func isHexadecimal(_ text: Substring) -> Bool {
        text.contains { $0.isHexDigit && !$0.isNumber }
    }
}
