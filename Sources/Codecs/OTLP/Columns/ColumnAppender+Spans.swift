package import OTLPMessages
import TelemetryModel

extension ColumnAppender {
    package mutating func append(_ request: OTLPTraceRequest) {
        for resourceSpans in request.resourceSpans {
            let service = resourceSpans.resource.serviceName
            let resourceID = id(of: resourceSpans.resource, schemaURL: resourceSpans.schemaURL)
            for scopeSpans in resourceSpans.scopeSpans {
                let scopeID = id(of: scopeSpans.scope, schemaURL: scopeSpans.schemaURL)
                for span in scopeSpans.spans {
                    append(span, service: service, resourceID: resourceID, scopeID: scopeID)
                }
            }
        }
    }

    private mutating func append(_ span: OTLPSpan, service: String, resourceID: UInt64, scopeID: UInt64) {
        guard let traceID = TraceID(bytes: span.traceID), !traceID.isZero else {
            return outcome.reject(.invalidTraceID)
        }
        guard let spanID = SpanID(bytes: span.spanID), !spanID.isZero else { return outcome.reject(.invalidSpanID) }
        var attributes = span.attributes
        var parentSpanID = SpanID.zero
        if !span.parentSpanID.isEmpty {
            if let parent = SpanID(bytes: span.parentSpanID) {
                parentSpanID = parent
            } else {
                attributes.append(original: "martlet.original_parent_span_id", span.parentSpanID)
                outcome.repairs.add(.parentSpanIDLength)
            }
        }
        let rows = batch.spans
        rows.receivedTime.append(receivedTime)
        let start = Timestamp(clamping: span.startTimeUnixNano)
        rows.startTime.append(start)
        rows.duration.append(Timestamp(clamping: span.endTimeUnixNano).nanoseconds &- start.nanoseconds)
        rows.traceID.append(StoredTraceID(traceID))
        rows.spanID.append(StoredSpanID(spanID))
        rows.parentSpanID.append(StoredSpanID(parentSpanID))
        rows.traceState.append(span.traceState)
        rows.flags.append(span.flags)
        rows.service.append(service)
        rows.name.append(span.name)
        rows.kind.append(Int32(truncatingIfNeeded: span.kind.rawValue))
        rows.statusCode.append(Int32(truncatingIfNeeded: span.status.code.rawValue))
        rows.statusMessage.append(span.status.message)
        rows.resourceID.append(resourceID)
        rows.scopeID.append(scopeID)
        append(attributes, to: rows.attributes)
        rows.droppedAttributes.append(span.droppedAttributesCount)
        appendEvents(span.events, to: rows)
        rows.droppedEvents.append(span.droppedEventsCount)
        appendLinks(span.links, to: rows)
        rows.droppedLinks.append(span.droppedLinksCount)
        outcome.accepted += 1
    }

    private mutating func appendEvents(_ events: [OTLPSpan.Event], to rows: SpanBlock) {
        for event in events {
            rows.eventTimes.items.append(Timestamp(clamping: event.timeUnixNano))
            rows.eventNames.items.append(event.name)
            append(event.attributes, toItemOf: rows.eventAttributes)
            rows.eventDroppedAttributes.items.append(event.droppedAttributesCount)
        }
        rows.closeEvents()
    }

    /// A link whose ids have another length keeps them as attributes.
    private mutating func appendLinks(_ links: [OTLPSpan.Link], to rows: SpanBlock) {
        for link in links {
            var attributes = link.attributes
            let traceID = TraceID(bytes: link.traceID)
            let spanID = SpanID(bytes: link.spanID)
            if traceID == nil || spanID == nil {
                attributes.append(original: "martlet.original_trace_id", link.traceID)
                attributes.append(original: "martlet.original_span_id", link.spanID)
                outcome.repairs.add(.linkIDLength)
            }
            rows.linkTraceIDs.items.append(StoredTraceID(traceID ?? .zero))
            rows.linkSpanIDs.items.append(StoredSpanID(spanID ?? .zero))
            rows.linkTraceStates.items.append(link.traceState)
            rows.linkFlags.items.append(link.flags)
            append(attributes, toItemOf: rows.linkAttributes)
            rows.linkDroppedAttributes.items.append(link.droppedAttributesCount)
        }
        rows.closeLinks()
    }
}

extension [OTLPKeyValue] {
    /// Keeps an id that cannot be stored as one, as hexadecimal text.
    mutating func append(original key: String, _ bytes: some Sequence<UInt8>) {
        let text = Hex.encode(bytes)
        guard !text.isEmpty, !contains(where: { $0.key == key }) else { return }
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value.stringValue = text
        append(pair)
    }
}
