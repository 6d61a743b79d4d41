/// Spans as columns. Spec: OTLP trace.proto, `Span`.
package final class SpanBlock: Block {
    package let receivedTime = FixedColumn<Timestamp>()
    package let startTime = FixedColumn<Timestamp>()
    /// End minus start in nanoseconds; negative when the sender's clock went back, so that the end is never lost.
    package let duration = FixedColumn<Int64>()
    package let traceID = FixedColumn<StoredTraceID>()
    package let spanID = FixedColumn<StoredSpanID>()
    package let parentSpanID = FixedColumn<StoredSpanID>()
    package let traceState = StringColumn()
    package let flags = FixedColumn<UInt32>()
    package let service = DictionaryColumn()
    package let name = DictionaryColumn()
    /// An open enumeration: a number that this version does not know is kept.
    package let kind = FixedColumn<Int32>()
    package let statusCode = FixedColumn<Int32>()
    package let statusMessage = StringColumn()
    package let resourceID = FixedColumn<UInt64>()
    package let scopeID = FixedColumn<UInt64>()
    package let attributes = AttributeColumns()
    package let droppedAttributes = FixedColumn<UInt32>()
    package let eventTimes = ListColumn(FixedColumn<Timestamp>())
    package let eventNames = ListColumn(DictionaryColumn())
    package let eventAttributes = NestedAttributeColumns()
    package let eventDroppedAttributes = ListColumn(FixedColumn<UInt32>())
    package let droppedEvents = FixedColumn<UInt32>()
    package let linkTraceIDs = ListColumn(FixedColumn<StoredTraceID>())
    package let linkSpanIDs = ListColumn(FixedColumn<StoredSpanID>())
    package let linkTraceStates = ListColumn(StringColumn())
    package let linkFlags = ListColumn(FixedColumn<UInt32>())
    package let linkAttributes = NestedAttributeColumns()
    package let linkDroppedAttributes = ListColumn(FixedColumn<UInt32>())
    package let droppedLinks = FixedColumn<UInt32>()

    package init() {}

    package var rows: Int { startTime.count }

    package var byteCount: Int {
        let fixed = rows * (8 * 3 + 16 + 8 * 2 + 4 * 6 + 8 * 2)
        let texts = traceState.byteCount + service.byteCount + name.byteCount + statusMessage.byteCount
        let events = eventTimes.byteCount + eventNames.byteCount + eventAttributes.text.byteCount
        let links = linkTraceIDs.byteCount + linkSpanIDs.byteCount + linkAttributes.text.byteCount
        return fixed + texts + attributes.byteCount + events + links
    }
}
