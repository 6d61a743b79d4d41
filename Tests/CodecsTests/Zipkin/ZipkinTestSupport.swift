import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// What the store makes of a request, without a store: ids of resources and scopes are numbers in order.
enum StoredForm {
    static func trace(_ request: OTLPTraceRequest) -> StoredTrace {
        var trace = StoredTrace(spans: [], resources: [:], scopes: [:])
        for resource in request.resourceSpans {
            let resourceID = UInt64(trace.resources.count + 1)
            let attributes = attributes(resource.resource.attributes)
            trace.resources[resourceID] = StoredResource(
                attributes: attributes, droppedAttributes: 0, schemaURL: "", entityRefs: "")
            for scope in resource.scopeSpans {
                let scopeID = UInt64(trace.scopes.count + 1)
                trace.scopes[scopeID] = StoredScope(
                    name: scope.scope.name, version: scope.scope.version, attributes: [], droppedAttributes: 0,
                    schemaURL: "")
                for span in scope.spans {
                    var stored = Self.span(span)
                    stored.service = attributes.first { $0.key == "service.name" }?.text ?? ""
                    (stored.resourceID, stored.scopeID) = (resourceID, scopeID)
                    trace.spans.append(stored)
                }
            }
        }
        return trace
    }

    private static func span(_ span: OTLPSpan) -> StoredSpan {
        var stored = StoredSpan()
        stored.traceID = TraceID(bytes: span.traceID) ?? .zero
        stored.spanID = SpanID(bytes: span.spanID) ?? .zero
        stored.parentSpanID = SpanID(bytes: span.parentSpanID) ?? .zero
        stored.name = span.name
        stored.kind = Int32(span.kind.rawValue)
        stored.startTime = Timestamp(nanoseconds: Int64(clamping: span.startTimeUnixNano))
        stored.durationNanoseconds =
            Int64(clamping: span.endTimeUnixNano) &- Int64(clamping: span.startTimeUnixNano)
        stored.statusCode = Int32(span.status.code.rawValue)
        stored.statusMessage = span.status.message
        stored.attributes = attributes(span.attributes)
        stored.events = span.events.map { event in
            StoredSpan.Event(
                time: Timestamp(nanoseconds: Int64(clamping: event.timeUnixNano)), name: event.name,
                attributes: attributes(event.attributes), droppedAttributes: 0)
        }
        return stored
    }

    private static func attributes(_ attributes: [OTLPKeyValue]) -> [StoredAttribute] {
        attributes.map { attribute in
            let value = AttributeText(attribute.value)
            return StoredAttribute(key: attribute.key, text: value.text, type: value.type)
        }
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

/// A span with ids, and what the text adds to it.
func zipkinSpan(_ members: String = "") -> String {
    "{\"traceId\":\"5af7183fb1d4cf5f\",\"id\":\"352bff9a74ca9ad2\"\(members.isEmpty ? "" : "," + members)}"
}

func zipkinList(_ members: String) -> [UInt8] { "[\(zipkinSpan(members))]".bytes }
