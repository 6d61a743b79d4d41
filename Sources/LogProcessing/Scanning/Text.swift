/// A stretch of UTF-8 text that the hand-written scanners walk over.
///
/// - Guard: the buffer outlives every value made of it; indices are checked against `end` at each access.
struct Text {
    let bytes: UnsafeBufferPointer<UInt8>
    var start: Int
    var end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        start = 0
        end = bytes.count
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
    }

    var count: Int { end - start }
    var isEmpty: Bool { start >= end }
    /// The first byte; 0 at the end.
    var first: UInt8 { start < end ? bytes[start] : 0 }
    /// The last byte; 0 for no text.
    var last: UInt8 { start < end ? bytes[end - 1] : 0 }
    var string: String {
        start < end ? String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self) : ""
    }

    /// The byte at a distance from the start; 0 past the end.
    subscript(_ offset: Int) -> UInt8 {
        let place = start &+ offset
        return place >= start && place < end ? bytes[place] : 0
    }

    func prefix(_ count: Int) -> Text { Text(bytes, start..<min(end, start + max(0, count))) }
    func dropping(_ count: Int) -> Text { Text(bytes, min(end, start + max(0, count))..<end) }

    mutating func skip(_ count: Int) { start = min(end, start + max(0, count)) }

    /// The distance of the first such byte from the start.
    func distance(to byte: UInt8, limit: Int = .max) -> Int? {
        let stop = limit < end - start ? start + limit : end
        var place = start
        while place < stop {
            if bytes[place] == byte { return place - start }
            place += 1
        }
        return nil
    }

    /// The distance of the first occurrence of a short text from the start.
    func distance(to text: StaticString, limit: Int = .max) -> Int? {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard let head = wanted.first, wanted.count <= count else { return nil }
        var place = start
        let stop = min(end - wanted.count, limit < count ? start + limit : end)
        while place <= stop {
            if bytes[place] == head {
                var index = 1
                while index < wanted.count, bytes[place + index] == wanted[index] { index += 1 }
                if index == wanted.count { return place - start }
            }
            place += 1
        }
        return nil
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard length <= end - start else { return false }
        let wanted = text.utf8Start
        var index = 0
        while index < length {
            if bytes[start + index] != wanted[index] { return false }
            index += 1
        }
        return true
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return length <= count && Text(bytes, (end - length)..<end).hasPrefix(text)
    }

    static func == (text: Text, other: StaticString) -> Bool {
        text.count == other.utf8CodeUnitCount && text.hasPrefix(other)
    }

    /// Takes the text if it stands at the start.
    mutating func take(_ text: StaticString) -> Bool {
        guard hasPrefix(text) else { return false }
        start += text.utf8CodeUnitCount
        return true
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard start < end, bytes[start] == byte else { return false }
        start += 1
        return true
    }

    @discardableResult
    mutating func skipSpaces() -> Int {
        let before = start
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        return start - before
    }

    /// Takes what stands before the byte, and the byte; nil, and nothing taken, when there is none.
    mutating func take(until byte: UInt8, limit: Int = .max) -> Text? {
        guard let length = distance(to: byte, limit: limit) else { return nil }
        let result = prefix(length)
        start += length + 1
        return result
    }

    mutating func take(until text: StaticString) -> Text? {
        guard let length = distance(to: text) else { return nil }
        let result = prefix(length)
        start += length + text.utf8CodeUnitCount
        return result
    }

    /// Takes bytes while the test holds.
    mutating func take(while test: (UInt8) -> Bool) -> Text {
        let before = start
        while start < end, test(bytes[start]) { start += 1 }
        return Text(bytes, before..<start)
    }

    /// Takes what stands before the next white space.
    mutating func takeWord() -> Text {
        let before = start
        while start < end, bytes[start] > 0x20 { start += 1 }
        return Text(bytes, before..<start)
    }

    /// Takes decimal digits as a number: between `least` and `most` of them (18 at the most); nil, and nothing taken,
    /// otherwise.
    mutating func takeNumber(_ least: Int = 1, _ most: Int = 18) -> Int? {
        var value = 0
        var place = start
        while place < end, place - start < most, bytes[place] &- 0x30 < 10 {
            value = value * 10 + Int(bytes[place] &- 0x30)
            place += 1
        }
        guard place - start >= least else { return nil }
        start = place
        return value
    }

    func trimmed() -> Text {
        var result = self
        while result.start < result.end, bytes[result.start] <= 0x20 { result.start += 1 }
        while result.end > result.start, bytes[result.end - 1] <= 0x20 { result.end -= 1 }
        return result
    }

    /// Whether it holds the lower-case ASCII text in any case.
    func containsIgnoringCase(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard let head = wanted.first, wanted.count <= count else { return false }
        var place = start
        let stop = end - wanted.count
        while place <= stop {
            if Bytes.lowercased(bytes[place]) == head {
                var index = 1
                while index < wanted.count, Bytes.lowercased(bytes[place + index]) == wanted[index] { index += 1 }
                if index == wanted.count { return true }
            }
            place += 1
        }
        return false
    }

    /// Whether it is the lower-case ASCII text in any case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && containsIgnoringCase(text)
    }
}

enum Bytes {
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    static func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") }
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
