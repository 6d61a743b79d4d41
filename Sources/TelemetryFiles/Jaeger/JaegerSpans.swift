package import OTLPMessages
import SwiftProtobuf
package import TraceMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Spans in Jaeger's protobuf model as an OTLP request: what the APIs of Jaeger show of it again is what was sent.
///
/// Spans of one process come together under one resource, those of one library under one scope, in order of first
/// appearance. Nothing is checked: identifiers that are no identifiers are the pipeline's to refuse and to count.
///
/// - Spec: Jaeger, `model.proto`; OpenTelemetry, "Trace transformation to non-OTLP formats", "Jaeger", read backwards.
package struct JaegerSpans {
    private var groups: [OTLPResourceSpans] = []
    private var groupOfProcess: [JaegerProtoProcess: Int] = [:]
    private var scopeOfGroup: [ScopeKey: Int] = [:]

    private struct ScopeKey: Hashable {
        let group: Int
        let scope: OTLPScope
    }

    /// The process of a span is its own, else its batch's.
    package static func request(_ batch: JaegerProtoBatch) -> OTLPTraceRequest {
        var spans = JaegerSpans()
        var groupOfBatch: Int?
        for span in batch.spans {
            if span.hasProcess {
                spans.add(span, to: spans.group(of: span.process))
            } else {
                let group = groupOfBatch ?? spans.group(of: batch.process)
                groupOfBatch = group
                spans.add(span, to: group)
            }
        }
        return spans.request
    }

    package init() {}

    /// What was added.
    package var request: OTLPTraceRequest {
        var request = OTLPTraceRequest()
        request.resourceSpans = groups
        return request
    }

    package mutating func add(_ span: JaegerProtoSpan, process: JaegerProtoProcess?) {
        add(span, to: group(of: process ?? JaegerProtoProcess()))
    }

    private mutating func add(_ span: JaegerProtoSpan, to group: Int) {
        var tags = JaegerSpanTags(span.tags)
        let message = Self.message(span, &tags)
        let key = ScopeKey(group: group, scope: tags.scope)
        let scope = scopeOfGroup[key] ?? groups[group].scopeSpans.count
        if scope == groups[group].scopeSpans.count {
            scopeOfGroup[key] = scope
            var scopeSpans = OTLPScopeSpans()
            scopeSpans.scope = tags.scope
            groups[group].scopeSpans.append(scopeSpans)
        }
        groups[group].scopeSpans[scope].spans.append(message)
    }

    // MARK: Processes

    /// What stands where a resource has no `service.name`: the OpenTelemetry Collector writes the first, Jaeger 2 and
    /// Martlet show the second.
    private static let serviceNamesOfNone = ["OTLPResourceNoServiceName", "missing-service-name"]

    private mutating func group(of process: JaegerProtoProcess) -> Int {
        if let known = groupOfProcess[process] { return known }
        var message = OTLPResourceSpans()
        message.resource = OTLPResource()
        if !process.serviceName.isEmpty, !Self.serviceNamesOfNone.contains(process.serviceName) {
            message.resource.attributes.append(.text("service.name", process.serviceName))
        }
        message.resource.attributes += process.tags.map(OTLPKeyValue.init)
        let group = groups.count
        groupOfProcess[process] = group
        groups.append(message)
        return group
    }

    // MARK: Spans

    private static func message(_ span: JaegerProtoSpan, _ tags: inout JaegerSpanTags) -> OTLPSpan {
        var message = OTLPSpan()
        message.traceID = traceID(span.traceID)
        message.spanID = span.spanID
        message.name = span.operationName
        // Bits above are OTLP's own.
        message.flags = span.flags & 0xFF
        let start = span.startTime.nanosecondsClamped
        message.startTimeUnixNano = start
        message.endTimeUnixNano = span.duration.nanosecondsClamped(after: start)
        message.kind = tags.kind
        message.status = tags.status
        message.traceState = tags.traceState
        message.attributes = tags.attributes
        if !span.warnings.isEmpty { message.attributes.append(.texts(JaegerKeys.warnings, span.warnings)) }
        message.events = span.logs.map(event)
        setReferences(span, of: &message)
        return message
    }

    /// The first CHILD_OF within the trace is the parent; all others are links, which keep their kind as an attribute.
    private static func setReferences(_ span: JaegerProtoSpan, of message: inout OTLPSpan) {
        var hasParent = false
        for reference in span.references {
            let traceID = traceID(reference.traceID)
            if !hasParent, reference.refType == .childOf, traceID == message.traceID {
                message.parentSpanID = reference.spanID
                hasParent = true
                continue
            }
            var link = OTLPSpan.Link()
            link.traceID = traceID
            link.spanID = reference.spanID
            let kind = reference.refType == .childOf ? "child_of" : "follows_from"
            link.attributes = [.text(JaegerKeys.referenceKind, kind)]
            message.links.append(link)
        }
    }

    /// Senders of the time of 64-bit trace ids leave out the upper half.
    private static func traceID(_ bytes: Data) -> Data {
        bytes.count == 8 ? Data(repeating: 0, count: 8) + bytes : bytes
    }

    /// The field `event` is the name; another name for the same, `message`, stays an attribute.
    private static func event(_ log: JaegerProtoLog) -> OTLPSpan.Event {
        var event = OTLPSpan.Event()
        event.timeUnixNano = log.timestamp.nanosecondsClamped
        for field in log.fields {
            if event.name.isEmpty, field.key == "event", field.vType == .string {
                event.name = field.vStr
            } else {
                event.attributes.append(OTLPKeyValue(field))
            }
        }
        return event
    }
}

/// Keys of attributes that hold what OTLP has no field for.
enum JaegerKeys {
    /// Where Jaeger 2, which stores OTLP, keeps the warnings of a span.
    static let warnings = "@jaeger@warnings"
    /// Spec: OpenTelemetry semantic conventions, "OpenTracing compatibility".
    static let referenceKind = "opentracing.ref_type"
}

extension Google_Protobuf_Timestamp {
    /// Since the Unix epoch; the nearest end of what Martlet can say where it does not fit.
    fileprivate var nanosecondsClamped: UInt64 {
        UInt64(clamping: Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(nanos)))
    }
}

extension Google_Protobuf_Duration {
    /// The end of what starts then; a negative duration counts as none.
    fileprivate func nanosecondsClamped(after start: UInt64) -> UInt64 {
        let length = max(0, Int128(seconds) * 1_000_000_000 + Int128(nanos))
        return UInt64(clamping: Int64(clamping: Int128(start) + length))
    }
}
