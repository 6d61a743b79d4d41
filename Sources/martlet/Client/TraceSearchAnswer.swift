import Codecs

/// An answer of the Tempo API to a search.
///
/// - Spec: Tempo, "Search".
struct TraceSearchAnswer {
    struct Trace: Equatable {
        var id = ""
        /// What stands in the answer also when no root is stored.
        var rootService = ""
        var rootName = ""
        /// Nanoseconds since the Unix epoch.
        var start: Int64 = 0
        var durationMilliseconds: Int64 = 0
        var services = 0
        var spans: Int64 = 0
        var errors: Int64 = 0
        var spansets: [Spanset] = []

        /// Spans that the query answers; a span that is in several spansets counts in each.
        var matched: Int64 { spansets.reduce(0) { Int64(clamping: Int128($0) + Int128($1.matched)) } }
    }

    struct Spanset: Equatable {
        /// What the spans are grouped by.
        var attributes: [AttributeText] = []
        var spans: [Span] = []
        /// All that matched, also those that the answer does not show.
        var matched: Int64 = 0
    }

    struct Span: Equatable {
        var id = ""
        var name = ""
        var start: Int64 = 0
        /// Nanoseconds.
        var duration: Int64 = 0
        var attributes: [AttributeText] = []
    }

    /// Newest first.
    private(set) var traces: [Trace] = []
    /// Each trace as it stands in the answer.
    private var texts: [ArraySlice<UInt8>] = []
    private var metrics: ArraySlice<UInt8> = Array("{}".utf8)[...]

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8]) throws {
        var hasTraces = false
        try AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "traces":
                    hasTraces = true
                    try reader.readElements { (reader) throws(DecodeError) in
                        let start = reader.position
                        traces.append(try Self.readTrace(&reader))
                        texts.append(bytes[start..<reader.position])
                    }
                case "metrics":
                    let start = reader.position
                    try reader.skipValue()
                    metrics = bytes[start..<reader.position]
                default: try reader.skipValue()
                }
            }
        }
        guard hasTraces else { throw CommandFailure(.no, "the server's answer has no traces in it") }
    }

    /// The answer with a trace a line.
    var json: [UInt8] {
        Array("{\"traces\":[".utf8) + texts.joined(separator: Array(",\n ".utf8)) + Array("],\n\"metrics\":".utf8)
            + metrics + Array("}\n".utf8)
    }

    // MARK: Reading

    private static func readTrace(_ reader: inout JSONReader) throws(DecodeError) -> Trace {
        var trace = Trace()
        var first: Spanset?
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "traceID": trace.id = try reader.readString()
            case "rootServiceName": trace.rootService = try reader.readString()
            case "rootTraceName": trace.rootName = try reader.readString()
            case "startTimeUnixNano": trace.start = try reader.readInteger()
            case "durationMs": trace.durationMilliseconds = try reader.readInteger()
            case "serviceStats":
                try reader.readMembers { (_, reader) throws(DecodeError) in
                    trace.services += 1
                    try reader.readMembers { (name, reader) throws(DecodeError) in
                        switch name {
                        case "spanCount": trace.spans &+= try reader.readInteger()
                        case "errorCount": trace.errors &+= try reader.readInteger()
                        default: try reader.skipValue()
                        }
                    }
                }
            // Older servers know one only.
            case "spanSet": first = try readSpanset(&reader)
            case "spanSets":
                try reader.readElements { (reader) throws(DecodeError) in
                    trace.spansets.append(try readSpanset(&reader))
                }
            default: try reader.skipValue()
            }
        }
        if trace.spansets.isEmpty, let first { trace.spansets = [first] }
        return trace
    }

    private static func readSpanset(_ reader: inout JSONReader) throws(DecodeError) -> Spanset {
        var spanset = Spanset()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "attributes": spanset.attributes = try AttributeText.readList(&reader)
            case "matched": spanset.matched = try reader.readInteger()
            case "spans":
                try reader.readElements { (reader) throws(DecodeError) in
                    spanset.spans.append(try readSpan(&reader))
                }
            default: try reader.skipValue()
            }
        }
        return spanset
    }

    private static func readSpan(_ reader: inout JSONReader) throws(DecodeError) -> Span {
        var span = Span()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "spanID": span.id = try reader.readString()
            case "name": span.name = try reader.readString()
            case "startTimeUnixNano": span.start = try reader.readInteger()
            case "durationNanos": span.duration = try reader.readInteger()
            case "attributes": span.attributes = try AttributeText.readList(&reader)
            default: try reader.skipValue()
            }
        }
        return span
    }
}
