import TelemetryModel

extension ColumnAppender {
    /// The spans of a `ScopeSpans`. Spec: OTLP trace.proto.
    mutating func appendSpans(_ cursor: inout WireCursor, _ resource: WireOwner, _ scope: WireOwner) {
        let block = batch.spans
        let rows = SpanWriter(block)
        let service = resource.service.withUnsafeBufferPointer { rows.service.index.index(of: $0) }
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x12 else {
                cursor.skip(tag, level: 3)
                continue
            }
            count(&cursor)
            wire.linkRepairs = 0
            var span = cursor.message()
            if !appendSpan(&span, rows, service: service, resourceID: resource.id, scopeID: scope.id) {
                wire.rowSignature.removeAll(keepingCapacity: true)
                block.discardOpenRow()
            }
            cursor.absorb(span)
        }
    }

    /// - Returns: false when the span is rejected, or broken: its open row is the caller's to take back.
    private mutating func appendSpan(
        _ cursor: inout WireCursor, _ rows: SpanWriter, service: Int32, resourceID: UInt64, scopeID: UInt64
    ) -> Bool {
        let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var (traceID, spanID, parentSpanID) = (nothing, nothing, nothing)
        var (traceState, name, statusMessage) = (nothing, nothing, nothing)
        var (start, end): (UInt64, UInt64) = (0, 0)
        var (kind, statusCode): (Int32, Int32) = (0, 0)
        var (flags, droppedAttributes, droppedEvents, droppedLinks): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: traceID = cursor.bytes()
            case 0x12: spanID = cursor.bytes()
            case 0x1A: traceState = cursor.string()
            case 0x22: parentSpanID = cursor.bytes()
            case 0x2A: name = cursor.string()
            case 0x30: kind = Int32(truncatingIfNeeded: cursor.varint())
            case 0x39: start = cursor.fixed64()
            case 0x41: end = cursor.fixed64()
            case 0x4A:
                appendAttribute(&cursor, level: 5, .row, rows.attributes)
            case 0x50: droppedAttributes = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x5A:
                var event = cursor.message()
                appendEvent(&event, rows.events)
                cursor.absorb(event)
            case 0x60: droppedEvents = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x6A:
                var link = cursor.message()
                appendLink(&link, rows.links)
                cursor.absorb(link)
            case 0x70: droppedLinks = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x7A:
                var status = cursor.message()
                readStatus(&status, &statusMessage, &statusCode)
                cursor.absorb(status)
            case 0x85: flags = cursor.fixed32()
            default: cursor.skip(tag, level: 4)
            }
        }
        guard cursor.failure == .none else { return false }

        guard traceID.count == 16, let traceBytes = traceID.baseAddress, !StoredTraceID(bytes: traceBytes).isZero else {
            outcome.reject(.invalidTraceID)
            return false
        }
        guard spanID.count == 8, let spanBytes = spanID.baseAddress, !StoredSpanID(bytes: spanBytes).isZero else {
            outcome.reject(.invalidSpanID)
            return false
        }
        var parent = StoredSpanID(.zero)
        if parentSpanID.count == 8, let parentBytes = parentSpanID.baseAddress {
            parent = StoredSpanID(bytes: parentBytes)
        } else if !parentSpanID.isEmpty {
            appendOriginal("martlet.original_parent_span_id", parentSpanID, .row, rows.attributes)
            outcome.repairs.add(.parentSpanIDLength)
        }
        rows.receivedTime.append(receivedTime)
        let startTime = Timestamp(clamping: start)
        rows.startTime.append(startTime)
        rows.duration.append(Timestamp(clamping: end).nanoseconds &- startTime.nanoseconds)
        rows.traceID.append(StoredTraceID(bytes: traceBytes))
        rows.spanID.append(StoredSpanID(bytes: spanBytes))
        rows.parentSpanID.append(parent)
        rows.traceState.append(utf8: traceState)
        rows.flags.append(flags)
        rows.service.indexes.append(service)
        rows.name.append(utf8: name)
        rows.kind.append(kind)
        rows.statusCode.append(statusCode)
        rows.statusMessage.append(utf8: statusMessage)
        rows.resourceID.append(resourceID)
        rows.scopeID.append(scopeID)
        close(rows.attributes, .row)
        rows.droppedAttributes.append(droppedAttributes)
        rows.droppedEvents.append(droppedEvents)
        rows.droppedLinks.append(droppedLinks)
        rows.closeLists()
        if wire.linkRepairs > 0 { outcome.repairs.add(.linkIDLength, count: wire.linkRepairs) }
        outcome.accepted += 1
        return true
    }

    private func readStatus(
        _ cursor: inout WireCursor, _ message: inout UnsafeBufferPointer<UInt8>, _ code: inout Int32
    ) {
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x12: message = cursor.string()
            case 0x18: code = Int32(truncatingIfNeeded: cursor.varint())
            default: cursor.skip(tag, level: 5)
            }
        }
    }

    private mutating func appendEvent(_ cursor: inout WireCursor, _ events: SpanWriter.Events) {
        count(&cursor)
        var time: UInt64 = 0
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var dropped: UInt32 = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x09: time = cursor.fixed64()
            case 0x12: name = cursor.string()
            case 0x1A: appendAttribute(&cursor, level: 6, .item, events.attributes)
            case 0x20: dropped = UInt32(truncatingIfNeeded: cursor.varint())
            default: cursor.skip(tag, level: 5)
            }
        }
        guard cursor.failure == .none else { return }
        events.times.append(Timestamp(clamping: time))
        events.names.append(utf8: name)
        close(events.attributes, .item)
        events.dropped.append(dropped)
    }

    /// A link whose ids have another length keeps them as attributes.
    private mutating func appendLink(_ cursor: inout WireCursor, _ links: SpanWriter.Links) {
        count(&cursor)
        let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var (traceID, spanID, traceState) = (nothing, nothing, nothing)
        var (dropped, flags): (UInt32, UInt32) = (0, 0)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: traceID = cursor.bytes()
            case 0x12: spanID = cursor.bytes()
            case 0x1A: traceState = cursor.string()
            case 0x22: appendAttribute(&cursor, level: 6, .item, links.attributes)
            case 0x28: dropped = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x35: flags = cursor.fixed32()
            default: cursor.skip(tag, level: 5)
            }
        }
        guard cursor.failure == .none else { return }
        if traceID.count != 16 || spanID.count != 8 {
            appendOriginal("martlet.original_trace_id", traceID, .item, links.attributes)
            appendOriginal("martlet.original_span_id", spanID, .item, links.attributes)
            wire.linkRepairs += 1
        }
        links.traceIDs.append(StoredTraceID(orZero: traceID))
        links.spanIDs.append(StoredSpanID(orZero: spanID))
        links.traceStates.append(utf8: traceState)
        links.flags.append(flags)
        close(links.attributes, .item)
        links.dropped.append(dropped)
    }
}

extension StoredTraceID {
    /// Zero unless there are 16 bytes.
    init(orZero bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.count == 16, let start = bytes.baseAddress { self.init(bytes: start) } else { self.init(.zero) }
    }
}

extension StoredSpanID {
    /// Zero unless there are 8 bytes.
    init(orZero bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.count == 8, let start = bytes.baseAddress { self.init(bytes: start) } else { self.init(.zero) }
    }
}
