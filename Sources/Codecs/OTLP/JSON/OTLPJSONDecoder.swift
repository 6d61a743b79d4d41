package import OTLPMessages

/// Decodes export requests of OTLP/JSON, tolerant where senders are known to deviate, and counts what it mended.
///
/// The proto3 JSON decoder of SwiftProtobuf does not fit: in OTLP/JSON "the trace_id and span_id byte arrays are
/// represented as case-insensitive hex-encoded strings; they are not base64-encoded" (OTLP specification, "JSON
/// Protobuf Encoding").
///
/// - Keys: lowerCamelCase. The spelling of the proto file counts when the lowerCamelCase key is absent. Unknown keys
///   are skipped, a key with null is as if it were not there, and of duplicates the last one wins.
/// - Enums: integer, integer in a string, or name. An unknown number is kept (proto3 enums are open), an unknown name
///   is an error, as nothing could stand for it.
/// - 64-bit integers: number or string, whole (`1e3` is, `1.5` is not). Doubles: number, numeric string, or `"NaN"`,
///   `"Infinity"`, `"-Infinity"`.
/// - Identifiers: see `OTLPJSONIdentifier`. Their length is judged by the checks of the ingest pipeline, not here.
/// - Throws: `DecodeError` with the path and the offset. The repairs of a refused request are not counted.
package struct OTLPJSONDecoder {
    var reader: JSONReader
    var repairs = RepairCounts()

    /// Messages in lists so far; bounded by `Limits.messagesPerRequest`.
    var messageCount = 0

    package static func decodeTraces(
        _ bytes: [UInt8], repairs: inout RepairCounts
    ) throws(DecodeError) -> OTLPTraceRequest {
        try decode(bytes, repairs: &repairs) { (decoder) throws(DecodeError) in try decoder.readTraceRequest() }
    }

    package static func decodeMetrics(
        _ bytes: [UInt8], repairs: inout RepairCounts
    ) throws(DecodeError) -> OTLPMetricsRequest {
        try decode(bytes, repairs: &repairs) { (decoder) throws(DecodeError) in try decoder.readMetricsRequest() }
    }

    package static func decodeLogs(
        _ bytes: [UInt8], repairs: inout RepairCounts
    ) throws(DecodeError) -> OTLPLogsRequest {
        try decode(bytes, repairs: &repairs) { (decoder) throws(DecodeError) in try decoder.readLogsRequest() }
    }

    private static func decode<Request>(
        _ bytes: [UInt8], repairs: inout RepairCounts,
        _ readRequest: (inout OTLPJSONDecoder) throws(DecodeError) -> Request
    ) throws(DecodeError) -> Request {
        let (request, mended) = try bytes.withUnsafeBufferPointer {
            (buffer) throws(DecodeError) -> (Request, RepairCounts) in
            var decoder = OTLPJSONDecoder(reader: JSONReader(buffer))
            let request = try readRequest(&decoder)
            try decoder.reader.finish()
            decoder.repairs.add(.loneSurrogate, count: decoder.reader.loneSurrogateStrings)
            decoder.repairs.add(.invalidUTF8, count: decoder.reader.invalidUTF8Strings)
            return (request, decoder.repairs)
        }
        repairs.merge(mended)
        return request
    }
}

// MARK: - Objects and lists

extension OTLPJSONDecoder {
    /// Reads an object and calls `read` for each known field that has a value.
    ///
    /// A key in the spelling of the proto file waits until the end of the object, when it is certain that the
    /// lowerCamelCase key is absent. Its value is passed over twice then, which costs the senders that do so.
    mutating func readFields<Field: OTLPJSONField>(
        of _: Field.Type,
        _ read: (inout OTLPJSONDecoder, Field) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var seen: UInt64 = 0
        var waiting: [(match: OTLPJSONFieldTable<Field>.Match, value: JSONReader.Mark)] = []
        var progress = try reader.beginObject()
        while let key = try reader.nextKey(&progress) {
            let match = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in Field.table.match(bytes) }
            guard let match else {
                try reader.skipValue()
                continue
            }
            if match.isProtoName {
                waiting.append((match, reader.mark))
                try reader.skipValue()
                continue
            }
            if try readField(match.field, read) {
                seen |= match.bit
            }
        }

        guard !waiting.isEmpty else { return }
        let end = reader.mark
        for (match, value) in waiting where seen & match.bit == 0 {
            reader.rewind(to: value)
            if try readField(match.field, read) {
                repairs.add(.snakeCaseKey)
            }
        }
        reader.rewind(to: end)
    }

    /// Reads the value of a field; false when it is null.
    private mutating func readField<Field: OTLPJSONField>(
        _ field: Field,
        _ read: (inout OTLPJSONDecoder, Field) throws(DecodeError) -> Void
    ) throws(DecodeError) -> Bool {
        do {
            // proto3 JSON mapping: "null is an accepted value for all field types and treated as the default value of
            // the corresponding field type."
            if try reader.readNull() { return false }
            try read(&self, field)
            return true
        } catch {
            throw error.inside(member: field.rawValue)
        }
    }

    /// Reads a list of messages.
    ///
    /// - Throws: `.tooLarge` beyond `Limits.messagesPerRequest`.
    mutating func readMessages<Message>(
        _ readMessage: (inout OTLPJSONDecoder) throws(DecodeError) -> Message
    ) throws(DecodeError) -> [Message] {
        try readList { (decoder) throws(DecodeError) in
            decoder.messageCount += 1
            guard decoder.messageCount <= Limits.messagesPerRequest else {
                throw DecodeError(
                    code: .tooLarge,
                    message: "request has more than \(Limits.messagesPerRequest) messages in its lists",
                    offset: decoder.reader.position)
            }
            return try readMessage(&decoder)
        }
    }

    /// Reads a list of scalars, or of messages that `readMessages` counts.
    mutating func readList<Element>(
        _ readElement: (inout OTLPJSONDecoder) throws(DecodeError) -> Element
    ) throws(DecodeError) -> [Element] {
        var elements: [Element] = []
        var progress = try reader.beginList()
        while try reader.nextElement(&progress) {
            do {
                elements.append(try readElement(&self))
            } catch {
                throw error.inside(element: elements.count)
            }
        }
        return elements
    }
}
