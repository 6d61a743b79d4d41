/// Log records as columns. Spec: OTLP logs.proto, `LogRecord`.
package final class LogBlock: Block {
    package let receivedTime = FixedColumn<Timestamp>()
    /// The record's time; the observed time when the record has none, the arrival when it has neither.
    package let time = FixedColumn<Timestamp>()
    package let observedTime = FixedColumn<Timestamp>()
    package let traceID = FixedColumn<StoredTraceID>()
    package let spanID = FixedColumn<StoredSpanID>()
    package let flags = FixedColumn<UInt32>()
    package let service = DictionaryColumn()
    package let severityNumber = FixedColumn<Int32>()
    package let severityText = DictionaryColumn()
    /// The name of a `LogLevel`: what the record says of its severity, or what its attributes or text do.
    package let level = DictionaryColumn()
    /// A string body as it is; any other as JSON, with its type in `bodyType`.
    package let body = StringColumn()
    /// One letter, `AttributeType`.
    package let bodyType = DictionaryColumn()
    package let eventName = DictionaryColumn()
    package let resourceID = FixedColumn<UInt64>()
    package let scopeID = FixedColumn<UInt64>()
    package let attributes = AttributeColumns()
    package let droppedAttributes = FixedColumn<UInt32>()

    package init() {}

    package var rows: Int { time.count }

    package var columns: [any Column] {
        [
            receivedTime, time, observedTime, traceID, spanID, flags, service, severityNumber, severityText, level,
            body, bodyType, eventName, resourceID, scopeID, droppedAttributes,
        ] + attributes.columns
    }
}
