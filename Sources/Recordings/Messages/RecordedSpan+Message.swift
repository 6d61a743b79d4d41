import OTLPMessages
import SwiftProtobuf
import TelemetryModel

extension RecordedSpan {
    init(_ span: OTLPSpan, resource: Int, scope: Int) {
        self.init(
            resource: resource, scope: scope, traceID: TraceID(bytes: span.traceID) ?? .zero,
            spanID: SpanID(bytes: span.spanID) ?? .zero, parentSpanID: SpanID(bytes: span.parentSpanID) ?? .zero,
            name: span.name, kind: Kind(rawValue: span.kind.rawValue) ?? .unspecified,
            startTime: span.startTimeUnixNano, endTime: span.endTimeUnixNano)
        traceState = span.traceState
        status = Status(rawValue: span.status.code.rawValue) ?? .unset
        statusMessage = span.status.message
        attributes = RecordedAttributes(span.attributes)
        events = span.events.map {
            Event(time: $0.timeUnixNano, name: $0.name, attributes: RecordedAttributes($0.attributes))
        }
        links = span.links.map {
            Link(
                traceID: TraceID(bytes: $0.traceID) ?? .zero, spanID: SpanID(bytes: $0.spanID) ?? .zero,
                attributes: RecordedAttributes($0.attributes))
        }
    }
}
