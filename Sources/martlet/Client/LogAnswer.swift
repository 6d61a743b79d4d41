import Codecs

/// Lines in an answer of the server's own API: a list of entries, or, of a tail, a message as Loki has it.
///
/// - Spec: Loki, "Stream logs", with the encoding flag `categorize-labels`.
struct LogAnswer {
    /// Oldest or newest first, as asked.
    private(set) var lines: [LogRecordLine] = []
    /// Lines that the server left out as the reader was too slow.
    private(set) var dropped = 0

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8], isForward: Bool) throws(CommandFailure) {
        var hasStreams = false
        var lines: [LogRecordLine] = []
        var dropped = 0
        try AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "entries":
                    hasStreams = true
                    try reader.readElements { (reader) throws(DecodeError) in lines.append(try Self.readEntry(&reader))
                    }
                case "streams":
                    hasStreams = true
                    try Self.readStreams(&reader, &lines)
                case "dropped_entries": try Self.readDropped(&reader, &dropped)
                default: try reader.skipValue()
                }
            }
        }
        guard hasStreams else { throw CommandFailure(.no, "the server's answer has no lines in it") }
        // Streams stand one after the other; of one time, lines keep the order in which they stand.
        self.lines = lines.enumerated().sorted { left, right in
            left.element.time == right.element.time
                ? left.offset < right.offset
                : (left.element.time < right.element.time) == isForward
        }.map(\.element)
        self.dropped = dropped
    }

    private static func readEntry(_ reader: inout JSONReader) throws(DecodeError) -> LogRecordLine {
        var line = LogRecordLine(time: 0, line: "")
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "time": line.time = try reader.readInteger()
            case "line": line.line = try reader.readString()
            case "stream": line.stream = try readFields(&reader)
            case "metadata": line.metadata = try readFields(&reader)
            case "parsed": line.parsed = try readFields(&reader)
            default: try reader.skipValue()
            }
        }
        return line
    }

    private static func readStreams(_ reader: inout JSONReader, _ lines: inout [LogRecordLine]) throws(DecodeError) {
        if try reader.nextKind() == .null { return try reader.skipValue() }
        try reader.readElements { (reader) throws(DecodeError) in
            var stream: [LogRecordLine.Field] = []
            let first = lines.count
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "stream": stream = try readFields(&reader)
                case "values":
                    try reader.readElements { (reader) throws(DecodeError) in lines.append(try readLine(&reader)) }
                default: try reader.skipValue()
                }
            }
            for index in first..<lines.count { lines[index].stream = stream }
        }
    }

    private static func readLine(_ reader: inout JSONReader) throws(DecodeError) -> LogRecordLine {
        var line = LogRecordLine(time: 0, line: "")
        var place = 0
        try reader.readElements { (reader) throws(DecodeError) in
            switch place {
            case 0: line.time = try reader.readInteger()
            case 1: line.line = try reader.readString()
            case 2 where try reader.nextKind() == .object:
                try reader.readMembers { (name, reader) throws(DecodeError) in
                    switch name {
                    case "structuredMetadata": line.metadata = try readFields(&reader)
                    case "parsed": line.parsed = try readFields(&reader)
                    default: try reader.skipValue()
                    }
                }
            default: try reader.skipValue()
            }
            place += 1
        }
        return line
    }

    private static func readFields(_ reader: inout JSONReader) throws(DecodeError) -> [LogRecordLine.Field] {
        var fields: [LogRecordLine.Field] = []
        try reader.readMembers { (name, reader) throws(DecodeError) in
            fields.append(LogRecordLine.Field(name: name, value: try reader.readString()))
        }
        return fields
    }

    /// A number, or a list of lines.
    private static func readDropped(_ reader: inout JSONReader, _ dropped: inout Int) throws(DecodeError) {
        switch try reader.nextKind() {
        case .number: dropped = Int(clamping: try reader.readInteger())
        case .list:
            try reader.readElements { (reader) throws(DecodeError) in
                dropped += 1
                try reader.skipValue()
            }
        default: try reader.skipValue()
        }
    }
}
