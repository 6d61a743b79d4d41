import TelemetryModel

/// `logproto.PushRequest`, unpacked.
///
/// - Spec: Loki, pkg/push/push.proto. Strings that are not UTF-8 are mended, since Go's reader does not refuse them.
enum LokiProtobufDecoder {
    static func decode(
        _ body: UnsafeBufferPointer<UInt8>, _ receivedTime: Timestamp
    ) throws(DecodeError) -> LokiPush {
        var writer = LokiPushWriter(receivedTime: receivedTime)
        var cursor = WireCursor(body)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: 1)
                continue
            }
            var stream = cursor.message()
            try readStream(&stream, &writer)
            cursor.absorb(stream)
        }
        guard cursor.failure == .none else { throw malformed }
        return writer.finish()
    }

    private static var malformed: DecodeError {
        DecodeError(code: .malformed, message: "the body is no logproto.PushRequest")
    }

    private static func readStream(
        _ cursor: inout WireCursor, _ writer: inout LokiPushWriter
    ) throws(DecodeError) {
        writer.beginStream()
        var labels = WireCursor.noBytes
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: labels = cursor.bytes()
            case 0x12:
                var entry = cursor.message()
                try readEntry(&entry, &writer)
                cursor.absorb(entry)
            default: cursor.skip(tag, level: 2)
            }
        }
        guard cursor.failure == .none else { throw malformed }
        writer.endStream(try LokiLabelsParser.parse(labels))
    }

    private static func readEntry(
        _ cursor: inout WireCursor, _ writer: inout LokiPushWriter
    ) throws(DecodeError) {
        var (seconds, nanoseconds): (Int64, Int32) = (0, 0)
        var line = WireCursor.noBytes
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A:
                var time = cursor.message()
                (seconds, nanoseconds) = (0, 0)
                while !time.isAtEnd {
                    let tag = time.tag()
                    switch tag {
                    case 0x08: seconds = Int64(bitPattern: time.varint())
                    case 0x10: nanoseconds = Int32(truncatingIfNeeded: time.varint())
                    default: time.skip(tag, level: 4)
                    }
                }
                cursor.absorb(time)
            case 0x12: line = cursor.bytes()
            case 0x1A:
                var pair = cursor.message()
                var (name, value) = (WireCursor.noBytes, WireCursor.noBytes)
                while !pair.isAtEnd {
                    let tag = pair.tag()
                    switch tag {
                    case 0x0A: name = pair.bytes()
                    case 0x12: value = pair.bytes()
                    default: pair.skip(tag, level: 4)
                    }
                }
                cursor.absorb(pair)
                if cursor.failure == .none { writer.metadata(name: name, value: value) }
            default: cursor.skip(tag, level: 3)
            }
        }
        guard cursor.failure == .none else { throw malformed }
        // Spec: google/protobuf/timestamp.proto, years 1 to 9999.
        guard (-62_135_596_800..<253_402_300_800).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else {
            throw DecodeError(code: .malformed, message: "a timestamp is outside the years 1 to 9999")
        }
        writer.entry(nanoseconds: CalendarTime.nanoseconds(seconds: seconds, Int64(nanoseconds)), line: line)
    }
}
