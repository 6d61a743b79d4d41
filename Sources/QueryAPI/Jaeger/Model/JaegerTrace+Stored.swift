import Codecs
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JaegerTrace {
    /// A stored trace in Jaeger's terms. Nothing is left out or merged: two spans with one id stay two.
    ///
    /// - Spec: OpenTelemetry, "Trace transformation to non-OTLP formats", "Jaeger"; Jaeger, its OTLP translator.
    package init(_ trace: StoredTrace) {
        self.init(id: trace.spans.first?.traceID ?? .zero, spans: [], processes: [])
        var mapping = Mapping(trace)
        spans.reserveCapacity(trace.spans.count)
        for span in trace.spans { spans.append(mapping.span(span)) }
        processes = mapping.processes
    }
}

/// The mapping of one trace; resources and scopes are mapped once.
private struct Mapping {
    let trace: StoredTrace
    private(set) var processes: [JaegerProcess] = []
    private var indexOfProcess: [JaegerProcess: Int] = [:]
    private var indexOfResource: [ResourceKey: Int] = [:]
    private var tagsOfScope: [UInt64: [JaegerTag]] = [:]

    private struct ResourceKey: Hashable {
        let id: UInt64
        let service: String
    }

    init(_ trace: StoredTrace) {
        self.trace = trace
    }

    mutating func span(_ span: StoredSpan) -> JaegerSpan {
        JaegerSpan(
            traceID: span.traceID, spanID: span.spanID,
            // The bits above are OTLP's own (whether the parent is remote) and would read as something else in Jaeger.
            flags: span.flags & 0xFF,
            operationName: span.name, references: Self.references(span),
            startNanoseconds: span.startTime.nanoseconds, durationNanoseconds: span.durationNanoseconds,
            tags: tags(span), logs: span.events.map(Self.log), process: process(span))
    }

    // MARK: Processes

    private mutating func process(_ span: StoredSpan) -> Int {
        let key = ResourceKey(id: span.resourceID, service: span.service)
        if let known = indexOfResource[key] { return known }
        let attributes = trace.resources[span.resourceID]?.attributes ?? []
        let process = JaegerProcess(
            serviceName: JaegerService.shown(span.service),
            tags: attributes.lazy.filter { $0.key != "service.name" }.map(JaegerTag.init))
        let index = indexOfProcess[process] ?? processes.count
        if index == processes.count {
            processes.append(process)
            indexOfProcess[process] = index
        }
        indexOfResource[key] = index
        return index
    }

    // MARK: Tags

    private mutating func tags(_ span: StoredSpan) -> [JaegerTag] {
        var tags = scopeTags(span.scopeID)
        for attribute in span.attributes { tags.append(JaegerTag(attribute)) }
        if let kind = JaegerSpanKind(rawValue: span.kind) { tags.append(JaegerTag("span.kind", .string(kind.name))) }
        switch span.statusCode {
        case 1: tags.append(JaegerTag("otel.status_code", .string("OK")))
        case 2:
            tags.append(JaegerTag("otel.status_code", .string("ERROR")))
            // A sender's own `error` (perhaps the text of what went wrong) is kept beside this one.
            tags.append(JaegerTag("error", .bool(true)))
        default: break
        }
        if !span.statusMessage.isEmpty {
            tags.append(JaegerTag("otel.status_description", .string(span.statusMessage)))
        }
        if !span.traceState.isEmpty { tags.append(JaegerTag("w3c.tracestate", .string(span.traceState))) }
        return tags
    }

    private mutating func scopeTags(_ id: UInt64) -> [JaegerTag] {
        if let known = tagsOfScope[id] { return known }
        var tags: [JaegerTag] = []
        if let scope = trace.scopes[id] {
            if !scope.name.isEmpty { tags.append(JaegerTag("otel.scope.name", .string(scope.name))) }
            if !scope.version.isEmpty { tags.append(JaegerTag("otel.scope.version", .string(scope.version))) }
            for attribute in scope.attributes {
                var tag = JaegerTag(attribute)
                tag.key = "otel.scope." + tag.key
                tags.append(tag)
            }
        }
        tagsOfScope[id] = tags
        return tags
    }

    // MARK: Events and links

    private static func log(_ event: StoredSpan.Event) -> JaegerLog {
        var fields: [JaegerTag] = []
        fields.reserveCapacity(event.attributes.count + 1)
        // Spans that came in Jaeger's own form have the name as an attribute too: one field is enough then.
        let isRepeated = event.attributes.contains { $0.key == "event" && $0.text == event.name }
        if !event.name.isEmpty, !isRepeated { fields.append(JaegerTag("event", .string(event.name))) }
        for attribute in event.attributes { fields.append(JaegerTag(attribute)) }
        return JaegerLog(nanoseconds: event.time.nanoseconds, fields: fields)
    }

    /// The parent, then the links: FOLLOWS_FROM unless the sender says by `opentracing.ref_type` that it was a parent.
    private static func references(_ span: StoredSpan) -> [JaegerReference] {
        var references: [JaegerReference] = []
        if !span.parentSpanID.isZero {
            references.append(JaegerReference(kind: .childOf, traceID: span.traceID, spanID: span.parentSpanID))
        }
        for link in span.links {
            guard let traceID = TraceID(bytes: link.traceID), let spanID = SpanID(bytes: link.spanID) else { continue }
            let isParent = link.attributes.contains { $0.key == "opentracing.ref_type" && $0.text == "child_of" }
            references.append(
                JaegerReference(kind: isParent ? .childOf : .followsFrom, traceID: traceID, spanID: spanID))
        }
        return references
    }
}

extension JaegerTag {
    /// Lists and maps, which Jaeger has not, are shown as their JSON; a value with nothing in it as an empty text.
    package init(_ attribute: StoredAttribute) {
        let value: Value
        switch attribute.type {
        case .int: value = Int64(attribute.text).map(Value.int64) ?? .string(attribute.text)
        case .double: value = Double(attribute.text).map(Value.float64) ?? .string(attribute.text)
        case .bool: value = .bool(attribute.text == "true")
        case .bytes:
            var text = attribute.text
            let bytes = text.withUTF8 { Base64.decode($0) }
            value = bytes.map { .binary(Array($0)) } ?? .string(attribute.text)
        case .string, .array, .map, .empty, .nested: value = .string(attribute.text)
        }
        self.init(attribute.key, value)
    }
}
