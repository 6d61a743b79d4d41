/// The optional fields that events and service checks share.
enum StatsDFields {
    /// Calls `body` with each field `key:value`, and with `#` as key of a tag list.
    ///
    /// - Parameter position: of the bar before the first field, or the end.
    static func forEach(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int, _ body: (UInt8, Range<Int>) -> Void) {
        guard position < bytes.count else { return }
        StatsDParser.forEachPart(bytes, position + 1..<bytes.count, separator: UInt8(ascii: "|")) { field in
            guard field.count >= 2 else { return }
            let key = bytes[field.lowerBound]
            if key == UInt8(ascii: "#") {
                body(key, field.lowerBound + 1..<field.upperBound)
            } else if bytes[field.lowerBound + 1] == UInt8(ascii: ":") {
                body(key, field.lowerBound + 2..<field.upperBound)
            }
        }
    }

    /// - Returns: whether it was one of the shared fields.
    static func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ key: UInt8, _ value: Range<Int>, into record: inout StatsDLogRecord
    ) -> Bool {
        switch key {
        case UInt8(ascii: "#"):
            guard value.count <= StatsDLimits.tagBytesMax else { return true }
            record.tags = StatsDTags.read(bytes, value).map { StatsDLogRecord.Tag($0.key, $0.value) }
        case UInt8(ascii: "h"): record.host = StatsDTags.text(bytes, value)
        case UInt8(ascii: "c"): record.container = StatsDTags.text(bytes, value)
        case UInt8(ascii: "d"):
            // Seconds; past the year 5000 it is something else.
            if let seconds = StatsDNumber.parse(bytes, value), seconds >= 0, seconds < 1e11 {
                record.time = Int64(seconds * 1000)
            }
        default: return false
        }
        return true
    }

    /// `\n` as two characters becomes a line end.
    static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: replaced(bytes, range, escapesColon: false), as: UTF8.self)
    }

    /// As `unescaped`; in messages of service checks, `m\:` stands for `m:`.
    static func message(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: replaced(bytes, range, escapesColon: true), as: UTF8.self)
    }

    private static func replaced(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, escapesColon: Bool
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            let next = position + 1 < range.upperBound ? bytes[position + 1] : 0
            if byte == UInt8(ascii: "\\"), next == UInt8(ascii: "n") {
                result.append(UInt8(ascii: "\n"))
                position += 2
            } else if escapesColon, byte == UInt8(ascii: "\\"), next == UInt8(ascii: ":"), result.last == 0x6D {
                result.append(next)
                position += 2
            } else {
                result.append(byte)
                position += 1
            }
        }
        return result
    }
}
