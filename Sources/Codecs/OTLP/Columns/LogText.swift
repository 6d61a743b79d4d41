package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ids and levels in texts.
package enum LogText {
    /// Bytes of a text that are looked through for its level: it stands at the beginning, if anywhere.
    static let levelBytesMax = 256
    /// Bytes that are looked through for ids.
    static let idBytesMax = 16 << 10

    // MARK: Ids

    /// A trace id in one of the forms that clients write: 32 hex digits, 64 of which the first 32 count, a UUID with
    /// dashes; with or without spaces and quotes around. Nil for all else, and for zero.
    package static func traceID(_ text: UnsafeBufferPointer<UInt8>) -> StoredTraceID? {
        let digits = trimmed(text)
        let hex = HexDigits(digits)
        guard hex.end == digits.count else { return nil }
        return hex.traceID
    }

    /// A span id of 16 hex digits. Nil for all else, and for zero.
    package static func spanID(_ text: UnsafeBufferPointer<UInt8>) -> StoredSpanID? {
        let digits = trimmed(text)
        let hex = HexDigits(digits)
        guard hex.end == digits.count else { return nil }
        return hex.spanID
    }

    /// Spec: W3C Trace Context, "traceparent": version, trace, parent and flags, joined by dashes.
    static func traceParent(
        _ text: UnsafeBufferPointer<UInt8>
    ) -> (trace: StoredTraceID, span: StoredSpanID)? {
        let text = trimmed(text)
        guard text.count >= 55, text[2] == dash, text[35] == dash, text[52] == dash,
            let trace = traceID(UnsafeBufferPointer(rebasing: text[3..<35])),
            let span = spanID(UnsafeBufferPointer(rebasing: text[36..<52]))
        else { return nil }
        return (trace, span)
    }

    /// The first trace id that a text names, as `trace_id=…`, `"traceId": "…"`, `trace.id:…` and the like, and the span
    /// id that it names likewise.
    package static func ids(
        in text: UnsafeBufferPointer<UInt8>
    ) -> (trace: StoredTraceID, span: StoredSpanID?)? {
        guard text.count >= 37 else { return nil }
        let text = UnsafeBufferPointer(rebasing: text.prefix(idBytesMax))
        let t = UInt8(ascii: "t")
        let s = UInt8(ascii: "s")
        guard
            let trace = named("race", precededBy: t, in: text, { HexDigits($0).traceID })
                ?? named("RACE", precededBy: t, in: text, { HexDigits($0).traceID })
        else { return parent("raceparent", in: text) ?? parent("RACEPARENT", in: text) }
        let span =
            named("pan", precededBy: s, in: text) { HexDigits($0).spanID }
            ?? named("PAN", precededBy: s, in: text) { HexDigits($0).spanID }
        return (trace, span)
    }

    private static func parent(
        _ name: StaticString, in text: UnsafeBufferPointer<UInt8>
    ) -> (trace: StoredTraceID, span: StoredSpanID?)? {
        var position = 0
        while let found = find(name, in: text, from: position) {
            position = found + 10
            var start = position
            while start < text.count, start < position + 5, !isHex(text[start]) { start += 1 }
            let end = min(start + 55, text.count)
            guard let ids = traceParent(UnsafeBufferPointer(rebasing: text[start..<end])) else { continue }
            return (ids.trace, ids.span)
        }
        return nil
    }

    /// What stands behind `<word>id` with a sign of equality.
    private static func named<ID>(
        _ rest: StaticString, precededBy first: UInt8, in text: UnsafeBufferPointer<UInt8>,
        _ read: (UnsafeBufferPointer<UInt8>) -> ID?
    ) -> ID? {
        var position = 0
        while let found = find(rest, in: text, from: position) {
            position = found + rest.utf8CodeUnitCount
            guard found > 0, text[found - 1] | 0x20 == first else { continue }
            var next = position
            if next < text.count, isJoint(text[next]) { next += 1 }
            guard next + 1 < text.count, text[next] | 0x20 == UInt8(ascii: "i"),
                text[next + 1] | 0x20 == UInt8(ascii: "d")
            else { continue }
            next += 2
            var isEquated = false
            let limit = min(next + 6, text.count)
            while next < limit {
                let byte = text[next]
                if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") {
                    isEquated = true
                } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "'"),
                    byte != UInt8(ascii: "\\"), byte != UInt8(ascii: ">")
                {
                    break
                }
                next += 1
            }
            guard isEquated, let id = read(UnsafeBufferPointer(rebasing: text[next...])) else { continue }
            return id
        }
        return nil
    }

    /// The hexadecimal digits at the beginning of a text, dashes of a UUID left out.
    private struct HexDigits {
        private var values: (UInt64, UInt64) = (0, 0)
        /// Digits, all of them; the first 32 are in `values`.
        private var count = 0
        private var dashes = 0
        /// Where the digits end.
        private(set) var end = 0

        init(_ text: UnsafeBufferPointer<UInt8>) {
            for byte in text {
                if byte == LogText.dash, dashes < 4, count == [8, 12, 16, 20][dashes] {
                    // A dash belongs to a UUID only when a digit follows.
                    guard end + 1 < text.count, LogText.isHex(text[end + 1]) else { break }
                    dashes += 1
                    end += 1
                    continue
                }
                guard LogText.isHex(byte) else { break }
                let digit = UInt64(byte <= UInt8(ascii: "9") ? byte - 0x30 : (byte | 0x20) - 0x57)
                if count < 16 {
                    values.0 = values.0 << 4 | digit
                } else if count < 32 {
                    values.1 = values.1 << 4 | digit
                }
                count += 1
                end += 1
                guard count <= 64 else { break }
            }
        }

        var traceID: StoredTraceID? {
            guard (dashes == 0 && (count == 32 || count == 64)) || (dashes == 4 && count == 32) else { return nil }
            let id = StoredTraceID(TraceID(high: values.0, low: values.1))
            return id.isZero ? nil : id
        }

        var spanID: StoredSpanID? {
            guard dashes == 0, count == 16 else { return nil }
            let id = StoredSpanID(SpanID(value: values.0))
            return id.isZero ? nil : id
        }
    }

    // MARK: Level

    /// The level that a text names: the value of a member or pair called `level` or the like, else the first word of
    /// its beginning that is a level.
    package static func level(of text: UnsafeBufferPointer<UInt8>) -> LogLevel {
        if let first = text.first(where: { $0 != UInt8(ascii: " ") }), first == UInt8(ascii: "{") {
            let level = levelOfMember(UnsafeBufferPointer(rebasing: text.prefix(idBytesMax)))
            if level != .unknown { return level }
        }
        let beginning = UnsafeBufferPointer(rebasing: text.prefix(levelBytesMax))
        var named = LogLevel.unknown
        var first = LogLevel.unknown
        var position = 0
        while position < beginning.count {
            guard isLetter(beginning[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < beginning.count, isLetter(beginning[position]) { position += 1 }
            let length = position - start
            // `trace_id` and `warning2` are no levels.
            guard (3...11).contains(length), start == 0 || !isWord(beginning[start - 1]),
                position == beginning.count || !isWord(beginning[position])
            else { continue }
            let word = UnsafeBufferPointer(rebasing: beginning[start..<position])
            let level = LogLevel(name: word)
            guard level != .unknown, !isCommonWord(word) else { continue }
            // `level=info` counts before a word in the message.
            if start >= 4, beginning[start - 1] == UInt8(ascii: "=") || beginning[start - 2] == UInt8(ascii: "="),
                isLevelName(before: start, in: beginning)
            {
                named = level
                break
            }
            if first == .unknown { first = level }
        }
        return named == .unknown ? first : named
    }

    /// Words that are levels where a level is expected, and often mean something else in a sentence.
    private static func isCommonWord(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = ["inf", "fine", "finer", "finest", "fail", "alert", "severe", "verbose"]
        return names.contains { $0.utf8CodeUnitCount == word.count && matches($0, at: 0, in: word) }
    }

    private static func isLevelName(before end: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var last = end - 1
        while last >= 0, text[last] == UInt8(ascii: "\"") || text[last] == UInt8(ascii: "=") { last -= 1 }
        guard last >= 2 else { return false }
        var start = last
        while start >= 0, isLetter(text[start]) { start -= 1 }
        switch last - start {
        case 3: return matches("lvl", at: start + 1, in: text)
        case 5: return matches("level", at: start + 1, in: text)
        case 8: return matches("severity", at: start + 1, in: text) || matches("loglevel", at: start + 1, in: text)
        default: return false
        }
    }

    private static func levelOfMember(_ text: UnsafeBufferPointer<UInt8>) -> LogLevel {
        for name: StaticString in [
            "level\"", "everity\"", "everity_text\"", "everityText\"", "lvl\"", "LEVEL\"", "Level\"",
        ] {
            var position = 0
            while let found = find(name, in: text, from: position) {
                position = found + name.utf8CodeUnitCount
                var next = position
                while next < text.count, text[next] == UInt8(ascii: " ") || text[next] == UInt8(ascii: ":") {
                    next += 1
                }
                guard next > position, next < text.count else { continue }
                if text[next] == UInt8(ascii: "\"") { next += 1 }
                var end = next
                while end < text.count, end < next + 12, isLetter(text[end]) || isDigit(text[end]) { end += 1 }
                let level = LogLevel(name: UnsafeBufferPointer(rebasing: text[next..<end]))
                if level != .unknown { return level }
            }
        }
        return .unknown
    }

    // MARK: Bytes

    private static let dash = UInt8(ascii: "-")

    private static func find(_ needle: StaticString, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = text.baseAddress else { return nil }
        let length = needle.utf8CodeUnitCount
        var position = start
        while position + length <= text.count {
            guard
                let found = memchr(base + position, Int32(needle.utf8Start.pointee), text.count - length + 1 - position)
            else { return nil }
            position = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            if memcmp(base + position, needle.utf8Start, length) == 0 { return position }
            position += 1
        }
        return nil
    }

    private static func matches(_ word: StaticString, at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard start + word.count <= text.count else { return false }
        return text[start..<start + word.count].elementsEqual(word) { $0 | 0x20 == $1 }
    }

    private static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") }
        var (start, end) = (0, text.count)
        while start < end, isEdge(text[start]) { start += 1 }
        while end > start, isEdge(text[end - 1]) { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[start..<end])
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") }

    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == dash || byte == UInt8(ascii: " ")
    }
}
