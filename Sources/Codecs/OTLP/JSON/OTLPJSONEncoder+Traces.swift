import OTLPMessages

// Messages of trace.proto.

extension OTLPJSONEncoder {
    mutating func write(_ resourceSpans: OTLPResourceSpans) {
        object {
            $0.message("resource", resourceSpans.hasResource ? resourceSpans.resource : nil) { $0.write($1) }
            $0.list("scopeSpans", resourceSpans.scopeSpans) { $0.write($1) }
            $0.string("schemaUrl", resourceSpans.schemaURL)
        }
    }

    private mutating func write(_ scopeSpans: OTLPScopeSpans) {
        object {
            $0.message("scope", scopeSpans.hasScope ? scopeSpans.scope : nil) { $0.write($1) }
            $0.list("spans", scopeSpans.spans) { $0.write($1) }
            $0.string("schemaUrl", scopeSpans.schemaURL)
        }
    }

    private mutating func write(_ span: OTLPSpan) {
        object {
            $0.identifier("traceId", span.traceID)
            $0.identifier("spanId", span.spanID)
            $0.string("traceState", span.traceState)
            $0.identifier("parentSpanId", span.parentSpanID)
            $0.uint32("flags", span.flags)
            $0.string("name", span.name)
            $0.enumeration("kind", span.kind)
            $0.uint64("startTimeUnixNano", span.startTimeUnixNano)
            $0.uint64("endTimeUnixNano", span.endTimeUnixNano)
            $0.attributes("attributes", span.attributes)
            $0.uint32("droppedAttributesCount", span.droppedAttributesCount)
            $0.list("events", span.events) { $0.write($1) }
            $0.uint32("droppedEventsCount", span.droppedEventsCount)
            $0.list("links", span.links) { $0.write($1) }
            $0.uint32("droppedLinksCount", span.droppedLinksCount)
            $0.message("status", span.status) { $0.write($1) }
        }
    }

    private mutating func write(_ event: OTLPSpan.Event) {
        object {
            $0.uint64("timeUnixNano", event.timeUnixNano)
            $0.string("name", event.name)
            $0.attributes("attributes", event.attributes)
            $0.uint32("droppedAttributesCount", event.droppedAttributesCount)
        }
    }

    private mutating func write(_ link: OTLPSpan.Link) {
        object {
            $0.identifier("traceId", link.traceID)
            $0.identifier("spanId", link.spanID)
            $0.string("traceState", link.traceState)
            $0.attributes("attributes", link.attributes)
            $0.uint32("droppedAttributesCount", link.droppedAttributesCount)
            $0.uint32("flags", link.flags)
        }
    }

    private mutating func write(_ status: OTLPStatus) {
        object {
            $0.string("message", status.message)
            $0.enumeration("code", status.code)
        }
    }
}
