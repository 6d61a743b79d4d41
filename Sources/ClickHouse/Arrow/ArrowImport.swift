import CADBC

/// Some rows of a result. The memory is the engine's and is given back when the last reference to the batch goes.
package struct ResultBatch: Sendable {
    package let columns: [ResultColumn]
    package let rows: Int

    /// Takes over `array`, whose release callback is called when the batch is gone.
    init(taking array: ArrowArray, schema: ArrowResultSchema) throws(EngineError) {
        let memory = ArrowMemory(array)
        rows = Int(array.length)
        var columns: [ResultColumn] = []
        guard array.n_children == Int64(schema.fields.count) else {
            throw EngineError(
                .query, "the engine's batch has \(array.n_children) columns, its schema \(schema.fields.count)")
        }
        for (index, field) in schema.fields.enumerated() {
            guard let child = array.children[index] else {
                throw EngineError(.query, "the engine's batch lacks column \(field.name)")
            }
            columns.append(ResultColumn(name: field.name, reader: ArrowReader(field, child.pointee), memory: memory))
        }
        self.columns = columns
    }

    /// A batch without rows that carries only the names.
    init(namesOf schema: ArrowResultSchema) {
        rows = 0
        columns = schema.fields.map { ResultColumn(name: $0.name, reader: nil, memory: nil) }
    }
}

/// One column of a batch.
package struct ResultColumn: Sendable {
    package let name: String
    let reader: ArrowReader?
    let memory: ArrowMemory?

    /// The value in a row of the batch.
    package func value(at row: Int) -> ResultValue {
        guard let reader else { return .null }
        return reader.value(at: row)
    }
}

/// Reading a column as a whole; what is returned lives as long as the batch.
extension ResultColumn {
    /// The values of a column of fixed width, timestamps among them as ticks; nil for another width, and when there are
    /// NULLs.
    package func fixed<Value: BitwiseCopyable>(_ type: Value.Type) -> UnsafeBufferPointer<Value>? {
        reader?.fixed(type)
    }

    /// Where the items of each row's list begin and end in `items`; nil for a column that is no list.
    package var list: (offsets: UnsafePointer<Int32>, items: ResultColumn)? {
        reader?.list.map { ($0, ResultColumn(name: name, reader: $1, memory: memory)) }
    }

    /// As `list`, for a map.
    package var map: (offsets: UnsafePointer<Int32>, keys: ResultColumn, values: ResultColumn)? {
        reader?.map.map {
            (
                $0, ResultColumn(name: name, reader: $1, memory: memory),
                ResultColumn(name: name, reader: $2, memory: memory)
            )
        }
    }

    /// The bytes of a text; empty for NULL and for what is no text.
    package func utf8(at row: Int) -> UnsafeBufferPointer<UInt8> {
        reader?.utf8(at: row) ?? UnsafeBufferPointer(start: nil, count: 0)
    }

    /// The text, repaired where it is not UTF-8.
    package func text(at row: Int) -> String { String(decoding: utf8(at: row), as: UTF8.self) }
}

/// Owns an imported array.
// Sendable: the memory is never written after the engine handed it over.
final class ArrowMemory: @unchecked Sendable {
    private var array: ArrowArray

    init(_ array: ArrowArray) {
        self.array = array
    }

    deinit {
        array.release?(&array)
    }
}

/// The names and types of a result, read once from the stream's schema.
struct ArrowResultSchema: Sendable {
    let fields: [ArrowField]

    /// - Throws: `.query` for a type of the Arrow format that is not read here.
    init(_ schema: ArrowSchema) throws(EngineError) {
        var fields: [ArrowField] = []
        for index in 0..<Int(schema.n_children) {
            guard let child = schema.children[index] else { continue }
            fields.append(try ArrowField(child.pointee))
        }
        self.fields = fields
    }
}

/// Spec: Arrow C data interface, "Data type description – format strings".
struct ArrowField: Sendable {
    enum Kind: Sendable {
        case null, bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double
        case text(wide: Bool), binary(wide: Bool), fixedBytes(Int)
        case decimal(scale: Int, bytes: Int)
        case days32
        case timestamp(perSecond: Int64, zone: String)
        case list(wide: Bool), map, structure
    }

    let name: String
    let kind: Kind
    let children: [ArrowField]
    let hasDictionary: Bool
    /// The field of the dictionary's values, as a list so that the struct can hold itself.
    let dictionary: [ArrowField]

    init(_ schema: ArrowSchema) throws(EngineError) {
        name = schema.name.map { String(cString: $0) } ?? ""
        kind = try Self.kind(String(cString: schema.format), column: name)
        var children: [ArrowField] = []
        for index in 0..<Int(schema.n_children) {
            guard let child = schema.children[index] else { continue }
            children.append(try ArrowField(child.pointee))
        }
        self.children = children
        if let values = schema.dictionary {
            hasDictionary = true
            dictionary = [try ArrowField(values.pointee)]
        } else {
            hasDictionary = false
            dictionary = []
        }
    }

    private static func kind(_ format: String, column: String) throws(EngineError) -> Kind {
        switch format {
        case "n": return .null
        case "b": return .bool
        case "c": return .int8
        case "C": return .uint8
        case "s": return .int16
        case "S": return .uint16
        case "i": return .int32
        case "I": return .uint32
        case "l": return .int64
        case "L": return .uint64
        case "f": return .float
        case "g": return .double
        case "u": return .text(wide: false)
        case "U": return .text(wide: true)
        case "z": return .binary(wide: false)
        case "Z": return .binary(wide: true)
        case "tdD": return .days32
        case "+l": return .list(wide: false)
        case "+L": return .list(wide: true)
        case "+m": return .map
        case "+s": return .structure
        default: break
        }
        if format.hasPrefix("w:"), let width = Int(format.dropFirst(2)) { return .fixedBytes(width) }
        if format.hasPrefix("d:") {
            let parts = format.dropFirst(2).split(separator: ",").compactMap { Int($0) }
            if parts.count >= 2 { return .decimal(scale: parts[1], bytes: (parts.count > 2 ? parts[2] : 128) / 8) }
        }
        if format.hasPrefix("ts"), let unit = format.dropFirst(2).first, let colon = format.firstIndex(of: ":") {
            let perSecond: Int64? =
                switch unit {
                case "s": 1
                case "m": 1000
                case "u": 1_000_000
                case "n": 1_000_000_000
                default: nil
                }
            if let perSecond {
                return .timestamp(perSecond: perSecond, zone: String(format[format.index(after: colon)...]))
            }
        }
        throw EngineError(
            .query, "column \(column) has a type that cannot be shown (Arrow format \(format)); wrap it in toString()",
            number: ClickHouseErrorNumber.notImplemented)
    }
}

/// Reads values in place.
// Sendable: the memory behind the pointers is never written, and the batch that holds the reader owns it.
final class ArrowReader: @unchecked Sendable {
    private let kind: ArrowField.Kind
    private let offset: Int
    private let length: Int
    private let validity: UnsafePointer<UInt8>?
    private let first: UnsafeRawPointer?
    private let second: UnsafeRawPointer?
    private let children: [(name: String, reader: ArrowReader)]
    private let dictionary: ArrowReader?

    init(_ field: ArrowField, _ array: ArrowArray) {
        kind = field.kind
        offset = Int(array.offset)
        length = Int(array.length)
        func buffer(_ index: Int) -> UnsafeRawPointer? {
            guard index < Int(array.n_buffers), let buffers = array.buffers else { return nil }
            return buffers[index]
        }
        // A null count of zero allows the bitmap to be left out; -1 means "not counted".
        validity = array.null_count == 0 ? nil : buffer(0)?.assumingMemoryBound(to: UInt8.self)
        first = buffer(1)
        second = buffer(2)
        var children: [(name: String, reader: ArrowReader)] = []
        for (index, child) in field.children.enumerated() where index < Int(array.n_children) {
            if let values = array.children[index] {
                children.append((child.name, ArrowReader(child, values.pointee)))
            }
        }
        self.children = children
        if let values = array.dictionary, let valueField = field.dictionary.first {
            dictionary = ArrowReader(valueField, values.pointee)
        } else {
            dictionary = nil
        }
    }

    func fixed<Value: BitwiseCopyable>(_ type: Value.Type) -> UnsafeBufferPointer<Value>? {
        let width: Int? =
            switch kind {
            case .int8, .uint8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .float, .days32: 4
            case .int64, .uint64, .double, .timestamp: 8
            case .fixedBytes(let width): width
            default: nil
            }
        guard dictionary == nil, validity == nil, width == MemoryLayout<Value>.size, let first,
            Int(bitPattern: first) % MemoryLayout<Value>.alignment == 0
        else { return nil }
        return UnsafeBufferPointer(start: first.assumingMemoryBound(to: Value.self) + offset, count: length)
    }

    /// Offsets count from the start of the items' memory, so the items are read without their own offset added twice.
    var list: (UnsafePointer<Int32>, ArrowReader)? {
        guard case .list(wide: false) = kind, let first, let items = children.first?.reader else { return nil }
        return (first.assumingMemoryBound(to: Int32.self) + offset, items)
    }

    var map: (UnsafePointer<Int32>, ArrowReader, ArrowReader)? {
        guard case .map = kind, let first, let entries = children.first?.reader, entries.children.count == 2,
            entries.offset == 0
        else {
            return nil
        }
        return (
            first.assumingMemoryBound(to: Int32.self) + offset, entries.children[0].reader, entries.children[1].reader
        )
    }

    func utf8(at row: Int) -> UnsafeBufferPointer<UInt8> {
        let index = row + offset
        if let validity, validity[index >> 3] >> (index & 7) & 1 == 0 {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        if let dictionary { return dictionary.utf8(at: Int(integer(at: index))) }
        switch kind {
        case .text(let wide), .binary(let wide):
            return variableBytes(at: index, wide: wide).assumingMemoryBound(to: UInt8.self)
        default: return UnsafeBufferPointer(start: nil, count: 0)
        }
    }

    func value(at row: Int) -> ResultValue {
        let index = row + offset
        if let validity, validity[index >> 3] >> (index & 7) & 1 == 0 { return .null }
        if let dictionary {
            return dictionary.value(at: Int(integer(at: index)))
        }
        switch kind {
        case .null: return .null
        case .bool:
            guard let bits = first?.assumingMemoryBound(to: UInt8.self) else { return .null }
            return .bool(bits[index >> 3] >> (index & 7) & 1 == 1)
        case .int8, .int16, .int32, .int64: return .int(integer(at: index))
        case .uint8, .uint16, .uint32: return .unsigned(UInt64(integer(at: index)))
        case .uint64: return .unsigned(load(index))
        case .float: return .float(load(index))
        case .double: return .double(load(index))
        case .days32: return .days(load(index))
        case .timestamp(let perSecond, let zone):
            return .timestamp(ticks: load(index), perSecond: perSecond, zone: zone)
        case .text(let wide): return text(variableBytes(at: index, wide: wide))
        case .binary(let wide): return text(variableBytes(at: index, wide: wide))
        case .fixedBytes(let width):
            guard let first else { return .null }
            return .bytes(Array(UnsafeRawBufferPointer(start: first + index * width, count: width)))
        case .decimal(let scale, let bytes):
            guard let first else { return .null }
            return .decimal(
                DecimalText.print(UnsafeRawBufferPointer(start: first + index * bytes, count: bytes), scale: scale))
        case .list(let wide):
            let range = range(at: index, wide: wide)
            return .list(range.map { children[0].reader.value(at: $0) })
        case .map:
            // A map is a list of structures with two children, key and value.
            let entries = children[0].reader
            return .map(
                range(at: index, wide: false).map { position in
                    let inner = position + entries.offset
                    return (
                        entries.children[0].reader.value(at: inner), entries.children[1].reader.value(at: inner)
                    )
                })
        case .structure:
            return .structure(children.map { ($0.name, $0.reader.value(at: index)) })
        }
    }

    /// Strings of the engine are bytes; those that are not UTF-8 stay bytes.
    private func text(_ bytes: UnsafeRawBufferPointer) -> ResultValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return .bytes(Array(bytes))
    }

    private func load<Value: BitwiseCopyable>(_ index: Int) -> Value {
        guard let first else { preconditionFailure("a fixed-width Arrow array has a value buffer") }
        return first.loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
    }

    private func integer(at index: Int) -> Int64 {
        switch kind {
        case .int8: Int64(load(index) as Int8)
        case .uint8: Int64(load(index) as UInt8)
        case .int16: Int64(load(index) as Int16)
        case .uint16: Int64(load(index) as UInt16)
        case .int32: Int64(load(index) as Int32)
        case .uint32: Int64(load(index) as UInt32)
        default: load(index)
        }
    }

    private func range(at index: Int, wide: Bool) -> Range<Int> {
        guard let first else { return 0..<0 }
        if wide {
            let offsets = first.assumingMemoryBound(to: Int64.self)
            return Int(offsets[index])..<Int(offsets[index + 1])
        }
        let offsets = first.assumingMemoryBound(to: Int32.self)
        return Int(offsets[index])..<Int(offsets[index + 1])
    }

    private func variableBytes(at index: Int, wide: Bool) -> UnsafeRawBufferPointer {
        let range = range(at: index, wide: wide)
        guard let second, !range.isEmpty else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: second + range.lowerBound, count: range.count)
    }
}

/// Prints a two's complement little-endian integer with a decimal point put in; 128 and 256 bits wide.
enum DecimalText {
    static func print(_ littleEndian: UnsafeRawBufferPointer, scale: Int) -> String {
        var digitsOfMagnitude = Array(littleEndian)
        let isNegative = digitsOfMagnitude.last.map { $0 & 0x80 != 0 } ?? false
        if isNegative {
            var carry = true
            for index in digitsOfMagnitude.indices {
                digitsOfMagnitude[index] = ~digitsOfMagnitude[index]
                if carry {
                    let (sum, overflow) = digitsOfMagnitude[index].addingReportingOverflow(1)
                    digitsOfMagnitude[index] = sum
                    carry = overflow
                }
            }
        }
        var text: [Character] = []
        while digitsOfMagnitude.contains(where: { $0 != 0 }) {
            var remainder = 0
            for index in digitsOfMagnitude.indices.reversed() {
                let value = remainder << 8 | Int(digitsOfMagnitude[index])
                digitsOfMagnitude[index] = UInt8(value / 10)
                remainder = value % 10
            }
            text.append(Character("\(remainder)"))
        }
        while text.count <= scale { text.append("0") }
        if scale > 0 { text.insert(".", at: scale) }
        return (isNegative ? "-" : "") + String(text.reversed())
    }
}
