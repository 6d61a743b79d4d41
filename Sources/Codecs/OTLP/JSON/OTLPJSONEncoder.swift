package import OTLPMessages

/// Encodes export requests as OTLP/JSON in one canonical form, that of the Collector's file exporter.
///
/// - Keys: lowerCamelCase, in the order of the proto files. Fields at their default are left out, except that every
///   span has a `status`, as the Collector writes it.
/// - Presence: members of a oneof and optional fields are written whenever they are set: `"asInt":"0"`,
///   `"resource":{}`.
/// - Identifiers are lower-case hex, 64-bit integers strings, enums integers, bytes base64.
/// - Left out: protobuf fields that the messages do not know.
package struct OTLPJSONEncoder {
    var writer: JSONWriter

    package static func encode(_ request: OTLPTraceRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(request, into: &bytes)
        return bytes
    }

    package static func encode(_ request: OTLPMetricsRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(request, into: &bytes)
        return bytes
    }

    package static func encode(_ request: OTLPLogsRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(request, into: &bytes)
        return bytes
    }

    /// Appends the request to `bytes`; so do the functions below.
    package static func encode(_ request: OTLPTraceRequest, into bytes: inout [UInt8]) {
        append(to: &bytes) { encoder in
            encoder.object { $0.list("resourceSpans", request.resourceSpans) { $0.write($1) } }
        }
    }

    package static func encode(_ request: OTLPMetricsRequest, into bytes: inout [UInt8]) {
        append(to: &bytes) { encoder in
            encoder.object { $0.list("resourceMetrics", request.resourceMetrics) { $0.write($1) } }
        }
    }

    package static func encode(_ request: OTLPLogsRequest, into bytes: inout [UInt8]) {
        append(to: &bytes) { encoder in
            encoder.object { $0.list("resourceLogs", request.resourceLogs) { $0.write($1) } }
        }
    }

    /// Appends the list alone, for answers that have it under a key of their own, such as Tempo's `batches`.
    package static func encode(resourceSpans: [OTLPResourceSpans], into bytes: inout [UInt8]) {
        append(to: &bytes) { $0.elements(resourceSpans) { $0.write($1) } }
    }

    package static func encode(resourceMetrics: [OTLPResourceMetrics], into bytes: inout [UInt8]) {
        append(to: &bytes) { $0.elements(resourceMetrics) { $0.write($1) } }
    }

    package static func encode(resourceLogs: [OTLPResourceLogs], into bytes: inout [UInt8]) {
        append(to: &bytes) { $0.elements(resourceLogs) { $0.write($1) } }
    }

    private static func append(to bytes: inout [UInt8], _ write: (inout OTLPJSONEncoder) -> Void) {
        // The array moves into the writer and back, as a second reference would have it copied at the first byte.
        var encoder = OTLPJSONEncoder(writer: JSONWriter())
        swap(&encoder.writer.bytes, &bytes)
        write(&encoder)
        swap(&encoder.writer.bytes, &bytes)
    }
}
