import TelemetryModel

/// Log records as lines with `resourceLogs`; the form as of `SpanLines`, and a `body` also when it is empty.
final class LogLines: BlockLines {
    private let texts = ReferenceTexts()
    private var rows = OwnedRows()
    private let keys = KeyTexts()
    private var windows = Windows(rows: 0)
    private var block = LogBlock()
    private var columns: LogColumns

    init() { columns = LogColumns(block, keys) }

    func learn(_ batch: TelemetryBatch) {
        _ = texts.forgetIfFull()
        texts.learn(batch.resources)
        texts.learn(batch.scopes)
    }

    func missing(_ batch: TelemetryBatch) -> MissingReferences {
        OwnedRows.missing(batch.logs.resourceID, batch.logs.scopeID, texts)
    }

    func learn(_ found: FoundReferences) {
        for (id, resource) in found.resources { texts.learn(id, resource) }
        for (id, scope) in found.scopes { texts.learn(id, scope) }
    }

    func begin(_ batch: TelemetryBatch) -> Int {
        block = batch.logs
        rows.begin(block.resourceID, block.scopeID, texts) { self.block.service.string(at: $0) }
        keys.begin(block.attributes.text.keys.interner.values)
        columns = LogColumns(block, keys)
        windows = Windows(rows: block.rows)
        return windows.count
    }

    func items(from window: Int) -> Int { max(0, windows.rows - window * itemsPerLine) }

    func write(_ window: Int, to buffer: LineBuffer) -> Int {
        let range = windows.range(window)
        rows.write(
            range, texts, to: buffer, opening: "{\"resourceLogs\":[", groups: "\"scopeLogs\":[",
            items: "\"logRecords\":["
        ) { row, _ in self.write(row, to: buffer) }
        return range.count
    }

    /// Writes a record with a comma behind it. Members in the order of logs.proto, as the Collector writes them.
    private func write(_ row: Int, to buffer: LineBuffer) {
        let columns = columns
        let body = columns.body(row)
        let (severity, eventName) = (columns.severityText(row), columns.eventName(row))
        let room =
            640 + (body.count + severity.count + eventName.count) * LinePen.escapedMax + columns.attributes.room(row)
        var pen = buffer.pen(room: room)
        pen.literal("{\"timeUnixNano\":\"")
        pen.integer(UInt64(max(0, columns.time[row])))
        pen.literal("\",\"observedTimeUnixNano\":\"")
        pen.integer(UInt64(max(0, columns.observedTime[row])))
        pen.literal("\",")
        if columns.severityNumber[row] != 0 {
            pen.literal("\"severityNumber\":")
            pen.integer(Int64(columns.severityNumber[row]))
            pen.byte(0x2C)
        }
        if severity.count > 0 {
            pen.literal("\"severityText\":\"")
            pen.escaped(severity.start, severity.count)
            pen.literal("\",")
        }
        pen.literal("\"body\":")
        ValueText.write(columns.bodyType(row), body.start, body.count, &pen, buffer, room: room)
        pen.byte(0x2C)
        columns.attributes.writeMember(row, &pen, buffer, room: room)
        pen.member("\"droppedAttributesCount\":", columns.droppedAttributes[row])
        pen.member("\"flags\":", columns.flags[row])
        if columns.traceID[row * 2] | columns.traceID[row * 2 + 1] != 0 {
            pen.literal("\"traceId\":\"")
            pen.hex(columns.traceID[row * 2])
            pen.hex(columns.traceID[row * 2 + 1])
            pen.literal("\",")
        }
        if columns.spanID[row] != 0 {
            pen.literal("\"spanId\":\"")
            pen.hex(columns.spanID[row])
            pen.literal("\",")
        }
        if eventName.count > 0 {
            pen.literal("\"eventName\":\"")
            pen.escaped(eventName.start, eventName.count)
            pen.literal("\",")
        }
        pen.closeObject()
        buffer.take(pen)
    }
}

/// The columns of log records as handles for loops, valid as long as the block.
struct LogColumns {
    let time: UnsafePointer<Int64>
    let observedTime: UnsafePointer<Int64>
    let traceID: UnsafePointer<UInt64>
    let spanID: UnsafePointer<UInt64>
    let flags: UnsafePointer<UInt32>
    let severityNumber: UnsafePointer<Int32>
    let droppedAttributes: UnsafePointer<UInt32>
    let attributes: AttributeLines
    private let severityTexts: TextColumn
    private let severityNumbers: UnsafePointer<Int32>
    private let eventNames: TextColumn
    private let eventNameNumbers: UnsafePointer<Int32>
    private let bodies: TextColumn
    private let bodyTypes: TextColumn
    private let bodyTypeNumbers: UnsafePointer<Int32>

    init(_ block: LogBlock, _ keys: KeyTexts) {
        time = block.time.cells()
        observedTime = block.observedTime.cells()
        traceID = block.traceID.cells()
        spanID = block.spanID.cells()
        flags = block.flags.cells()
        severityNumber = block.severityNumber.cells()
        droppedAttributes = block.droppedAttributes.cells()
        attributes = AttributeLines(block.attributes, keys)
        severityTexts = TextColumn(block.severityText.interner.values)
        severityNumbers = UnsafePointer(block.severityText.indexes.base)
        eventNames = TextColumn(block.eventName.interner.values)
        eventNameNumbers = UnsafePointer(block.eventName.indexes.base)
        bodies = TextColumn(block.body)
        bodyTypes = TextColumn(block.bodyType.interner.values)
        bodyTypeNumbers = UnsafePointer(block.bodyType.indexes.base)
    }

    @inline(__always) func severityText(_ row: Int) -> TextCell { severityTexts[Int(severityNumbers[row])] }
    @inline(__always) func eventName(_ row: Int) -> TextCell { eventNames[Int(eventNameNumbers[row])] }
    @inline(__always) func body(_ row: Int) -> TextCell { bodies[row] }

    /// A record without a type has a text.
    @inline(__always) func bodyType(_ row: Int) -> UInt8 {
        let letter = bodyTypes[Int(bodyTypeNumbers[row])]
        return letter.count > 0 ? letter.start[0] : AttributeType.string.rawValue
    }
}
