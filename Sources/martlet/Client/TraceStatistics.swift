import Codecs

/// An answer of the server's own API about all traces that a query finds. Durations are nanoseconds.
struct TraceStatistics {
    struct Operation: Equatable {
        var service = ""
        var name = ""
        var count: Int64 = 0
        var errors: Int64 = 0
        /// Per second; nil when it was not told.
        var rate: Double?
        var own: Int64 = 0
        var p50: Int64 = 0
        var p95: Int64 = 0
        var p99: Int64 = 0
        /// On critical paths, and its share of them, 0 to 1.
        var time: Int64 = 0
        var share = 0.0
        var traces: Int64 = 0
    }

    struct Statement: Equatable {
        var text = ""
        var count: Int64 = 0
        var errors: Int64 = 0
        var total: Int64 = 0
        var p50: Int64 = 0
        var p95: Int64 = 0
        var max: Int64 = 0
    }

    /// A statement that one piece of work executes again and again.
    struct Repetition: Equatable {
        var trace = ""
        /// Of the span that the executions are below.
        var service = ""
        var name = ""
        var text = ""
        var count: Int64 = 0
        var total: Int64 = 0
        var elapsed: Int64 = 0
        /// `sequential` or `concurrent`.
        var pattern = ""
    }

    /// Spans that are reached by the same path of operations.
    struct Node: Equatable {
        /// 0 for a root.
        var depth = 0
        var service = ""
        var name = ""
        var count: Int64 = 0
        var errors: Int64 = 0
        var total: Int64 = 0
        var own: Int64 = 0
    }

    /// What the list leaves out.
    struct Other: Equatable {
        /// Operations, statements or findings, and spans of a flame graph.
        var entries: Int64 = 0
        var total: Int64 = 0
        var own: Int64 = 0
        var time: Int64 = 0
    }

    /// Levels of a flame graph are three of JSON at the most.
    private static let jsonDepthMax = 2000

    /// Nanoseconds since the Unix epoch.
    private(set) var start: Int64 = 0
    private(set) var end: Int64 = 0
    private(set) var traces: Int64 = 0
    private(set) var spans: Int64 = 0
    /// Whether there are more traces, which were not looked at.
    private(set) var hasMoreTraces = false
    /// Of all critical paths.
    private(set) var total: Int64 = 0
    private(set) var operations: [Operation] = []
    private(set) var statements: [Statement] = []
    private(set) var repeated: [Repetition] = []
    /// A parent before its children.
    private(set) var nodes: [Node] = []
    private(set) var other: Other?

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8]) throws {
        var hasTraces = false
        try AnswerReading.read(bytes, depthMax: Self.jsonDepthMax) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "start": start = try reader.readInteger()
                case "end": end = try reader.readInteger()
                case "traces":
                    hasTraces = true
                    traces = try reader.readInteger()
                case "spans": spans = try reader.readInteger()
                case "moreTraces": hasMoreTraces = try reader.readBool()
                case "total": total = try reader.readInteger()
                case "operations":
                    try reader.readElements { (reader) throws(DecodeError) in
                        operations.append(try Self.readOperation(&reader))
                    }
                case "statements":
                    try reader.readElements { (reader) throws(DecodeError) in
                        statements.append(try Self.readStatement(&reader))
                    }
                case "repeated":
                    try reader.readElements { (reader) throws(DecodeError) in
                        repeated.append(try Self.readRepetition(&reader))
                    }
                case "roots": nodes = try Self.readNodes(&reader)
                case "otherOperations", "otherStatements", "otherRepeated", "otherNodes":
                    if try !reader.readNull() { other = try Self.readOther(&reader) }
                default: try reader.skipValue()
                }
            }
        }
        guard hasTraces else { throw CommandFailure(.no, "the server's answer says nothing of traces") }
    }

    // MARK: Reading

    private static func readOperation(_ reader: inout JSONReader) throws(DecodeError) -> Operation {
        var operation = Operation()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "service": operation.service = try reader.readString()
            case "operation": operation.name = try reader.readString()
            case "count": operation.count = try reader.readInteger()
            case "errors": operation.errors = try reader.readInteger()
            case "rate": operation.rate = try reader.readDouble()
            case "self": operation.own = try reader.readInteger()
            case "p50": operation.p50 = try reader.readInteger()
            case "p95": operation.p95 = try reader.readInteger()
            case "p99": operation.p99 = try reader.readInteger()
            case "time": operation.time = try reader.readInteger()
            case "share": operation.share = try reader.readDouble() ?? 0
            case "traces": operation.traces = try reader.readInteger()
            default: try reader.skipValue()
            }
        }
        return operation
    }

    private static func readStatement(_ reader: inout JSONReader) throws(DecodeError) -> Statement {
        var statement = Statement()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "text": statement.text = try reader.readString()
            case "count": statement.count = try reader.readInteger()
            case "errors": statement.errors = try reader.readInteger()
            case "total": statement.total = try reader.readInteger()
            case "p50": statement.p50 = try reader.readInteger()
            case "p95": statement.p95 = try reader.readInteger()
            case "max": statement.max = try reader.readInteger()
            default: try reader.skipValue()
            }
        }
        return statement
    }

    private static func readRepetition(_ reader: inout JSONReader) throws(DecodeError) -> Repetition {
        var repetition = Repetition()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "traceId": repetition.trace = try reader.readString()
            case "parent":
                try reader.readMembers { (name, reader) throws(DecodeError) in
                    switch name {
                    case "service": repetition.service = try reader.readString()
                    case "name": repetition.name = try reader.readString()
                    default: try reader.skipValue()
                    }
                }
            case "text": repetition.text = try reader.readString()
            case "count": repetition.count = try reader.readInteger()
            case "total": repetition.total = try reader.readInteger()
            case "elapsed": repetition.elapsed = try reader.readInteger()
            case "pattern": repetition.pattern = try reader.readString()
            default: try reader.skipValue()
            }
        }
        return repetition
    }

    private static func readOther(_ reader: inout JSONReader) throws(DecodeError) -> Other {
        var other = Other()
        var spans: Int64 = 0
        var entries: Int64?
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "operations", "statements", "findings": entries = try reader.readInteger()
            case "count": spans = try reader.readInteger()
            case "total": other.total = try reader.readInteger()
            case "self": other.own = try reader.readInteger()
            case "time": other.time = try reader.readInteger()
            default: try reader.skipValue()
            }
        }
        other.entries = entries ?? spans
        return other
    }

    /// With a stack on the heap: a chain of calls is deep.
    private static func readNodes(_ reader: inout JSONReader) throws(DecodeError) -> [Node] {
        var nodes: [Node] = []
        // The lists that are open, and the nodes that are open in each but perhaps the last.
        var lists = [try reader.beginList()]
        var open: [(members: JSONReader.Progress, index: Int)] = []
        while !lists.isEmpty {
            guard open.count == lists.count else {
                if try reader.nextElement(&lists[lists.count - 1]) {
                    nodes.append(Node(depth: open.count))
                    open.append((try reader.beginObject(), nodes.count - 1))
                } else {
                    lists.removeLast()
                }
                continue
            }
            let index = open[open.count - 1].index
            guard let key = try reader.nextKey(&open[open.count - 1].members) else {
                open.removeLast()
                continue
            }
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            switch name {
            case "children": lists.append(try reader.beginList())
            case "service": nodes[index].service = try reader.readString()
            case "name": nodes[index].name = try reader.readString()
            case "count": nodes[index].count = try reader.readInteger()
            case "errors": nodes[index].errors = try reader.readInteger()
            case "total": nodes[index].total = try reader.readInteger()
            case "self": nodes[index].own = try reader.readInteger()
            default: try reader.skipValue()
            }
        }
        return nodes
    }
}
