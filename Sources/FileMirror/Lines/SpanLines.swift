import TelemetryModel

/// Spans as lines with `resourceSpans`.
///
/// The form of the Collector's file exporter: ids in lower-case hex, 64-bit integers as strings, enumerations as
/// integers, `status` also when it is empty, and `parentSpanId` also of a root, where it is empty.
final class SpanLines: BlockLines {
    private let enriches: Bool
    private let texts = ReferenceTexts()
    private var rows = OwnedRows()
    private let keys = KeyTexts()
    private let eventKeys = KeyTexts()
    private let linkKeys = KeyTexts()
    private var windows = Windows(rows: 0)
    private var block = SpanBlock()
    private var columns: SpanColumns
    private static let marked = ReferenceTexts.enrichedKeys.map { Array($0.utf8) }

    /// - Parameter enriches: whether a span that lacks `service.name` or `deployment.environment` gets its resource's.
    init(enriches: Bool) {
        self.enriches = enriches
        columns = SpanColumns(block, keys, eventKeys, linkKeys)
    }

    func learn(_ batch: TelemetryBatch) {
        _ = texts.forgetIfFull()
        texts.learn(batch.resources)
        texts.learn(batch.scopes)
    }

    func missing(_ batch: TelemetryBatch) -> MissingReferences {
        OwnedRows.missing(batch.spans.resourceID, batch.spans.scopeID, texts)
    }

    func learn(_ found: FoundReferences) {
        for (id, resource) in found.resources { texts.learn(id, resource) }
        for (id, scope) in found.scopes { texts.learn(id, scope) }
    }

    func begin(_ batch: TelemetryBatch) -> Int {
        block = batch.spans
        rows.begin(block.resourceID, block.scopeID, texts) { self.block.service.string(at: $0) }
        keys.begin(block.attributes.text.keys.interner.values, marked: enriches ? Self.marked : [])
        eventKeys.begin(block.eventAttributes.text.items.keys.interner.values)
        linkKeys.begin(block.linkAttributes.text.items.keys.interner.values)
        columns = SpanColumns(block, keys, eventKeys, linkKeys)
        windows = Windows(rows: block.rows)
        return windows.count
    }

    func items(from window: Int) -> Int { max(0, windows.rows - window * itemsPerLine) }

    func write(_ window: Int, to buffer: LineBuffer) -> Int {
        let range = windows.range(window)
        rows.write(
            range, texts, to: buffer, opening: "{\"resourceSpans\":[", groups: "\"scopeSpans\":[", items: "\"spans\":["
        ) { self.write($0, $1, to: buffer) }
        return range.count
    }

    // MARK: Spans

    /// Bytes of names of members, punctuation, ids, times and numbers of a span: less than this.
    private static let fixedRoom = 640

    /// Writes a span with a comma behind it.
    private func write(_ row: Int, _ resource: ReferenceTexts.Resource, to buffer: LineBuffer) {
        let columns = columns
        let name = columns.name(row)
        let (state, message) = (columns.traceState(row), columns.statusMessage(row))
        var room = Self.fixedRoom + (name.count + state.count + message.count) * LinePen.escapedMax
        room += columns.attributes.room(row)
        for text in resource.enrichment { room += text.count }
        var pen = buffer.pen(room: room)

        pen.literal("{\"traceId\":\"")
        pen.hex(columns.traceID[row * 2])
        pen.hex(columns.traceID[row * 2 + 1])
        pen.literal("\",\"spanId\":\"")
        pen.hex(columns.spanID[row])
        if state.count > 0 {
            pen.literal("\",\"traceState\":\"")
            pen.escaped(state.start, state.count)
        }
        pen.literal("\",\"parentSpanId\":\"")
        if columns.parentSpanID[row] != 0 { pen.hex(columns.parentSpanID[row]) }
        if columns.flags[row] != 0 {
            pen.literal("\",\"flags\":")
            pen.integer(UInt64(columns.flags[row]))
            pen.literal(",\"name\":\"")
        } else {
            pen.literal("\",\"name\":\"")
        }
        pen.escaped(name.start, name.count)
        pen.literal("\",\"kind\":")
        pen.integer(Int64(columns.kind[row]))
        pen.literal(",\"startTimeUnixNano\":\"")
        let start = columns.startTime[row]
        pen.integer(UInt64(max(0, start)))
        pen.literal("\",\"endTimeUnixNano\":\"")
        pen.integer(UInt64(max(0, start &+ columns.duration[row])))
        pen.byte(0x22)

        writeAttributes(row, columns, resource, &pen, buffer, room: room)

        if columns.droppedAttributes[row] != 0 {
            pen.literal(",\"droppedAttributesCount\":")
            pen.integer(UInt64(columns.droppedAttributes[row]))
        }
        let events = columns.events(row)
        if !events.isEmpty {
            buffer.take(pen)
            write(events: events, columns, to: buffer)
            pen = buffer.pen(room: room)
        }
        if columns.droppedEvents[row] != 0 {
            pen.literal(",\"droppedEventsCount\":")
            pen.integer(UInt64(columns.droppedEvents[row]))
        }
        let links = columns.links(row)
        if !links.isEmpty {
            buffer.take(pen)
            write(links: links, columns, to: buffer)
            pen = buffer.pen(room: room)
        }
        if columns.droppedLinks[row] != 0 {
            pen.literal(",\"droppedLinksCount\":")
            pen.integer(UInt64(columns.droppedLinks[row]))
        }

        pen.literal(",\"status\":{")
        if message.count > 0 {
            pen.literal("\"message\":\"")
            pen.escaped(message.start, message.count)
            pen.byte(0x22)
            if columns.statusCode[row] != 0 { pen.byte(0x2C) }
        }
        if columns.statusCode[row] != 0 {
            pen.literal("\"code\":")
            pen.integer(Int64(columns.statusCode[row]))
        }
        pen.literal("}},")
        buffer.take(pen)
    }

    @inline(__always)
    private func writeAttributes(
        _ row: Int, _ columns: SpanColumns, _ resource: ReferenceTexts.Resource, _ pen: inout LinePen,
        _ buffer: LineBuffer, room: Int
    ) {
        pen.literal(",\"attributes\":[")
        let marks = columns.attributes.write(row, &pen, buffer, room: room)
        if enriches {
            for (place, text) in resource.enrichment.enumerated() where marks & (1 << UInt8(place)) == 0 {
                text.withUnsafeBufferPointer { pen.bytes($0) }
            }
        }
        if pen.last == 0x2C {
            pen.takeBack()
            pen.byte(0x5D)
        } else {
            // Nothing was written: neither is the member.
            pen.takeBack(15)
        }
    }

    private func write(events: Range<Int>, _ columns: SpanColumns, to buffer: LineBuffer) {
        buffer.append(",\"events\":[")
        for event in events {
            let name = columns.eventName(event)
            let room = 256 + name.count * LinePen.escapedMax + columns.eventAttributes.room(event)
            var pen = buffer.pen(room: room)
            pen.byte(0x7B)
            if columns.eventTime[event] > 0 {
                pen.literal("\"timeUnixNano\":\"")
                pen.integer(UInt64(columns.eventTime[event]))
                pen.literal("\",")
            }
            if name.count > 0 {
                pen.literal("\"name\":\"")
                pen.escaped(name.start, name.count)
                pen.literal("\",")
            }
            columns.eventAttributes.writeMember(event, &pen, buffer, room: room)
            pen.member("\"droppedAttributesCount\":", columns.eventDropped[event])
            pen.closeObject()
            buffer.take(pen)
        }
        buffer.closeMembers("]")
    }

    private func write(links: Range<Int>, _ columns: SpanColumns, to buffer: LineBuffer) {
        buffer.append(",\"links\":[")
        for link in links {
            let state = columns.linkTraceState(link)
            let room = 320 + state.count * LinePen.escapedMax + columns.linkAttributes.room(link)
            var pen = buffer.pen(room: room)
            pen.byte(0x7B)
            if columns.linkTraceID[link * 2] | columns.linkTraceID[link * 2 + 1] != 0 {
                pen.literal("\"traceId\":\"")
                pen.hex(columns.linkTraceID[link * 2])
                pen.hex(columns.linkTraceID[link * 2 + 1])
                pen.literal("\",")
            }
            if columns.linkSpanID[link] != 0 {
                pen.literal("\"spanId\":\"")
                pen.hex(columns.linkSpanID[link])
                pen.literal("\",")
            }
            if state.count > 0 {
                pen.literal("\"traceState\":\"")
                pen.escaped(state.start, state.count)
                pen.literal("\",")
            }
            columns.linkAttributes.writeMember(link, &pen, buffer, room: room)
            pen.member("\"droppedAttributesCount\":", columns.linkDropped[link])
            pen.member("\"flags\":", columns.linkFlags[link])
            pen.closeObject()
            buffer.take(pen)
        }
        buffer.closeMembers("]")
    }
}

extension AttributeLines {
    /// `"attributes":[…],`, or nothing.
    func writeMember(_ row: Int, _ pen: inout LinePen, _ buffer: LineBuffer, room: Int) {
        guard !isEmpty(row) else { return }
        pen.literal("\"attributes\":[")
        _ = write(row, &pen, buffer, room: room)
        pen.takeBack()
        pen.literal("],")
    }
}

extension LinePen {
    /// A number with its name and a comma behind it, or nothing for zero.
    mutating func member(_ name: StaticString, _ number: UInt32) {
        guard number != 0 else { return }
        literal(name)
        integer(UInt64(number))
        byte(0x2C)
    }

    /// Ends an object whose members have commas behind them, with a comma behind it.
    mutating func closeObject() {
        if last == 0x2C { takeBack() }
        literal("},")
    }
}

/// The columns of spans as handles for loops, valid as long as the block.
struct SpanColumns {
    let traceID: UnsafePointer<UInt64>
    let spanID: UnsafePointer<UInt64>
    let parentSpanID: UnsafePointer<UInt64>
    let flags: UnsafePointer<UInt32>
    let kind: UnsafePointer<Int32>
    let statusCode: UnsafePointer<Int32>
    let startTime: UnsafePointer<Int64>
    let duration: UnsafePointer<Int64>
    let droppedAttributes: UnsafePointer<UInt32>
    let droppedEvents: UnsafePointer<UInt32>
    let droppedLinks: UnsafePointer<UInt32>
    let attributes: AttributeLines
    let eventTime: UnsafePointer<Int64>
    let eventDropped: UnsafePointer<UInt32>
    let eventAttributes: AttributeLines
    let linkTraceID: UnsafePointer<UInt64>
    let linkSpanID: UnsafePointer<UInt64>
    let linkFlags: UnsafePointer<UInt32>
    let linkDropped: UnsafePointer<UInt32>
    let linkAttributes: AttributeLines
    private let names: TextColumn
    private let nameNumbers: UnsafePointer<Int32>
    private let traceStates: TextColumn
    private let statusMessages: TextColumn
    private let eventOffsets: UnsafePointer<Int32>
    private let eventNames: TextColumn
    private let eventNameNumbers: UnsafePointer<Int32>
    private let linkOffsets: UnsafePointer<Int32>
    private let linkTraceStates: TextColumn

    init(_ block: SpanBlock, _ keys: KeyTexts, _ eventKeys: KeyTexts, _ linkKeys: KeyTexts) {
        traceID = block.traceID.cells()
        spanID = block.spanID.cells()
        parentSpanID = block.parentSpanID.cells()
        flags = block.flags.cells()
        kind = block.kind.cells()
        statusCode = block.statusCode.cells()
        startTime = block.startTime.cells()
        duration = block.duration.cells()
        droppedAttributes = block.droppedAttributes.cells()
        droppedEvents = block.droppedEvents.cells()
        droppedLinks = block.droppedLinks.cells()
        attributes = AttributeLines(block.attributes, keys)
        eventTime = block.eventTimes.items.cells()
        eventDropped = block.eventDroppedAttributes.items.cells()
        eventAttributes = AttributeLines(block.eventAttributes, eventKeys)
        linkTraceID = block.linkTraceIDs.items.cells()
        linkSpanID = block.linkSpanIDs.items.cells()
        linkFlags = block.linkFlags.items.cells()
        linkDropped = block.linkDroppedAttributes.items.cells()
        linkAttributes = AttributeLines(block.linkAttributes, linkKeys)
        names = TextColumn(block.name.interner.values)
        nameNumbers = UnsafePointer(block.name.indexes.base)
        traceStates = TextColumn(block.traceState)
        statusMessages = TextColumn(block.statusMessage)
        eventOffsets = UnsafePointer(block.eventTimes.offsets.base)
        eventNames = TextColumn(block.eventNames.items.interner.values)
        eventNameNumbers = UnsafePointer(block.eventNames.items.indexes.base)
        linkOffsets = UnsafePointer(block.linkTraceIDs.offsets.base)
        linkTraceStates = TextColumn(block.linkTraceStates.items)
    }

    @inline(__always) func name(_ row: Int) -> TextCell { names[Int(nameNumbers[row])] }
    @inline(__always) func traceState(_ row: Int) -> TextCell { traceStates[row] }
    @inline(__always) func statusMessage(_ row: Int) -> TextCell { statusMessages[row] }
    @inline(__always) func events(_ row: Int) -> Range<Int> { Int(eventOffsets[row])..<Int(eventOffsets[row + 1]) }
    @inline(__always) func eventName(_ event: Int) -> TextCell { eventNames[Int(eventNameNumbers[event])] }
    @inline(__always) func links(_ row: Int) -> Range<Int> { Int(linkOffsets[row])..<Int(linkOffsets[row + 1]) }
    @inline(__always) func linkTraceState(_ link: Int) -> TextCell { linkTraceStates[link] }
}
