import Codecs

/// Counts the items in the bytes of an export as they pass: spans, points, records, rows.
struct ExportItemCounter {
    private enum Counter {
        case lines(LineCounter)
        case messages(MessageCounter)
        case jaeger(JaegerCounter)
        case csv(RowCounter)
        case parquet(tail: [UInt8])
    }

    private var counter: Counter

    init(_ form: ExportFileForm, _ kind: ExportKind) {
        counter =
            switch form {
            case .otlpLines: .lines(LineCounter(kind: kind))
            case .otlpMessages: .messages(MessageCounter(kind: kind))
            case .jaegerJSON: .jaeger(JaegerCounter())
            case .csv: .csv(RowCounter())
            case .parquet: .parquet(tail: [])
            }
    }

    /// - Throws: for bytes that are no export.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws(CommandFailure) {
        switch counter {
        case .lines(var lines):
            // Nothing else may hold it while it changes, or it would be copied.
            counter = .parquet(tail: [])
            defer { counter = .lines(lines) }
            try lines.add(bytes)
        case .messages(var messages):
            counter = .parquet(tail: [])
            defer { counter = .messages(messages) }
            try messages.add(bytes)
        case .jaeger(var jaeger):
            jaeger.add(bytes)
            counter = .jaeger(jaeger)
        case .csv(var rows):
            rows.add(bytes)
            counter = .csv(rows)
        case .parquet(let tail):
            counter = .parquet(tail: Array((tail + bytes.suffix(Self.tailBytes)).suffix(Self.tailBytes)))
        }
    }

    /// So much of the end of a Parquet file tells its rows.
    private static let tailBytes = 256

    /// Items so far; of a Parquet file known only at its end.
    var items: Int {
        switch counter {
        case .lines(let lines): lines.items
        case .messages(let messages): messages.items
        case .jaeger(let jaeger): jaeger.spans
        case .csv(let rows): max(0, rows.rows - 1)
        case .parquet(let tail): Self.rows(tail)
        }
    }

    /// What stands behind the key `martlet.rows` in the file's own data: a type, a length, digits.
    private static func rows(_ tail: [UInt8]) -> Int {
        let key = Array("martlet.rows".utf8)
        guard tail.count > key.count,
            let place = tail.indices.dropLast(key.count).last(where: { tail[$0...].starts(with: key) })
        else { return 0 }
        let digits = tail[(place + key.count)...].dropFirst(2).prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }
}

/// Items of OTLP lines.
private struct LineCounter {
    private let path: [String]
    private var rest: [UInt8] = []
    private(set) var items = 0

    /// A line has a thousand items.
    private static let lineBytesMax = 1 << 30
    private static let pointLists: Set<String> = [
        "gauge", "sum", "histogram", "exponentialHistogram", "summary",
    ]

    init(kind: ExportKind) {
        path =
            switch kind {
            case .metrics: ["resourceMetrics", "scopeMetrics", "metrics"]
            case .logs: ["resourceLogs", "scopeLogs", "logRecords"]
            default: ["resourceSpans", "scopeSpans", "spans"]
            }
    }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws(CommandFailure) {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            rest += bytes[start..<end]
            try count(rest)
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest += bytes[start...]
        guard rest.count <= Self.lineBytesMax else { throw CommandFailure(.no, "a line of the export is too long") }
    }

    private mutating func count(_ line: [UInt8]) throws(CommandFailure) {
        guard !line.isEmpty else { return }
        var found = 0
        let path = path
        try AnswerReading.read(line) { (reader, _) throws(DecodeError) in
            found = try Self.count(path[...], &reader)
        }
        items += found
    }

    private static func count(_ path: ArraySlice<String>, _ reader: inout JSONReader) throws(DecodeError) -> Int {
        var found = 0
        try reader.readMembers { (name, reader) throws(DecodeError) in
            guard name == path.first else { return try reader.skipValue() }
            try reader.readElements { (reader) throws(DecodeError) in
                if path.count > 1 {
                    found += try count(path.dropFirst(), &reader)
                } else if name == "metrics" {
                    found += try points(&reader)
                } else {
                    found += 1
                    try reader.skipValue()
                }
            }
        }
        return found
    }

    private static func points(_ reader: inout JSONReader) throws(DecodeError) -> Int {
        var found = 0
        try reader.readMembers { (name, reader) throws(DecodeError) in
            guard pointLists.contains(name) else { return try reader.skipValue() }
            try reader.readMembers { (name, reader) throws(DecodeError) in
                guard name == "dataPoints" else { return try reader.skipValue() }
                try reader.readElements { (reader) throws(DecodeError) in
                    found += 1
                    try reader.skipValue()
                }
            }
        }
        return found
    }
}

/// Items of OTLP messages behind their lengths: tags and lengths are read, and nothing else.
private struct MessageCounter {
    /// The numbers of the fields from a request down to its items.
    private let path: [Set<UInt64>]
    private var rest: [UInt8] = []
    private(set) var items = 0

    init(kind: ExportKind) {
        // Of a metric: gauge, sum, histogram, exponential histogram, summary, and their points.
        path = [[1], [2], [2]] + (kind == .metrics ? [[5, 7, 9, 10, 11], [1]] : [])
    }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws(CommandFailure) {
        rest += bytes
        var start = 0
        while rest.count - start >= 4 {
            let length = rest[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count - start - 4 >= length else { break }
            let message = rest[(start + 4)..<(start + 4 + length)]
            guard let found = Self.count(message, path[...]) else {
                throw CommandFailure(.no, "the export has a message that is broken")
            }
            items += found
            start += 4 + length
        }
        rest.removeFirst(start)
    }

    private static func count(_ message: ArraySlice<UInt8>, _ path: ArraySlice<Set<UInt64>>) -> Int? {
        guard let wanted = path.first else { return 1 }
        var rest = message
        var found = 0
        while !rest.isEmpty {
            guard let tag = varint(&rest) else { return nil }
            switch tag & 7 {
            case 0: guard varint(&rest) != nil else { return nil }
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
                if wanted.contains(tag >> 3) {
                    guard let inner = count(rest.prefix(Int(length)), path.dropFirst()) else { return nil }
                    found += inner
                }
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
        return found
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64, let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

/// Spans of Jaeger's form, whose text is one long document: `{"data":[{"spans":[{…`.
private struct JaegerCounter {
    private(set) var spans = 0
    /// Open brackets, the outermost four.
    private var open: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // A list four levels down holds spans, or texts.
                if byte == UInt8(ascii: "{"), depth == 4, open == Array("{[{[".utf8) { spans += 1 }
                if depth < 4 { open.append(byte) }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 4, !open.isEmpty { open.removeLast() }
            default: break
            }
        }
    }
}

/// Rows of CSV, the one with names among them.
private struct RowCounter {
    private(set) var rows = 0
    private var isInQuotes = false

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isInQuotes.toggle() }
            if byte == 0x0A, !isInQuotes { rows += 1 }
        }
    }
}
