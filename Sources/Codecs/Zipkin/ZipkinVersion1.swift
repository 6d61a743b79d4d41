import TelemetryModel

/// Zipkin's first format: a span whose kind, sides and addresses are told by annotations with known values. One such span
/// can hold what the client and the server said of a call; it becomes a v2 span for each.
///
/// Spec: OpenZipkin, zipkin-api.yaml (v1); the rules of reading are those of Zipkin's server.
package enum ZipkinVersion1 {
    /// The spans of a `POST /api/v1/spans` in JSON.
    ///
    /// - Throws: `DecodeError` whose path begins with `spans[INDEX]` and names the field.
    package static func decode(_ body: [UInt8]) throws(DecodeError) -> [ZipkinSpan] {
        try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            var decoder = ZipkinJSONDecoder(bytes)
            let spans = try decoder.list { (decoder) throws(DecodeError) in
                let start = decoder.reader.position
                let parts = ZipkinVersion1Converter(try decoder.version1Span()).spans()
                for part in parts {
                    if let message = ZipkinSpanCheck.problem(of: part) {
                        throw DecodeError(code: .malformed, message: message, offset: start)
                            .inside(member: "timestamp")
                    }
                }
                return parts
            }
            return spans.flatMap(\.self)
        }
    }

    struct Span {
        var traceID = TraceID.zero
        var parentID = SpanID.zero
        var id = SpanID.zero
        var name = ""
        var timestamp: Int64 = 0
        var duration: Int64 = 0
        var annotations: [Annotation] = []
        var binaryAnnotations: [BinaryAnnotation] = []
        var debug: Bool?
    }

    struct Annotation {
        var timestamp: Int64 = 0
        var value = ""
        /// Nil when it is absent or says nothing.
        var endpoint: ZipkinSpan.Endpoint?
    }

    /// A tag, or with a value of true the address of a side.
    struct BinaryAnnotation {
        enum Value {
            case text(String)
            case bool(Bool)
        }

        var key = ""
        var value: Value?
        var endpoint: ZipkinSpan.Endpoint?
    }
}

extension ZipkinJSONDecoder {
    fileprivate mutating func version1Span() throws(DecodeError) -> ZipkinVersion1.Span {
        try count()
        let start = reader.position
        var span = ZipkinVersion1.Span()
        try object { (decoder, key) throws(DecodeError) in
            switch key {
            case "traceId": span.traceID = try decoder.traceID()
            case "id": span.id = try decoder.spanID()
            case _ where try decoder.reader.readNull(): break
            case "parentId": span.parentID = try decoder.spanID()
            case "name": span.name = try decoder.text()
            case "timestamp": span.timestamp = try decoder.microseconds()
            case "duration": span.duration = try decoder.microseconds()
            case "annotations": span.annotations = try decoder.version1Annotations()
            case "binaryAnnotations": span.binaryAnnotations = try decoder.binaryAnnotations()
            case "debug": span.debug = try decoder.reader.readBool()
            case "localEndpoint", "remoteEndpoint", "tags", "kind", "shared":
                throw decoder.malformed("this is a Zipkin v2 span, which is sent to /api/v2/spans")
            default: try decoder.reader.skipValue()
            }
        }
        if span.traceID.isZero { throw missing("traceId", at: start) }
        if span.id.isZero { throw missing("id", at: start) }
        if span.parentID == span.id { span.parentID = .zero }
        return span
    }

    private mutating func version1Annotations() throws(DecodeError) -> [ZipkinVersion1.Annotation] {
        try items { (decoder) throws(DecodeError) in
            let start = decoder.reader.position
            var annotation = ZipkinVersion1.Annotation()
            var hasValue = false
            try decoder.object { (decoder, key) throws(DecodeError) in
                switch key {
                case "timestamp": annotation.timestamp = try decoder.microseconds()
                case "value":
                    annotation.value = try decoder.text()
                    hasValue = true
                case "endpoint": annotation.endpoint = try decoder.optionalEndpoint()
                default: try decoder.reader.skipValue()
                }
            }
            if annotation.timestamp == 0 { throw decoder.missing("timestamp", at: start) }
            if !hasValue { throw decoder.missing("value", at: start) }
            return annotation
        }
    }

    private mutating func binaryAnnotations() throws(DecodeError) -> [ZipkinVersion1.BinaryAnnotation] {
        try items { (decoder) throws(DecodeError) in
            let start = decoder.reader.position
            var annotation = ZipkinVersion1.BinaryAnnotation()
            var hasKey = false
            try decoder.object { (decoder, key) throws(DecodeError) in
                switch key {
                case "key":
                    annotation.key = try decoder.text()
                    hasKey = true
                case "value":
                    annotation.value =
                        try decoder.reader.nextKind() == .boolean
                        ? .bool(try decoder.reader.readBool()) : .text(try decoder.text())
                case "endpoint": annotation.endpoint = try decoder.optionalEndpoint()
                default: try decoder.reader.skipValue()
                }
            }
            if !hasKey { throw decoder.missing("key", at: start) }
            if annotation.value == nil { throw decoder.missing("value", at: start) }
            return annotation
        }
    }

    private mutating func optionalEndpoint() throws(DecodeError) -> ZipkinSpan.Endpoint? {
        if try reader.readNull() { return nil }
        let endpoint = try endpoint()
        return endpoint.isEmpty ? nil : endpoint
    }
}
