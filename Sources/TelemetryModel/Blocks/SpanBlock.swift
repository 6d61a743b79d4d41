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

    package var columns: [any Column] {
        [
            receivedTime, startTime, duration, traceID, spanID, parentSpanID, traceState, flags, service, name,
            kind, statusCode, statusMessage, resourceID, scopeID, droppedAttributes, eventTimes, eventNames,
            eventDroppedAttributes, droppedEvents, linkTraceIDs, linkSpanIDs, linkTraceStates, linkFlags,
            linkDroppedAttributes, droppedLinks,
        ] + attributes.columns + eventAttributes.columns + linkAttributes.columns
    }

    /// Ends the row of the columns of events.
    @inlinable package func closeEvents() {
        eventTimes.closeRow()
        eventNames.closeRow()
        eventAttributes.closeRow()
        eventDroppedAttributes.closeRow()
    }

    /// Ends the row of the columns of links.
    @inlinable package func closeLinks() {
        linkTraceIDs.closeRow()
        linkSpanIDs.closeRow()
        linkTraceStates.closeRow()
        linkFlags.closeRow()
        linkAttributes.closeRow()
        linkDroppedAttributes.closeRow()
    }

    /// Takes back attributes, events and links of a span whose row is not complete.
    package func discardOpenRow() {
        attributes.discardOpenRow()
        eventTimes.discardOpenRow()
        eventNames.discardOpenRow()
        eventAttributes.discardOpenRow()
        eventDroppedAttributes.discardOpenRow()
        linkTraceIDs.discardOpenRow()
        linkSpanIDs.discardOpenRow()
        linkTraceStates.discardOpenRow()
        linkFlags.discardOpenRow()
        linkAttributes.discardOpenRow()
        linkDroppedAttributes.discardOpenRow()
    }
}
