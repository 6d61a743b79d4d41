import QueryEngines
import TelemetryModel

/// The parameter `tags`: pairs in logfmt, `service.name=x http.url="a b" error=true`.
///
/// - Spec: Tempo, "Search", "Parameters for Tag Based Search".
enum TempoTags {
    struct Tag: Sendable, Equatable {
        var key: String
        var value: String
    }

    static func parse(_ text: String) throws(TraceQueryError) -> [Tag] {
        var scanner = Scanner(bytes: Array(text.utf8))
        var tags: [Tag] = []
        while let tag = try scanner.next() {
            if tags.contains(where: { $0.key == tag.key }) {
                throw TraceQueryError(.invalid, "invalid tags: tag \(TempoTime.quoted(tag.key)) has been set twice")
            }
            guard tags.count < TempoLimits.tagsMax else {
                throw TraceQueryError(.invalid, "invalid tags: more than \(TempoLimits.tagsMax)")
            }
            tags.append(tag)
        }
        return tags
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// The next pair; a key without a value has an empty one.
        mutating func next() throws(TraceQueryError) -> Tag? {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
            guard position < bytes.count else { return nil }
            let key = word { $0 > 0x20 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
            guard !key.isEmpty else { throw failure("a key is expected") }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
                if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                    throw failure("a quote is unexpected here")
                }
                return Tag(key: key, value: "")
            }
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                return Tag(key: key, value: try quoted())
            }
            let value = word { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                throw failure("a quote is unexpected here")
            }
            return Tag(key: key, value: value)
        }

        private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
            let start = position
            while position < bytes.count, belongs(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func quoted() throws(TraceQueryError) -> String {
            let start = position
            position += 1
            var value: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    if position < bytes.count, bytes[position] > 0x20 { throw failure("a space is expected") }
                    return String(decoding: value, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard position < bytes.count else { break }
                    let escaped = bytes[position]
                    position += 1
                    switch escaped {
                    case UInt8(ascii: "n"): value.append(0x0A)
                    case UInt8(ascii: "t"): value.append(0x09)
                    case UInt8(ascii: "r"): value.append(0x0D)
                    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): value.append(escaped)
                    default:
                        position -= 1
                        throw failure("an unknown escape")
                    }
                default: value.append(byte)
                }
            }
            position = start
            throw failure("a quoted value does not end")
        }

        private func failure(_ reason: String) -> TraceQueryError {
            TraceQueryError(.invalid, "invalid tags: \(reason) at pos \(position + 1)")
        }
    }
}
