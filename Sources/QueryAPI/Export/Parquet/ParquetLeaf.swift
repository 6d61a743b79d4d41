import ClickHouse
import TelemetryModel

/// The values of one physical column of a row group, with their levels.
///
/// A list is `optional group { repeated group list { optional element } }` and a map `optional group { repeated group
/// key_value { required key; optional value } }`: a level says how much of that is there for a value, and whether it
/// continues the list of the one before it.
///
/// Spec: Apache Parquet, "Nested Encoding", "Data encodings": levels as runs, values PLAIN.
struct ParquetLeaf {
    enum Physical: Int32 {
        case boolean = 0
        case int32 = 1
        case int64 = 2
        case double = 5
        case byteArray = 6
    }

    let path: [String]
    let type: ParquetType
    let definitionMax: UInt8
    let repetitionMax: UInt8
    private(set) var valueCount = 0
    private var values: [UInt8] = []
    private var definitions = Levels()
    private var repetitions = Levels()
    private var bits = 0

    init(path: [String], type: ParquetType, definitionMax: UInt8, repetitionMax: UInt8) {
        self.path = path
        self.type = type
        self.definitionMax = definitionMax
        self.repetitionMax = repetitionMax
    }

    var physical: Physical {
        switch type {
        case .bool: .boolean
        case .int64, .uint64, .timestamp: .int64
        case .double: .double
        case .date: .int32
        case .string, .list, .map: .byteArray
        }
    }

    var byteCount: Int { values.count + definitions.bytes.count + repetitions.bytes.count }

    /// Nothing, of which `definition` levels are there.
    mutating func appendNothing(definition: UInt8, repetition: UInt8 = 0) {
        valueCount += 1
        definitions.append(definition)
        repetitions.append(repetition)
    }

    /// A scalar; null is one level less.
    mutating func append(_ value: ResultValue, repetition: UInt8 = 0) {
        if case .null = value, definitionMax > 0 {
            return appendNothing(definition: definitionMax - 1, repetition: repetition)
        }
        valueCount += 1
        definitions.append(definitionMax)
        repetitions.append(repetition)
        switch type {
        case .bool:
            if bits % 8 == 0 { values.append(0) }
            if value.integer ?? 0 != 0 { values[values.count - 1] |= 1 << UInt8(bits % 8) }
            bits += 1
        case .int64: append(word: UInt64(bitPattern: value.integer ?? 0))
        case .uint64: append(word: value.unsignedInteger ?? 0)
        case .timestamp: append(word: UInt64(bitPattern: value.timestamp?.nanoseconds ?? 0))
        case .double: append(word: (value.number ?? .nan).bitPattern)
        case .date:
            let days: Int32 = if case .days(let days) = value { days } else { Int32(clamping: value.integer ?? 0) }
            withUnsafeBytes(of: days.littleEndian) { values += $0 }
        case .string, .list, .map:
            var text = ValueText.plain(value)
            text.withUTF8 { bytes in
                withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count).littleEndian) { values += $0 }
                values += bytes
            }
        }
    }

    private mutating func append(word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { values += $0 }
    }

    /// The data of a page of version 1, not compressed.
    mutating func takePage() -> [UInt8] {
        var page: [UInt8] = []
        if repetitionMax > 0 { page += repetitions.take() }
        if definitionMax > 0 { page += definitions.take() }
        page += values
        values.removeAll(keepingCapacity: true)
        definitions = Levels()
        repetitions = Levels()
        valueCount = 0
        bits = 0
        return page
    }
}

/// Levels as runs of one value each.
private struct Levels {
    private(set) var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var count: UInt64 = 0

    mutating func append(_ level: UInt8) {
        if level != current { flush() }
        current = level
        count += 1
    }

    private mutating func flush() {
        guard count > 0 else { return }
        ThriftCompact.varint(count << 1, into: &bytes)
        bytes.append(current)
        count = 0
    }

    /// After their length.
    mutating func take() -> [UInt8] {
        flush()
        return withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count).littleEndian) { Array($0) } + bytes
    }
}
