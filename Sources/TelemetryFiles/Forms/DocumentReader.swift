/// JSON documents of any layout, taken apart into elements that are read one at a time, so that a document may be much
/// longer than memory: `{"resourceSpans":[…]}` into its groups, `{"data":[…]}` into its traces.
///
/// What stands around them is looked through: a list of documents, Tempo's `{"trace":{…}}` and `{"batches":[…]}`,
/// `{"result":{…}}` of Jaeger's API v3. A trace of Jaeger that stands alone is an element itself.
struct DocumentReader {
    /// What an element is.
    enum Kind {
        /// An element of the list that OTLP has under this key.
        case group(String)
        /// Something that stands for itself.
        case whole

        /// The element as a document.
        func document(_ element: [UInt8]) -> [UInt8] {
            switch self {
            case .whole: element
            case .group(let key): Array("{\"\(key)\":[".utf8) + element + Array("]}".utf8)
            }
        }
    }

    enum Element {
        case found(Kind, [UInt8], line: Int)
        /// The document cannot be read on.
        case broken(String, line: Int)
    }

    /// Open objects and lists.
    private enum Level {
        /// Members of a Jaeger trace are put together until the object ends.
        case object(trace: [UInt8], isFirst: Bool, line: Int)
        case list(Kind, isFirst: Bool)
    }

    /// Deeper nothing is looked for.
    private static let levelsMax = 6

    private var text: JSONText
    private var levels: [Level] = []
    private var isOver = false

    init(_ bytes: BufferedBytes) {
        text = JSONText(bytes)
    }

    mutating func next() throws(TelemetryFileError) -> Element? {
        while !isOver {
            let line = text.line
            do throws(JSONText.Failure) {
                if let element = try step() { return element }
            } catch {
                switch error {
                case .file(let error): throw error
                case .malformed(let reason):
                    isOver = true
                    return .broken(reason, line: text.line)
                case .tooLong:
                    isOver = true
                    let limit = TelemetryFileLimits.entryBytes
                    return .broken("an element of more than \(limit) bytes; the rest cannot be read", line: line)
                }
            }
        }
        return nil
    }

    /// Goes on by one member or element; nil when it was none to hand over.
    private mutating func step() throws(JSONText.Failure) -> Element? {
        guard let level = levels.popLast() else { return try stepAtTop() }
        switch level {
        case .list(let kind, let isFirst):
            if try text.take(UInt8(ascii: "]")) { return nil }
            if !isFirst { try text.expect(UInt8(ascii: ",")) }
            levels.append(.list(kind, isFirst: false))
            _ = try text.peek()
            let line = text.line
            return .found(kind, try text.value(), line: line)
        case .object(var trace, let isFirst, let start):
            if try text.take(UInt8(ascii: "}")) {
                guard !trace.isEmpty else { return nil }
                return .found(.whole, [UInt8(ascii: "{")] + trace + [UInt8(ascii: "}")], line: start)
            }
            if !isFirst { try text.expect(UInt8(ascii: ",")) }
            let key = try text.key()
            let next = try text.peek()
            let isList = next == UInt8(ascii: "[")
            switch key {
            case _ where isList && Self.groups[key] != nil:
                levels.append(.object(trace: trace, isFirst: false, line: start))
                try open(Self.groups[key] ?? .whole)
                return nil
            case "trace", "result", "tracesData", "metricsData", "logsData":
                if next == UInt8(ascii: "{"), levels.count < Self.levelsMax {
                    levels.append(.object(trace: trace, isFirst: false, line: start))
                    try openObject()
                    return nil
                }
                try text.skipValue()
            // A trace of Jaeger, or a span of one that stands alone.
            case "traceID", "spans", "processes", "process", "spanID", "parentSpanID", "operationName", "references",
                "startTime", "duration", "tags", "logs", "flags", "warnings", "processID":
                if !trace.isEmpty { trace.append(UInt8(ascii: ",")) }
                trace += "\"\(key)\":".utf8
                trace += try text.value()
                guard trace.count <= TelemetryFileLimits.entryBytes else { throw .tooLong }
            default: try text.skipValue()
            }
            levels.append(.object(trace: trace, isFirst: false, line: start))
            return nil
        }
    }

    private mutating func stepAtTop() throws(JSONText.Failure) -> Element? {
        switch try text.peek() {
        case nil: isOver = true
        case UInt8(ascii: "{"): try openObject()
        case UInt8(ascii: "["): try open(.whole)
        default: throw .malformed("expected an object or a list")
        }
        return nil
    }

    private mutating func openObject() throws(JSONText.Failure) {
        try text.expect(UInt8(ascii: "{"))
        levels.append(.object(trace: [], isFirst: true, line: text.line))
    }

    private mutating func open(_ kind: Kind) throws(JSONText.Failure) {
        try text.expect(UInt8(ascii: "["))
        levels.append(.list(kind, isFirst: true))
    }

    private static let groups: [String: Kind] = [
        "resourceSpans": .group("resourceSpans"), "resource_spans": .group("resourceSpans"),
        "batches": .group("resourceSpans"), "resourceMetrics": .group("resourceMetrics"),
        "resource_metrics": .group("resourceMetrics"), "resourceLogs": .group("resourceLogs"),
        "resource_logs": .group("resourceLogs"), "data": .whole,
    ]
}
