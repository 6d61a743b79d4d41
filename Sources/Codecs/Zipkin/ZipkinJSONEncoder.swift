import TelemetryModel

/// Writes v2 spans as JSON, their members in the order of Zipkin's own writer.
package enum ZipkinJSONEncoder {
    /// A list of spans.
    package static func encode(_ spans: [ZipkinSpan]) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("[")
        for span in spans { write(span, to: &writer) }
        writer.close("]")
        return writer.bytes
    }

    /// An element of a list; the comma before it is written, too.
    package static func write(_ span: ZipkinSpan, to writer: inout JSONWriter) {
        writer.separate()
        writer.open("{")
        writer.key("traceId")
        writer.string(ZipkinIdentifier.text(span.traceID))
        if !span.parentID.isZero {
            writer.key("parentId")
            writer.string(span.parentID.hex)
        }
        writer.key("id")
        writer.string(span.id.hex)
        if let kind = span.kind {
            writer.key("kind")
            writer.string(kind.rawValue)
        }
        if !span.name.isEmpty {
            writer.key("name")
            writer.string(span.name)
        }
        if span.timestamp != 0 {
            writer.key("timestamp")
            writer.integer(span.timestamp)
        }
        if span.duration != 0 {
            writer.key("duration")
            writer.integer(span.duration)
        }
        if !span.localEndpoint.isEmpty {
            writer.key("localEndpoint")
            write(span.localEndpoint, to: &writer)
        }
        if !span.remoteEndpoint.isEmpty {
            writer.key("remoteEndpoint")
            write(span.remoteEndpoint, to: &writer)
        }
        writeLists(span, to: &writer)
        if let debug = span.debug {
            writer.key("debug")
            writer.bool(debug)
        }
        if let shared = span.shared {
            writer.key("shared")
            writer.bool(shared)
        }
        writer.close("}")
    }

    private static func writeLists(_ span: ZipkinSpan, to writer: inout JSONWriter) {
        if !span.annotations.isEmpty {
            writer.key("annotations")
            writer.open("[")
            for annotation in span.annotations {
                writer.separate()
                writer.open("{")
                writer.key("timestamp")
                writer.integer(annotation.timestamp)
                writer.key("value")
                writer.string(annotation.value)
                writer.close("}")
            }
            writer.close("]")
        }
        if !span.tags.isEmpty {
            writer.key("tags")
            writer.open("{")
            for tag in span.tags {
                writer.separate()
                writer.string(tag.key)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.string(tag.value)
            }
            writer.close("}")
        }
    }

    private static func write(_ endpoint: ZipkinSpan.Endpoint, to writer: inout JSONWriter) {
        writer.open("{")
        if !endpoint.serviceName.isEmpty {
            writer.key("serviceName")
            writer.string(endpoint.serviceName)
        }
        if !endpoint.ipv4.isEmpty {
            writer.key("ipv4")
            writer.string(endpoint.ipv4)
        }
        if !endpoint.ipv6.isEmpty {
            writer.key("ipv6")
            writer.string(endpoint.ipv6)
        }
        if endpoint.port != 0 {
            writer.key("port")
            writer.integer(endpoint.port)
        }
        writer.close("}")
    }
}
