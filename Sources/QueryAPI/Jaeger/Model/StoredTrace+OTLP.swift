import Codecs
import OTLPMessages
import TelemetryModel

extension StoredTrace {
    /// The traces that are in spans as a sender has them, in order of first appearance, each sorted by start.
    ///
    /// - Throws: `JaegerFailure` for a span without a valid id.
    static func traces(_ resourceSpans: [OTLPResourceSpans]) throws(JaegerFailure) -> [StoredTrace] {
        var traces: [StoredTrace] = []
        var indexOfTrace: [TraceID: Int] = [:]
        var ids: UInt64 = 0
        for group in resourceSpans {
            ids += 1
            let resourceID = ids
            let resource = StoredResource(
                attributes: stored(group.resource.attributes), droppedAttributes: group.resource.droppedAttributesCount,
                schemaURL: group.schemaURL, entityRefs: "")
            let service = resource.attributes.first { $0.key == "service.name" }?.text ?? ""
            for scopeGroup in group.scopeSpans {
                ids += 1
                let scope = StoredScope(
                    name: scopeGroup.scope.name, version: scopeGroup.scope.version,
                    attributes: stored(scopeGroup.scope.attributes),
                    droppedAttributes: scopeGroup.scope.droppedAttributesCount, schemaURL: scopeGroup.schemaURL)
                for message in scopeGroup.spans {
                    var span = try stored(message)
                    (span.service, span.resourceID, span.scopeID) = (service, resourceID, ids)
                    let index = indexOfTrace[span.traceID] ?? traces.count
                    if index == traces.count {
                        indexOfTrace[span.traceID] = index
                        traces.append(StoredTrace(spans: [], resources: [:], scopes: [:]))
                    }
                    traces[index].resources[resourceID] = resource
                    traces[index].scopes[ids] = scope
                    traces[index].spans.append(span)
                }
            }
        }
        for index in traces.indices {
            traces[index].spans.sort { $0.startTime.nanoseconds < $1.startTime.nanoseconds }
        }
        return traces
    }

    private static func stored(_ message: OTLPSpan) throws(JaegerFailure) -> StoredSpan {
        guard let traceID = TraceID(bytes: message.traceID), !traceID.isZero,
            let spanID = SpanID(bytes: message.spanID), !spanID.isZero
        else {
            throw JaegerFailure(400, "a span needs a trace id of 16 bytes and a span id of 8, neither all zero")
        }
        var span = StoredSpan()
        span.traceID = traceID
        span.spanID = spanID
        span.parentSpanID = SpanID(bytes: message.parentSpanID) ?? .zero
        span.traceState = message.traceState
        span.flags = message.flags
        span.name = message.name
        span.kind = Int32(truncatingIfNeeded: message.kind.rawValue)
        span.startTime = Timestamp(nanoseconds: Int64(clamping: message.startTimeUnixNano))
        let (duration, _) = Int64(clamping: message.endTimeUnixNano)
            .subtractingReportingOverflow(span.startTime.nanoseconds)
        span.durationNanoseconds = duration
        span.statusCode = Int32(truncatingIfNeeded: message.status.code.rawValue)
        span.statusMessage = message.status.message
        span.attributes = stored(message.attributes)
        span.droppedAttributes = message.droppedAttributesCount
        span.events = message.events.map { event in
            StoredSpan.Event(
                time: Timestamp(nanoseconds: Int64(clamping: event.timeUnixNano)), name: event.name,
                attributes: stored(event.attributes), droppedAttributes: event.droppedAttributesCount)
        }
        span.droppedEvents = message.droppedEventsCount
        span.links = message.links.map { link in
            StoredSpan.Link(
                traceID: Array(link.traceID), spanID: Array(link.spanID), traceState: link.traceState,
                flags: link.flags, attributes: stored(link.attributes), droppedAttributes: link.droppedAttributesCount)
        }
        span.droppedLinks = message.droppedLinksCount
        return span
    }

    private static func stored(_ attributes: [OTLPKeyValue]) -> [StoredAttribute] {
        attributes.map { pair in
            let value = AttributeText(pair.value)
            return StoredAttribute(key: pair.key, text: value.text, type: value.type)
        }
    }
}
