package import TelemetryModel

/// Stored spans as Zipkin's: exactly as they were sent when they came by Zipkin, else as OpenTelemetry's exporters say
/// them.
package struct ZipkinStoredSpans {
    private let trace: StoredTrace

    package init(_ trace: StoredTrace) {
        self.trace = trace
    }

    package func spans() -> [ZipkinSpan] { trace.spans.map(span) }

    package func span(_ stored: StoredSpan) -> ZipkinSpan {
        var span = ZipkinSpan(traceID: stored.traceID, id: stored.spanID)
        span.parentID = stored.parentSpanID
        span.name = stored.name
        span.kind = Self.kind(stored.kind)
        span.localEndpoint.serviceName = stored.service
        span.timestamp = max(0, stored.startTime.nanoseconds / 1000)
        span.duration = max(0, stored.durationNanoseconds / 1000)
        if let tagCount = Self.tagCount(stored.attributes) {
            readZipkin(stored, tagCount, into: &span)
        } else {
            ZipkinExportedSpan.read(
                stored, trace.resources[stored.resourceID], trace.scopes[stored.scopeID], into: &span)
        }
        return span
    }

    private static func kind(_ kind: Int32) -> ZipkinSpan.Kind? {
        switch kind {
        case 2: .server
        case 3: .client
        case 4: .producer
        case 5: .consumer
        default: nil
        }
    }

    /// How many attributes were tags; nil when the span did not come by Zipkin.
    private static func tagCount(_ attributes: [StoredAttribute]) -> Int? {
        attributes.indices.first { index in
            attributes[index].type == .int && attributes[index].key == ZipkinAttribute.tagCount
                && Int(attributes[index].text) == index
        }
    }

    /// Undoes `ZipkinMessages`.
    private func readZipkin(_ stored: StoredSpan, _ tagCount: Int, into span: inout ZipkinSpan) {
        span.tags = stored.attributes[..<tagCount].map { .init(key: $0.key, value: $0.text) }
        span.annotations = stored.events.map { event in
            ZipkinSpan.Annotation(timestamp: max(0, event.time.nanoseconds / 1000), value: event.name)
        }
        let prefix = ZipkinAttribute.prefix
        for attribute in stored.attributes[(tagCount + 1)...] {
            let text = attribute.text
            switch attribute.key {
            case ZipkinAttribute.localAddress, prefix + ZipkinAttribute.localAddress:
                span.localEndpoint.setAddress(text)
            case ZipkinAttribute.localIPv6: span.localEndpoint.ipv6 = text
            case ZipkinAttribute.localPort, prefix + ZipkinAttribute.localPort:
                span.localEndpoint.port = Int(text) ?? 0
            case ZipkinAttribute.remoteService, prefix + ZipkinAttribute.remoteService:
                span.remoteEndpoint.serviceName = text
            case ZipkinAttribute.remoteAddress, prefix + ZipkinAttribute.remoteAddress:
                span.remoteEndpoint.setAddress(text)
            case ZipkinAttribute.remoteIPv6: span.remoteEndpoint.ipv6 = text
            case ZipkinAttribute.remotePort, prefix + ZipkinAttribute.remotePort:
                span.remoteEndpoint.port = Int(text) ?? 0
            case ZipkinAttribute.noTimestamp: span.timestamp = 0
            case ZipkinAttribute.shared: span.shared = text == "true"
            case ZipkinAttribute.debug: span.debug = text == "true"
            default: span.set(tag: attribute.key, text)
            }
        }
    }
}
