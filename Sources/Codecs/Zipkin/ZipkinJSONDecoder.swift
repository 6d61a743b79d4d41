import TelemetryModel

/// Reads Zipkin's JSON: lists of v2 spans, and of v1 spans (`ZipkinVersion1`).
///
/// What is refused is what Zipkin's own server refuses: nothing of a list is used when one span of it is malformed. A
/// null stands for an absent optional field, unknown fields are skipped, and numbers may be written as strings.
///
/// Spec: OpenZipkin, zipkin2-api.yaml.
package struct ZipkinJSONDecoder {
    var reader: JSONReader
    private var itemCount = 0
    /// The document, for numbers whose text is wanted.
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        reader = JSONReader(bytes)
    }

    /// The spans of a `POST /api/v2/spans`.
    ///
    /// - Throws: `DecodeError` whose path begins with `spans[INDEX]` and names the field.
    package static func decode(_ body: [UInt8]) throws(DecodeError) -> [ZipkinSpan] {
        try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            var decoder = ZipkinJSONDecoder(bytes)
            return try decoder.list { (decoder) throws(DecodeError) in try decoder.span() }
        }
    }

    /// A whole document that is a list.
    mutating func list<Element>(
        _ element: (inout ZipkinJSONDecoder) throws(DecodeError) -> Element
    ) throws(DecodeError) -> [Element] {
        var elements: [Element] = []
        guard !bytes.isEmpty else { throw DecodeError(code: .malformed, message: "the body is empty") }
        var progress = try reader.beginList()
        while try reader.nextElement(&progress) {
            do throws(DecodeError) {
                elements.append(try element(&self))
            } catch {
                throw error.inside(element: elements.count).inside(member: "spans")
            }
        }
        try reader.finish()
        return elements
    }

    // MARK: Spans

    private mutating func span() throws(DecodeError) -> ZipkinSpan {
        try count()
        let start = reader.position
        var span = ZipkinSpan(traceID: .zero, id: .zero)
        try object { (decoder, key) throws(DecodeError) in
            switch key {
            case "traceId": span.traceID = try decoder.traceID()
            case "id": span.id = try decoder.spanID()
            case _ where try decoder.reader.readNull(): break
            case "parentId": span.parentID = try decoder.spanID()
            case "kind": span.kind = try decoder.kind()
            case "name": span.name = try decoder.text()
            case "timestamp": span.timestamp = try decoder.microseconds()
            case "duration": span.duration = try decoder.microseconds()
            case "localEndpoint": span.localEndpoint = try decoder.endpoint()
            case "remoteEndpoint": span.remoteEndpoint = try decoder.endpoint()
            case "annotations": span.annotations = try decoder.annotations()
            case "tags": try decoder.tags(into: &span)
            case "debug": span.debug = try decoder.reader.readBool()
            case "shared": span.shared = try decoder.reader.readBool()
            case "binaryAnnotations":
                throw decoder.malformed("this is a Zipkin v1 span, which is sent to /api/v1/spans")
            default: try decoder.reader.skipValue()
            }
        }
        if span.traceID.isZero { throw missing("traceId", at: start) }
        if span.id.isZero { throw missing("id", at: start) }
        // As in Zipkin's server: a span is not its own parent.
        if span.parentID == span.id { span.parentID = .zero }
        if let message = ZipkinSpanCheck.problem(of: span) {
            throw DecodeError(code: .malformed, message: message, offset: start).inside(member: "timestamp")
        }
        return span
    }

    private mutating func kind() throws(DecodeError) -> ZipkinSpan.Kind {
        let text = try reader.readString()
        guard let kind = ZipkinSpan.Kind(rawValue: text) else {
            throw malformed("expected CLIENT, SERVER, PRODUCER or CONSUMER")
        }
        return kind
    }

    mutating func endpoint() throws(DecodeError) -> ZipkinSpan.Endpoint {
        var endpoint = ZipkinSpan.Endpoint()
        try object { (decoder, key) throws(DecodeError) in
            switch key {
            case _ where try decoder.reader.readNull(): break
            case "serviceName": endpoint.serviceName = try decoder.text()
            case "ipv4", "ipv6": endpoint.setAddress(try decoder.text())
            case "port": endpoint.port = try decoder.port()
            default: try decoder.reader.skipValue()
            }
        }
        return endpoint
    }

    private mutating func annotations() throws(DecodeError) -> [ZipkinSpan.Annotation] {
        try items { (decoder) throws(DecodeError) in
            let start = decoder.reader.position
            var annotation = ZipkinSpan.Annotation(timestamp: 0, value: "")
            var hasValue = false
            try decoder.object { (decoder, key) throws(DecodeError) in
                switch key {
                case "timestamp": annotation.timestamp = try decoder.microseconds()
                case "value":
                    annotation.value = try decoder.text()
                    hasValue = true
                case "endpoint":
                    throw decoder.malformed("this is a Zipkin v1 annotation, which is sent to /api/v1/spans")
                default: try decoder.reader.skipValue()
                }
            }
            if annotation.timestamp == 0 { throw decoder.missing("timestamp", at: start) }
            if !hasValue { throw decoder.missing("value", at: start) }
            return annotation
        }
    }

    private mutating func tags(into span: inout ZipkinSpan) throws(DecodeError) {
        var tags: [ZipkinSpan.Tag] = []
        try object { (decoder, key) throws(DecodeError) in
            try decoder.count()
            tags.append(.init(key: key, value: try decoder.text()))
        }
        span.tags = tags
        span.dropRepeatedTags()
    }
}

// MARK: - Pieces

extension ZipkinJSONDecoder {
    /// Reads an object; the function reads the value of each key. An error is seen from that key.
    mutating func object(
        _ member: (inout ZipkinJSONDecoder, String) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var members = try reader.beginObject()
        while let token = try reader.nextKey(&members) {
            // A key that is not UTF-8 is mended, like any other text.
            let key = try reader.withBytes(of: token) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            do throws(DecodeError) {
                try member(&self, key)
            } catch {
                throw error.inside(member: key.count > Self.keyCharactersShownMax ? "..." : key)
            }
        }
    }

    /// Keys of tags are the sender's own and may be long.
    private static let keyCharactersShownMax = 60

    /// Reads a list of objects inside a span.
    mutating func items<Element>(
        _ element: (inout ZipkinJSONDecoder) throws(DecodeError) -> Element
    ) throws(DecodeError) -> [Element] {
        var elements: [Element] = []
        var progress = try reader.beginList()
        while try reader.nextElement(&progress) {
            try count()
            do throws(DecodeError) {
                elements.append(try element(&self))
            } catch {
                throw error.inside(element: elements.count)
            }
        }
        return elements
    }

    /// A text; a number stands for its digits, as in Zipkin's reader.
    mutating func text() throws(DecodeError) -> String {
        if try reader.nextKind() == .number {
            let start = reader.position
            _ = try reader.readNumber()
            return String(decoding: bytes[start..<reader.position], as: UTF8.self)
        }
        return try reader.readString()
    }

    mutating func traceID() throws(DecodeError) -> TraceID {
        let token = try reader.readStringToken()
        return try reader.withBytes(of: token) { (text) throws(DecodeError) in
            do throws(ZipkinIdentifier.Failure) {
                return try ZipkinIdentifier.traceID(utf8: text)
            } catch {
                throw malformed(error.message)
            }
        }
    }

    /// - Returns: zero for a text of zeros, which is no id.
    mutating func spanID() throws(DecodeError) -> SpanID {
        let token = try reader.readStringToken()
        return try reader.withBytes(of: token) { (text) throws(DecodeError) in
            do throws(ZipkinIdentifier.Failure) {
                return try ZipkinIdentifier.spanID(utf8: text)
            } catch {
                throw malformed(error.message)
            }
        }
    }

    /// Microseconds, up to what can be stored; 0, which is absent, for what is negative.
    mutating func microseconds() throws(DecodeError) -> Int64 {
        let value = try integer()
        guard value <= ZipkinTime.microsecondsMax else { throw malformed(ZipkinTime.tooLate) }
        return max(0, value)
    }

    private mutating func port() throws(DecodeError) -> Int {
        let value = try integer()
        guard value <= 65535 else { throw malformed("a port is at most 65535") }
        return max(0, Int(value))
    }

    /// A whole number, saturated; it may be written as a string.
    private mutating func integer() throws(DecodeError) -> Int64 {
        if try reader.nextKind() == .string {
            guard let value = Int64(try reader.readString()) else { throw malformed("expected a whole number") }
            return value
        }
        switch try reader.readNumber().integer {
        case .value(let magnitude, let isNegative):
            return isNegative ? (magnitude == 0 ? 0 : -1) : Int64(clamping: magnitude)
        case .fraction: throw malformed("expected a whole number")
        case .tooLarge: return Int64.max
        }
    }

    /// Counts what takes memory by itself.
    mutating func count() throws(DecodeError) {
        itemCount += 1
        guard itemCount <= Limits.zipkinItemsPerRequest else {
            throw DecodeError(
                code: .tooLarge,
                message: "more than \(Limits.zipkinItemsPerRequest) spans, annotations and tags in a request")
        }
    }

    func malformed(_ message: String) -> DecodeError {
        DecodeError(code: .malformed, message: message, offset: reader.position)
    }

    /// What has to be there is absent, or zero.
    func missing(_ field: String, at offset: Int) -> DecodeError {
        DecodeError(code: .malformed, message: "a required field is absent or zero", offset: offset)
            .inside(member: field)
    }
}

/// What is wrong with a span as a whole.
enum ZipkinSpanCheck {
    static func problem(of span: ZipkinSpan) -> String? {
        let (end, overflow) = span.timestamp.addingReportingOverflow(span.duration)
        return overflow || end > ZipkinTime.microsecondsMax ? ZipkinTime.tooLate : nil
    }
}
