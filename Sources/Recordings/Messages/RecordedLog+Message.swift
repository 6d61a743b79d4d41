import OTLPMessages
import SwiftProtobuf
import TelemetryModel

extension RecordedLog {
    init(_ record: OTLPLogRecord, resource: Int, scope: Int) {
        let attributes = RecordedAttributes(record.attributes)
        var ids = LogIdentifiers(
            traceID: TraceID(bytes: record.traceID) ?? .zero, spanID: SpanID(bytes: record.spanID) ?? .zero)
        ids.complete(from: attributes)
        self.init(
            resource: resource, scope: scope,
            // Zero means that the sender did not know the time (OTLP logs.proto, LogRecord).
            time: record.timeUnixNano == 0 ? record.observedTimeUnixNano : record.timeUnixNano,
            observedTime: record.observedTimeUnixNano, severityNumber: record.severityNumber.rawValue,
            severityText: record.severityText, eventName: record.eventName, body: RecordedValue(record.body),
            traceID: ids.traceID, spanID: ids.spanID, attributes: attributes)
    }
}
