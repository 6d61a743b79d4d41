import TelemetryModel

/// Reads Zipkin's protobuf, a `ListOfSpans`, in place.
///
/// Texts that are not UTF-8 are mended. An address of another length than its family's is left out, as Zipkin does.
///
/// Spec: OpenZipkin, zipkin.proto.
package enum ZipkinProtobufDecoder {
    /// - Throws: `DecodeError` whose path begins with `spans[INDEX]`.
    package static func decode(_ body: [UInt8]) throws(DecodeError) -> [ZipkinSpan] {
        try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            guard !bytes.isEmpty else { throw DecodeError(code: .malformed, message: "the body is empty") }
            var cursor = WireCursor(bytes)
            var reading = Reading()
            var spans: [ZipkinSpan] = []
            while !cursor.isAtEnd {
                let tag = cursor.tag()
                guard tag == 0x0A else {
                    cursor.skip(tag, level: 1)
                    continue
                }
                do throws(DecodeError) {
                    var inner = cursor.message()
                    if cursor.failure == .none { spans.append(try reading.span(&inner)) }
                } catch {
                    throw error.inside(element: spans.count).inside(member: "spans")
                }
            }
            if let error = reading.error(cursor) { throw error.inside(element: spans.count).inside(member: "spans") }
            return spans
        }
    }
}

/// The messages inside a list; counts what takes memory.
private struct Reading {
    private var itemCount = 0

    mutating func span(_ cursor: inout WireCursor) throws(DecodeError) -> ZipkinSpan {
        try count()
        var span = ZipkinSpan(traceID: .zero, id: .zero)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: span.traceID = try traceID(cursor.bytes())
            case 0x12: span.parentID = try spanID(cursor.bytes(), "parent_id")
            case 0x1A: span.id = try spanID(cursor.bytes(), "id")
            case 0x20: span.kind = try kind(cursor.varint())
            case 0x2A: span.name = text(cursor.bytes())
            case 0x31: span.timestamp = try microseconds(cursor.fixed64(), "timestamp")
            case 0x38: span.duration = try microseconds(cursor.varint(), "duration")
            case 0x42: try merge(&cursor, into: &span.localEndpoint, "local_endpoint")
            case 0x4A: try merge(&cursor, into: &span.remoteEndpoint, "remote_endpoint")
            case 0x52:
                var inner = cursor.message()
                guard cursor.failure == .none else { break }
                do throws(DecodeError) {
                    span.annotations.append(try annotation(&inner))
                } catch {
                    throw error.inside(element: span.annotations.count).inside(member: "annotations")
                }
            case 0x5A:
                var inner = cursor.message()
                guard cursor.failure == .none else { break }
                do throws(DecodeError) {
                    span.tags.append(try self.tag(&inner))
                } catch {
                    throw error.inside(element: span.tags.count).inside(member: "tags")
                }
            case 0x60: if cursor.varint() != 0 { span.debug = true }
            case 0x68: if cursor.varint() != 0 { span.shared = true }
            default: cursor.skip(tag, level: 2)
            }
        }
        if let error = error(cursor) { throw error }
        if span.traceID.isZero { throw missing("trace_id") }
        if span.id.isZero { throw missing("id") }
        if span.parentID == span.id { span.parentID = .zero }
        if let message = ZipkinSpanCheck.problem(of: span) { throw malformed(message, "timestamp") }
        span.dropRepeatedTags()
        return span
    }

    /// A message that stands twice is merged. Spec: Protocol Buffers, "Encoding", "Last One Wins".
    private func merge(
        _ outer: inout WireCursor, into endpoint: inout ZipkinSpan.Endpoint, _ field: String
    ) throws(DecodeError) {
        var cursor = outer.message()
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: endpoint.serviceName = text(cursor.bytes())
            case 0x12: endpoint.ipv4 = IPAddressText.version4(cursor.bytes()) ?? endpoint.ipv4
            case 0x1A: endpoint.ipv6 = IPAddressText.version6(cursor.bytes()) ?? endpoint.ipv6
            case 0x20:
                let port = Int32(truncatingIfNeeded: cursor.varint())
                guard port <= 65535 else { throw malformed("a port is at most 65535", "port").inside(member: field) }
                endpoint.port = max(0, Int(port))
            default: cursor.skip(tag, level: 3)
            }
        }
        if let error = error(cursor) { throw error.inside(member: field) }
    }

    private mutating func annotation(_ cursor: inout WireCursor) throws(DecodeError) -> ZipkinSpan.Annotation {
        try count()
        var annotation = ZipkinSpan.Annotation(timestamp: 0, value: "")
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x09: annotation.timestamp = try microseconds(cursor.fixed64(), "timestamp")
            case 0x12: annotation.value = text(cursor.bytes())
            default: cursor.skip(tag, level: 3)
            }
        }
        if let error = error(cursor) { throw error }
        if annotation.timestamp == 0 { throw missing("timestamp") }
        return annotation
    }

    private mutating func tag(_ cursor: inout WireCursor) throws(DecodeError) -> ZipkinSpan.Tag {
        try count()
        var pair = ZipkinSpan.Tag(key: "", value: "")
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: pair.key = text(cursor.bytes())
            case 0x12: pair.value = text(cursor.bytes())
            default: cursor.skip(tag, level: 3)
            }
        }
        if let error = error(cursor) { throw error }
        return pair
    }

    // MARK: Values

    private func traceID(_ bytes: UnsafeBufferPointer<UInt8>) throws(DecodeError) -> TraceID {
        switch bytes.count {
        case 0: return .zero
        case 8: return TraceID(high: 0, low: word(bytes))
        case 16: return TraceID(bytes: bytes) ?? .zero
        default: throw malformed("a trace id has 8 or 16 bytes, not \(bytes.count)", "trace_id")
        }
    }

    private func spanID(_ bytes: UnsafeBufferPointer<UInt8>, _ field: String) throws(DecodeError) -> SpanID {
        guard bytes.isEmpty || bytes.count == 8 else {
            throw malformed("a span id has 8 bytes, not \(bytes.count)", field)
        }
        return SpanID(value: word(bytes))
    }

    private func word(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func kind(_ value: UInt64) throws(DecodeError) -> ZipkinSpan.Kind? {
        switch value {
        case 0: return nil
        case 1: return .client
        case 2: return .server
        case 3: return .producer
        case 4: return .consumer
        default: throw malformed("a kind is 0 to 4", "kind")
        }
    }

    private func microseconds(_ value: UInt64, _ field: String) throws(DecodeError) -> Int64 {
        // Signed in Zipkin's model, where a negative time is absent.
        let value = Int64(bitPattern: value)
        guard value <= ZipkinTime.microsecondsMax else { throw malformed(ZipkinTime.tooLate, field) }
        return max(0, value)
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Errors

    private mutating func count() throws(DecodeError) {
        itemCount += 1
        guard itemCount <= Limits.zipkinItemsPerRequest else {
            throw DecodeError(
                code: .tooLarge,
                message: "more than \(Limits.zipkinItemsPerRequest) spans, annotations and tags in a request")
        }
    }

    private func malformed(_ message: String, _ field: String) -> DecodeError {
        DecodeError(code: .malformed, message: message).inside(member: field)
    }

    private func missing(_ field: String) -> DecodeError {
        malformed("a required field is absent or zero", field)
    }

    func error(_ cursor: WireCursor) -> DecodeError? {
        switch cursor.failure {
        case .none: nil
        case .truncated: DecodeError(code: .malformed, message: "the protobuf message is cut off")
        case .malformed: DecodeError(code: .malformed, message: "the body is not protobuf")
        case .invalidUTF8: DecodeError(code: .malformed, message: "a text is not UTF-8")
        case .tooDeep: DecodeError(code: .tooDeep, message: "the protobuf message is nested too deep")
        case .tooLarge: DecodeError(code: .tooLarge, message: "the protobuf message is too large")
        }
    }
}
