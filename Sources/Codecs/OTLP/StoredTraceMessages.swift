package import OTLPMessages
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stored spans as OTLP messages, grouped by resource and scope in order of first appearance.
package enum StoredTraceMessages {
    package static func resourceSpans(_ trace: StoredTrace) -> [OTLPResourceSpans] {
        var groups: [OTLPResourceSpans] = []
        var groupOfResource: [UInt64: Int] = [:]
        var scopeOfGroup: [ScopeKey: Int] = [:]
        for span in trace.spans {
            let group: Int
            if let known = groupOfResource[span.resourceID] {
                group = known
            } else {
                group = groups.count
                groupOfResource[span.resourceID] = group
                groups.append(resourceSpans(trace.resources[span.resourceID], service: span.service))
            }
            let key = ScopeKey(group: group, scope: span.scopeID)
            let scope: Int
            if let known = scopeOfGroup[key] {
                scope = known
            } else {
                scope = groups[group].scopeSpans.count
                scopeOfGroup[key] = scope
                groups[group].scopeSpans.append(scopeSpans(trace.scopes[span.scopeID]))
            }
            groups[group].scopeSpans[scope].spans.append(message(span))
        }
        return groups
    }

    private struct ScopeKey: Hashable {
        let group: Int
        let scope: UInt64
    }

    private static func resourceSpans(_ resource: StoredResource?, service: String) -> OTLPResourceSpans {
        var message = OTLPResourceSpans()
        message.resource = StoredReferenceMessages.resource(resource, service: service)
        message.schemaURL = resource?.schemaURL ?? ""
        return message
    }

    private static func scopeSpans(_ scope: StoredScope?) -> OTLPScopeSpans {
        var message = OTLPScopeSpans()
        message.scope = StoredReferenceMessages.scope(scope)
        message.schemaURL = scope?.schemaURL ?? ""
        return message
    }

    private static func message(_ span: StoredSpan) -> OTLPSpan {
        var message = OTLPSpan()
        message.traceID = Data(span.traceID.bytes)
        message.spanID = Data(span.spanID.bytes)
        if !span.parentSpanID.isZero { message.parentSpanID = Data(span.parentSpanID.bytes) }
        message.traceState = span.traceState
        message.flags = span.flags
        message.name = span.name
        message.kind = OTLPSpan.SpanKind(rawValue: Int(span.kind)) ?? .UNRECOGNIZED(Int(span.kind))
        message.startTimeUnixNano = UInt64(clamping: span.startTime.nanoseconds)
        message.endTimeUnixNano = UInt64(clamping: span.startTime.nanoseconds &+ span.durationNanoseconds)
        message.attributes = attributes(span.attributes)
        message.droppedAttributesCount = span.droppedAttributes
        message.events = span.events.map { event in
            var message = OTLPSpan.Event()
            message.timeUnixNano = UInt64(clamping: event.time.nanoseconds)
            message.name = event.name
            message.attributes = attributes(event.attributes)
            message.droppedAttributesCount = event.droppedAttributes
            return message
        }
        message.droppedEventsCount = span.droppedEvents
        message.links = span.links.map { link in
            var message = OTLPSpan.Link()
            message.traceID = Data(link.traceID)
            message.spanID = Data(link.spanID)
            message.traceState = link.traceState
            message.flags = link.flags
            message.attributes = attributes(link.attributes)
            message.droppedAttributesCount = link.droppedAttributes
            return message
        }
        message.droppedLinksCount = span.droppedLinks
        // Present even when it says nothing: Grafana's viewer fails on a span without a status.
        message.status = OTLPStatus()
        message.status.code =
            OTLPStatus.StatusCode(rawValue: Int(span.statusCode)) ?? .UNRECOGNIZED(Int(span.statusCode))
        message.status.message = span.statusMessage
        return message
    }

    private static func attributes(_ stored: [StoredAttribute]) -> [OTLPKeyValue] {
        StoredReferenceMessages.attributes(stored)
    }
}
