import ClickHouse
import TelemetryModel

/// Some rows of the table of records as they lie in memory, whoever made them. Valid as long as that memory.
struct RecordColumns {
    typealias Text = (Int) -> UnsafeBufferPointer<UInt8>

    let rows: Int
    let times: UnsafeBufferPointer<Int64>
    let resources: UnsafeBufferPointer<UInt64>
    /// The line of a row; nil when lines are not read.
    let line: Text?
    let fields: [FieldColumn]
    /// All attributes: where those of each row begin and end, key and value of an entry.
    let attributes: (offsets: UnsafePointer<Int32>, key: Text, value: Text)?
    /// The values of single attributes of a row, as `RecordReading.attributes` lists them; empty for none.
    let attributeValues: [Text]
    let scopes: UnsafeBufferPointer<UInt64>?

    /// A batch of the statement that `reading` describes.
    init(_ batch: ResultBatch, _ reading: RecordReading) throws {
        let strange = LogQueryError(.internal, "the engine returned records in a form that is not read here")
        rows = batch.rows
        let columns = batch.columns
        guard rows > 0 else {
            times = UnsafeBufferPointer(start: nil, count: 0)
            resources = UnsafeBufferPointer(start: nil, count: 0)
            (line, fields, attributes, attributeValues, scopes) = (nil, [], nil, [], nil)
            return
        }
        guard columns.count == reading.outputs.count, let times = columns[0].fixed(Int64.self),
            let resources = columns[1].fixed(UInt64.self)
        else { throw strange }
        (self.times, self.resources) = (times, resources)
        var column = 2
        if reading.lines {
            line = columns[column].utf8(at:)
            column += 1
        } else {
            line = nil
        }
        fields = reading.fields.enumerated().map { FieldColumn($1, columns[column + $0]) }
        column += fields.count
        switch reading.attributes {
        case .none: (attributes, attributeValues) = (nil, [])
        case .keys(let keys):
            (attributes, attributeValues) = (
                nil, columns[column..<column + keys.count].map { column in { column.utf8(at: $0) } }
            )
        case .all:
            guard let map = columns[column].map else { throw strange }
            attributes = (map.offsets, map.keys.utf8(at:), map.values.utf8(at:))
            attributeValues = []
        }
        scopes = reading.scopes ? columns.last?.fixed(UInt64.self) : nil
    }

    /// The rows of a block that go by `reading`; only while the block lives.
    init(_ block: LogBlock, _ reading: RecordReading) {
        rows = block.rows
        times = UnsafeRawBufferPointer(block.time.values.elements).bindMemory(to: Int64.self)
        resources = block.resourceID.values.elements
        line = reading.lines ? { block.body.utf8(at: $0) } : nil
        fields = reading.fields.map { FieldColumn($0, block) }
        let (keys, values) = (block.attributes.text.keys, block.attributes.text.values)
        attributes =
            reading.attributes == .none
            ? nil
            : (
                UnsafePointer(block.attributes.text.offsets.base),
                { keys.interner.values.utf8(at: Int(keys.indexes[$0])) }, { values.utf8(at: $0) }
            )
        attributeValues = []
        scopes = reading.scopes ? block.scopeID.values.elements : nil
    }
}

extension RecordColumns {
    /// One of the columns that are metadata under their own name.
    struct FieldColumn {
        private enum Values {
            case text(Text)
            case traceIDs(UnsafeBufferPointer<StoredTraceID>)
            case spanIDs(UnsafeBufferPointer<StoredSpanID>)
            case int32(UnsafeBufferPointer<Int32>)
            case uint32(UnsafeBufferPointer<UInt32>)
            case int64(UnsafeBufferPointer<Int64>)
            case nothing
        }

        let field: RecordReading.Field
        private let values: Values

        init(_ field: RecordReading.Field, _ column: ResultColumn) {
            self.field = field
            values =
                switch field {
                case .detectedLevel, .severityText, .eventName: .text(column.utf8(at:))
                case .traceID: column.fixed(StoredTraceID.self).map { .traceIDs($0) } ?? .nothing
                case .spanID: column.fixed(StoredSpanID.self).map { .spanIDs($0) } ?? .nothing
                case .severityNumber: column.fixed(Int32.self).map { .int32($0) } ?? .nothing
                case .flags: column.fixed(UInt32.self).map { .uint32($0) } ?? .nothing
                case .observedTime: column.fixed(Int64.self).map { .int64($0) } ?? .nothing
                }
        }

        init(_ field: RecordReading.Field, _ block: LogBlock) {
            func name(_ column: DictionaryColumn) -> Values {
                .text { column.interner.values.utf8(at: Int(column.indexes[$0])) }
            }
            self.field = field
            values =
                switch field {
                case .detectedLevel: name(block.level)
                case .severityText: name(block.severityText)
                case .eventName: name(block.eventName)
                case .traceID: .traceIDs(block.traceID.values.elements)
                case .spanID: .spanIDs(block.spanID.values.elements)
                case .severityNumber: .int32(block.severityNumber.values.elements)
                case .flags: .uint32(block.flags.values.elements)
                case .observedTime:
                    .int64(UnsafeRawBufferPointer(block.observedTime.values.elements).bindMemory(to: Int64.self))
                }
        }

        /// The text of a row; not called, or with nothing, where there is none.
        func withText(at row: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
            switch values {
            case .text(let text): body(text(row))
            case .traceIDs(let ids): if !ids[row].isZero { Self.hex(ids[row], body) }
            case .spanIDs(let ids): if !ids[row].isZero { Self.hex(ids[row], body) }
            case .int32(let numbers): if numbers[row] != 0 { Self.decimal(Int64(numbers[row]), body) }
            case .uint32(let numbers): if numbers[row] != 0 { Self.decimal(Int64(numbers[row]), body) }
            case .int64(let numbers): Self.decimal(numbers[row], body)
            case .nothing: break
            }
        }

        private static func hex<Value>(_ value: Value, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
            func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
            withUnsafeBytes(of: value) { bytes in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count * 2) { text in
                    for (index, byte) in bytes.enumerated() {
                        text[index * 2] = digit(byte >> 4)
                        text[index * 2 + 1] = digit(byte & 15)
                    }
                    body(UnsafeBufferPointer(text))
                }
            }
        }

        private static func decimal(_ value: Int64, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
            var text = "\(value)"
            text.withUTF8(body)
        }
    }
}
