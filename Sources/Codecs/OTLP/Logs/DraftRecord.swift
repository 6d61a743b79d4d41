import TelemetryModel

/// A draft as a `LogRecord`.
///
/// - Spec: OTLP logs/v1/logs.proto.
enum DraftRecord {
    /// The bytes that `write` writes.
    static func length(_ draft: LogDraft) -> Int {
        var length = 9
        if draft.time != nil { length += 9 }
        if draft.severityNumber != 0 {
            length += 1 + ProtobufWriter.length(ofVarint: UInt64(bitPattern: Int64(draft.severityNumber)))
        }
        if !draft.severityText.isEmpty { length += ProtobufWriter.length(ofField: draft.severityText.utf8.count) }
        length += ProtobufWriter.length(ofField: ProtobufWriter.length(ofField: draft.body.utf8.count))
        for attribute in draft.attributes {
            length += ProtobufWriter.length(ofField: DraftValue.length(attribute, depth: 0))
        }
        if draft.flags != 0 { length += 5 }
        if draft.traceID != nil { length += 18 }
        if draft.spanID != nil { length += 10 }
        if !draft.eventName.isEmpty { length += ProtobufWriter.length(ofField: draft.eventName.utf8.count) }
        return length
    }

    static func write(_ draft: LogDraft, _ writer: inout ProtobufWriter) {
        if let time = draft.time { writer.fixed64(1, nanoseconds(time)) }
        if draft.severityNumber != 0 { writer.integer(2, UInt64(bitPattern: Int64(draft.severityNumber))) }
        if !draft.severityText.isEmpty { writer.field(3, draft.severityText.utf8) }
        writer.header(5, length: ProtobufWriter.length(ofField: draft.body.utf8.count))
        writer.field(1, draft.body.utf8)
        for attribute in draft.attributes { DraftValue.write(attribute, field: 6, &writer, depth: 0) }
        if draft.flags != 0 { writer.fixed32(8, draft.flags) }
        if let id = draft.traceID {
            writer.header(9, length: 16)
            writer.bigEndian(id.high)
            writer.bigEndian(id.low)
        }
        if let id = draft.spanID {
            writer.header(10, length: 8)
            writer.bigEndian(id.value)
        }
        writer.fixed64(11, nanoseconds(draft.observedTime))
        if !draft.eventName.isEmpty { writer.field(12, draft.eventName.utf8) }
    }

    /// Zero says in OTLP that there is no time, and times before 1970 do not exist: both are the first nanosecond.
    private static func nanoseconds(_ time: Timestamp) -> UInt64 { UInt64(max(1, time.nanoseconds)) }
}
