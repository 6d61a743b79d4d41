package import OTLPMessages
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Zipkin's spans as OTLP messages: a resource for each `localEndpoint.serviceName`, a scope for each that the tags name,
/// both in order of first appearance.
///
/// Spec: OpenTelemetry, "OpenTelemetry to Zipkin Transformation", read backwards. Tags stay attributes even where they
/// say the status or the scope, so that nothing of the sender's is lost; `ZipkinAttribute` says how the rest is kept.
package enum ZipkinMessages {
    /// - Parameter receivedTime: when a span starts that tells no time at all.
    package static func request(_ spans: [ZipkinSpan], receivedTime: Timestamp) -> OTLPTraceRequest {
        var places: [Place: (resource: Int, scope: Int)] = [:]
        var resources: [String: Int] = [:]
        // The spans of each scope are collected outside of the messages: reaching into nested ones copies them.
        var groups: [[(scope: OTLPScope, spans: [OTLPSpan])]] = []
        var services: [String] = []
        for span in spans {
            let place = Place(span)
            let position: (resource: Int, scope: Int)
            if let known = places[place] {
                position = known
            } else {
                let resource: Int
                if let known = resources[place.service] {
                    resource = known
                } else {
                    resource = groups.count
                    resources[place.service] = resource
                    groups.append([])
                    services.append(place.service)
                }
                position = (resource, groups[resource].count)
                places[place] = position
                groups[resource].append((place.scope, []))
            }
            groups[position.resource][position.scope].spans.append(message(span, receivedTime: receivedTime))
        }
        var request = OTLPTraceRequest()
        request.resourceSpans = zip(services, groups).map { service, scopes in
            var message = OTLPResourceSpans()
            message.resource = OTLPResource()
            if !service.isEmpty { message.resource.attributes = [.init("service.name", service)] }
            message.scopeSpans = scopes.map { scope, spans in
                var message = OTLPScopeSpans()
                message.scope = scope
                message.spans = spans
                return message
            }
            return message
        }
        return request
    }

    /// What decides on the group of a span.
    private struct Place: Hashable {
        let service: String
        let scopeName: String
        let scopeVersion: String

        init(_ span: ZipkinSpan) {
            service = span.localEndpoint.serviceName
            // The second name is that of old exporters.
            scopeName = span[tag: "otel.scope.name"] ?? span[tag: "otel.library.name"] ?? ""
            scopeVersion = span[tag: "otel.scope.version"] ?? span[tag: "otel.library.version"] ?? ""
        }

        var scope: OTLPScope {
            var scope = OTLPScope()
            scope.name = scopeName
            scope.version = scopeVersion
            return scope
        }
    }

    // MARK: Spans

    private static func message(_ span: ZipkinSpan, receivedTime: Timestamp) -> OTLPSpan {
        var message = OTLPSpan()
        message.traceID = Data(span.traceID.bytes)
        message.spanID = Data(span.id.bytes)
        if !span.parentID.isZero { message.parentSpanID = Data(span.parentID.bytes) }
        message.name = span.name
        message.kind = kind(span)
        let start = startTime(span, receivedTime)
        message.startTimeUnixNano = start
        message.endTimeUnixNano = start &+ UInt64(clamping: span.duration) &* 1000
        message.events = span.annotations.map { annotation in
            var event = OTLPSpan.Event()
            event.timeUnixNano = nanoseconds(annotation.timestamp)
            event.name = annotation.value
            return event
        }
        message.attributes = attributes(span)
        if let status = status(span) { message.status = status }
        return message
    }

    /// What has no kind is an operation inside a service, or incomplete: only the tag of the Collector's exporter tells.
    private static func kind(_ span: ZipkinSpan) -> OTLPSpan.SpanKind {
        switch span.kind {
        case .client: .client
        case .server: .server
        case .producer: .producer
        case .consumer: .consumer
        case nil: span[tag: "span.kind"] == "internal" ? .internal : .unspecified
        }
    }

    /// The reader has checked that times fit.
    private static func nanoseconds(_ microseconds: Int64) -> UInt64 { UInt64(clamping: microseconds) &* 1000 }

    private static func startTime(_ span: ZipkinSpan, _ receivedTime: Timestamp) -> UInt64 {
        if span.timestamp != 0 { return nanoseconds(span.timestamp) }
        if let first = span.annotations.map(\.timestamp).min() { return nanoseconds(first) }
        return UInt64(clamping: receivedTime.nanoseconds)
    }

    /// `error` is a failure whatever its value, which is the message; `false` is none, as OpenTracing's clients mean it.
    /// What OpenTelemetry's exporters say counts first.
    private static func status(_ span: ZipkinSpan) -> OTLPStatus? {
        var status = OTLPStatus()
        let error = span[tag: "error"]
        switch span[tag: "otel.status_code"]?.lowercased() {
        case "ok": status.code = .ok
        case "error":
            status.code = .error
            status.message = span[tag: "otel.status_description"] ?? error ?? ""
        default:
            guard let error, error.lowercased() != "false" else { return nil }
            status.code = .error
            status.message = error
        }
        // Not a sentence, only that it failed.
        if status.message.lowercased() == "true" { status.message = "" }
        return status
    }

    // MARK: Attributes

    private static func attributes(_ span: ZipkinSpan) -> [OTLPKeyValue] {
        var attributes: [OTLPKeyValue] = []
        attributes.reserveCapacity(span.tags.count + 8)
        for tag in span.tags { attributes.append(.init(tag.key, tag.value)) }
        attributes.append(.init(ZipkinAttribute.tagCount, Int64(span.tags.count)))

        func name(_ name: String) -> String { span[tag: name] == nil ? name : ZipkinAttribute.prefix + name }
        func append(address endpoint: ZipkinSpan.Endpoint, _ address: String, _ second: String, _ port: String) {
            if !endpoint.ipv4.isEmpty { attributes.append(.init(name(address), endpoint.ipv4)) }
            if !endpoint.ipv6.isEmpty {
                attributes.append(.init(endpoint.ipv4.isEmpty ? name(address) : second, endpoint.ipv6))
            }
            if endpoint.port != 0 { attributes.append(.init(name(port), Int64(endpoint.port))) }
        }

        append(
            address: span.localEndpoint, ZipkinAttribute.localAddress, ZipkinAttribute.localIPv6,
            ZipkinAttribute.localPort)
        let remote = span.remoteEndpoint
        if !remote.serviceName.isEmpty {
            attributes.append(.init(name(ZipkinAttribute.remoteService), remote.serviceName))
        }
        append(address: remote, ZipkinAttribute.remoteAddress, ZipkinAttribute.remoteIPv6, ZipkinAttribute.remotePort)
        if span.timestamp == 0 { attributes.append(.init(ZipkinAttribute.noTimestamp, true)) }
        if let shared = span.shared { attributes.append(.init(ZipkinAttribute.shared, shared)) }
        if let debug = span.debug { attributes.append(.init(ZipkinAttribute.debug, debug)) }
        return attributes
    }
}

extension OTLPKeyValue {
    fileprivate init(_ key: String, _ text: String) {
        self.init()
        self.key = key
        value.stringValue = text
    }

    fileprivate init(_ key: String, _ number: Int64) {
        self.init()
        self.key = key
        value.intValue = number
    }

    fileprivate init(_ key: String, _ flag: Bool) {
        self.init()
        self.key = key
        value.boolValue = flag
    }
}
