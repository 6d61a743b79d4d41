import TelemetryModel

/// `{"streams": [{"labels": "{a=\"b\"}", "entries": [{"ts": "<RFC 3339>", "line": "…"}, …]}, …]}`
///
/// - Spec: Loki's HTTP API, `POST /api/prom/push`, deprecated and still served.
enum LokiLegacyJSONDecoder {
    static func decode(
        _ body: UnsafeBufferPointer<UInt8>, _ receivedTime: Timestamp
    ) throws(DecodeError) -> LokiPush {
        var decoder = LokiJSONDecoder.Decoder(body, receivedTime)
        try decoder.streams { (decoder) throws(DecodeError) in try stream(&decoder) }
        return decoder.writer.finish()
    }

    private static func stream(_ decoder: inout LokiJSONDecoder.Decoder) throws(DecodeError) {
        decoder.writer.beginStream()
        var labels: [LokiLabel] = []
        try decoder.members { (decoder, key) throws(DecodeError) in
            switch key {
            case "labels":
                let token = try decoder.reader.readStringToken()
                labels = try decoder.reader.withBytes(of: token) { (text) throws(DecodeError) in
                    try LokiLabelsParser.parse(text)
                }
            case "entries":
                do throws(DecodeError) {
                    try decoder.elements { (decoder) throws(DecodeError) in try entry(&decoder) }
                } catch {
                    throw error.inside(member: "entries")
                }
            default: try decoder.reader.skipValue()
            }
        }
        decoder.writer.endStream(labels)
    }

    private static func entry(_ decoder: inout LokiJSONDecoder.Decoder) throws(DecodeError) {
        var time: Timestamp?
        var line: JSONReader.StringToken?
        try decoder.members { (decoder, key) throws(DecodeError) in
            switch key {
            case "ts":
                let token = try decoder.reader.readStringToken()
                let offset = decoder.reader.position
                time = try decoder.reader.withBytes(of: token) { (text) throws(DecodeError) in
                    guard let time = RFC3339Time.parse(text) else {
                        throw DecodeError(
                            code: .malformed, message: "a timestamp is text as RFC 3339 has it", offset: offset)
                    }
                    return time
                }
            case "line": line = try decoder.reader.readStringToken()
            case "structuredMetadata": try decoder.metadata()
            default: try decoder.reader.skipValue()
            }
        }
        guard let time, let line else {
            throw DecodeError(
                code: .malformed, message: "an entry has ts and line", offset: decoder.reader.position)
        }
        try decoder.reader.withBytes(of: line) { (bytes) throws(DecodeError) in
            decoder.writer.entry(nanoseconds: time.nanoseconds, line: bytes)
        }
    }
}
