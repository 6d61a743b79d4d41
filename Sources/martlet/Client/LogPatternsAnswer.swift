import Codecs

/// An answer of the server's own API about patterns.
struct LogPatternsAnswer {
    struct Pattern: Equatable {
        var text = ""
        var level = ""
        var count: Int64 = 0
        /// Unix seconds, and lines in that step.
        var samples: [(time: Int64, count: Int64)] = []

        static func == (left: Pattern, right: Pattern) -> Bool {
            left.text == right.text && left.level == right.level && left.count == right.count
                && left.samples.elementsEqual(right.samples) { $0 == $1 }
        }
    }

    /// The most frequent first.
    private(set) var patterns: [Pattern] = []
    /// Lines that were looked at, and all that there are.
    private(set) var lines: Int64 = 0
    private(set) var linesTotal: Int64 = 0
    /// Each as it stands in the answer.
    private(set) var json: [UInt8] = []

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8]) throws(CommandFailure) {
        var found: [(pattern: Pattern, text: ArraySlice<UInt8>)] = []
        var hasData = false
        var lines: Int64 = 0, linesTotal: Int64 = 0
        try AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "patterns":
                    hasData = true
                    try reader.readElements { (reader) throws(DecodeError) in
                        let start = reader.position
                        found.append((try Self.readPattern(&reader), bytes[start..<reader.position]))
                    }
                case "lines": lines = try reader.readInteger()
                case "linesTotal": linesTotal = try reader.readInteger()
                default: try reader.skipValue()
                }
            }
        }
        guard hasData else { throw CommandFailure(.no, "the server's answer has no patterns in it") }
        let order = found.indices.sorted {
            let counts = (found[$0].pattern.count, found[$1].pattern.count)
            return counts.0 == counts.1 ? $0 < $1 : counts.0 > counts.1
        }
        (self.lines, self.linesTotal) = (lines, linesTotal)
        patterns = order.map { found[$0].pattern }
        json = order.flatMap { found[$0].text + [UInt8(ascii: "\n")] }
    }

    private static func readPattern(_ reader: inout JSONReader) throws(DecodeError) -> Pattern {
        var pattern = Pattern()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "pattern": pattern.text = try reader.readString()
            case "count": pattern.count = try reader.readInteger()
            case "level": pattern.level = try reader.readString()
            case "samples":
                try reader.readElements { (reader) throws(DecodeError) in
                    var pair: [Int64] = []
                    try reader.readElements { (reader) throws(DecodeError) in pair.append(try reader.readInteger()) }
                    if pair.count == 2 { pattern.samples.append((pair[0], pair[1])) }
                }
            default: try reader.skipValue()
            }
        }
        return pattern
    }
}
