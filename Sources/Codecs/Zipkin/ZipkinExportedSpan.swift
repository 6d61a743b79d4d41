import TelemetryModel

/// A span that came by OTLP or Jaeger, as OpenTelemetry's exporter for Zipkin says it.
///
/// - Attributes of the span, and of its resource where the span has none of that name, are tags; arrays and maps are JSON.
/// - Events are annotations; one with attributes is `"name":{"key":"value"}`.
/// - A status of error is the tag `error` with its message, empty when it has none.
///
/// Spec: OpenTelemetry, "OpenTelemetry to Zipkin Transformation"; for links and the trace state, which it leaves open, the
/// Collector's exporter.
enum ZipkinExportedSpan {
    static func read(
        _ stored: StoredSpan, _ resource: StoredResource?, _ scope: StoredScope?, into span: inout ZipkinSpan
    ) {
        // Spec: zipkin2-api.yaml, `Span.duration`: "Durations of less than one are rounded up."
        if span.duration == 0, stored.durationNanoseconds >= 0 { span.duration = 1 }
        span.annotations = stored.events.map { event in
            ZipkinSpan.Annotation(timestamp: max(0, event.time.nanoseconds / 1000), value: value(of: event))
        }
        readTags(stored, resource, scope, into: &span)
        span.localEndpoint = localEndpoint(span)
        span.remoteEndpoint = remoteEndpoint(span)
        // The Collector's receiver of Zipkin says it so.
        if span[tag: ZipkinAttribute.noTimestamp] == "true" {
            span.timestamp = 0
            span.tags.removeAll { $0.key == ZipkinAttribute.noTimestamp }
        }
    }

    // MARK: Tags

    private static func readTags(
        _ stored: StoredSpan, _ resource: StoredResource?, _ scope: StoredScope?, into span: inout ZipkinSpan
    ) {
        var tags: [ZipkinSpan.Tag] = []
        var known: Set<String> = []
        func add(_ key: String, _ value: String) {
            if known.insert(key).inserted { tags.append(.init(key: key, value: value)) }
        }

        switch stored.statusCode {
        case 1: add("otel.status_code", "OK")
        case 2:
            add("otel.status_code", "ERROR")
            // An attribute of the span may be more than an empty message.
            if !stored.statusMessage.isEmpty { add("error", stored.statusMessage) }
        default: break
        }
        for attribute in stored.attributes { add(attribute.key, attribute.text) }
        if stored.statusCode == 2 { add("error", "") }
        if let scope {
            if !scope.name.isEmpty { add("otel.scope.name", scope.name) }
            if !scope.version.isEmpty { add("otel.scope.version", scope.version) }
        }
        if !stored.traceState.isEmpty { add("w3c.tracestate", stored.traceState) }
        for (index, link) in stored.links.enumerated() { add("otlp.link.\(index)", text(of: link)) }
        for (key, count) in [
            ("otel.dropped_attributes_count", stored.droppedAttributes),
            ("otel.dropped_events_count", stored.droppedEvents), ("otel.dropped_links_count", stored.droppedLinks),
        ] where count > 0 {
            add(key, "\(count)")
        }
        for attribute in resource?.attributes ?? [] where attribute.key != "service.name" {
            add(attribute.key, attribute.text)
        }
        span.tags = tags
    }

    /// Trace, span, state, attributes and their dropped count, as the Collector writes it.
    private static func text(of link: StoredSpan.Link) -> String {
        let attributes = String(decoding: json(link.attributes), as: UTF8.self)
        return [
            Hex.encode(link.traceID), Hex.encode(link.spanID), link.traceState, attributes, "\(link.droppedAttributes)",
        ].joined(separator: "|")
    }

    // MARK: Annotations

    private static func value(of event: StoredSpan.Event) -> String {
        guard !event.attributes.isEmpty else { return event.name }
        var writer = JSONWriter()
        writer.string(event.name)
        return String(decoding: writer.bytes + Array(":".utf8) + json(event.attributes), as: UTF8.self)
    }

    /// Nested values are JSON already.
    private static func json(_ attributes: [StoredAttribute]) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        for attribute in attributes {
            writer.separate()
            writer.string(attribute.key)
            writer.bytes.append(UInt8(ascii: ":"))
            switch attribute.type {
            case .int, .bool, .array, .map, .nested: writer.bytes.append(contentsOf: attribute.text.utf8)
            case .double where Double(attribute.text)?.isFinite == true:
                writer.bytes.append(contentsOf: attribute.text.utf8)
            case .string, .double, .bytes: writer.string(attribute.text)
            case .empty: writer.bytes.append(contentsOf: "null".utf8)
            }
        }
        writer.close("}")
        return writer.bytes
    }

    // MARK: Endpoints

    private static func localEndpoint(_ span: ZipkinSpan) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint(serviceName: span.localEndpoint.serviceName)
        setAddress(
            of: &endpoint, span,
            addresses: [ZipkinAttribute.localAddress, "network.local.address", "net.sock.host.addr"],
            ports: [ZipkinAttribute.localPort, "network.local.port", "net.sock.host.port"])
        return endpoint
    }

    /// The name is that of the called side: a server does not know its client's.
    private static func remoteEndpoint(_ span: ZipkinSpan) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint()
        let names = span.kind == .client || span.kind == .producer ? ZipkinAttribute.remoteNames : ["peer.service"]
        for name in names {
            guard let text = span[tag: name], !text.isEmpty else { continue }
            endpoint.serviceName = text
            break
        }
        setAddress(
            of: &endpoint, span,
            addresses: [
                ZipkinAttribute.remoteAddress, "network.peer.address", "server.socket.address", "net.sock.peer.addr",
            ],
            ports: [ZipkinAttribute.remotePort, "network.peer.port", "server.socket.port", "net.sock.peer.port"])
        return endpoint
    }

    private static func setAddress(
        of endpoint: inout ZipkinSpan.Endpoint, _ span: ZipkinSpan, addresses: [String], ports: [String]
    ) {
        for (address, port) in zip(addresses, ports) {
            guard let text = span[tag: address], IPAddressText.isAddress(text) else { continue }
            endpoint.setAddress(text)
            if let port = span[tag: port].flatMap({ Int($0) }), (1...65535).contains(port) { endpoint.port = port }
            return
        }
    }
}
