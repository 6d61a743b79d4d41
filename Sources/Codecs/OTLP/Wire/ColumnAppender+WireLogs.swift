import OTLPMessages
import TelemetryModel

extension ColumnAppender {
    /// The records of a `ScopeLogs`. Spec: OTLP logs.proto.
    mutating func appendLogRecords(_ cursor: inout WireCursor, _ resource: WireOwner, _ scope: WireOwner) {
        let rows = LogWriter(batch.logs)
        let service = resource.service.withUnsafeBufferPointer { rows.service.index.index(of: $0) }
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x12 else {
                cursor.skip(tag, level: 3)
                continue
            }
            count(&cursor)
            var record = cursor.message()
            appendLogRecord(&record, rows, service: service, resource: resource, scopeID: scope.id)
            cursor.absorb(record)
        }
    }

    private mutating func appendLogRecord(
        _ cursor: inout WireCursor, _ rows: LogWriter, service: Int32, resource: WireOwner, scopeID: UInt64
    ) {
        let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var (severityText, eventName, traceID, spanID) = (nothing, nothing, nothing, nothing)
        var body = WireMessage()
        var (time, observedTime): (UInt64, UInt64) = (0, 0)
        var severityNumber: Int32 = 0
        var (flags, droppedAttributes): (UInt32, UInt32) = (0, 0)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x09: time = cursor.fixed64()
            case 0x10: severityNumber = Int32(truncatingIfNeeded: cursor.varint())
            case 0x1A: severityText = cursor.string()
            case 0x2A: body.add(cursor.bytes(), &cursor, level: 5)
            case 0x32:
                appendAttribute(&cursor, level: 5, .row, rows.attributes)
            case 0x38: droppedAttributes = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x45: flags = cursor.fixed32()
            case 0x4A: traceID = cursor.bytes()
            case 0x52: spanID = cursor.bytes()
            case 0x59: observedTime = cursor.fixed64()
            case 0x62: eventName = cursor.string()
            default: cursor.skip(tag, level: 4)
            }
        }
        guard cursor.failure == .none else { return }

        if !traceID.isEmpty, traceID.count != 16 {
            appendOriginal("martlet.original_trace_id", traceID, .row, rows.attributes)
            outcome.repairs.add(.logIDLength)
        }
        if !spanID.isEmpty, spanID.count != 8 {
            appendOriginal("martlet.original_span_id", spanID, .row, rows.attributes)
            outcome.repairs.add(.logIDLength)
        }
        appendBody(body, rows, &cursor)
        guard cursor.failure == .none else { return }
        rows.receivedTime.append(receivedTime)
        // "Use Timestamp if it is present, otherwise use ObservedTimestamp" (OTLP logs.proto, LogRecord).
        let observed = observedTime == 0 ? receivedTime : Timestamp(clamping: observedTime)
        rows.time.append(time == 0 ? observed : Timestamp(clamping: time))
        rows.observedTime.append(observed)
        rows.traceID.append(StoredTraceID(orZero: traceID))
        rows.spanID.append(StoredSpanID(orZero: spanID))
        rows.flags.append(flags)
        rows.service.indexes.append(service)
        rows.severityNumber.append(severityNumber)
        rows.severityText.append(utf8: severityText)
        rows.eventName.append(utf8: eventName)
        rows.resourceID.append(resource.id)
        rows.scopeID.append(scopeID)
        close(rows.attributes, .row)
        rows.droppedAttributes.append(droppedAttributes)
        logFacts.complete(batch.logs, streamLevel: resource.level)
        outcome.accepted += 1
    }

    private mutating func appendBody(_ body: WireMessage, _ rows: LogWriter, _ cursor: inout WireCursor) {
        let type = body.withBytes { bytes -> AttributeType? in
            var inner = WireCursor(bytes)
            var value = WireValue(&inner, level: 5)
            cursor.absorb(inner)
            guard cursor.failure == .none else { return nil }
            switch value.kind {
            case .string:
                rows.body.append(utf8: value.bytes)
                return .string
            case .array, .map:
                if let type = appendJSON(&value, to: rows.body, level: 5, &cursor) { return type }
                fallthrough
            case .unusual:
                guard let message: OTLPAnyValue = decode(bytes, .anyValue, level: 5, &cursor) else { return nil }
                var text = AttributeText(message)
                text.text.withUTF8 { rows.body.append(utf8: $0) }
                return text.type
            default: return rows.body.append(scalar: value)
            }
        }
        guard let type else { return }
        withUnsafePointer(to: type.rawValue) {
            rows.bodyType.append(utf8: UnsafeBufferPointer(start: $0, count: 1))
        }
    }
}
