/// What of a text differs from run to run of the same program, made the same.
///
/// | in the text | becomes |
/// |---|---|
/// | a UUID | `<uuid>` |
/// | 16 and more hexadecimal digits | `<id>` |
/// | `0x` and 4 or more hexadecimal digits | `<address>` |
/// | a date with a time of day: `2026-01-02T03:04:05.678Z`, `2026-01-02 03:04` | `<time>` |
/// | a date: `2026-01-02` | `<date>` |
/// | 13 digits that are milliseconds since 1970, from 2001 to 2100 | `<time>` |
/// | the port of an IPv4 or bracketed address or of `localhost`; from 32768 on, of any host | `:<port>` |
/// | the first name below `/tmp/` and `/var/folders/` | `<temporary>` |
///
/// A number inside a word (`sha256`, `v2`) and an ordinary number stay, unless `masksNumbers`.
///
/// - Cost: one pass; a text without digits and without `/tmp/` is given back as it is.
struct VolatileText {
    /// Numbers that stand by themselves, with or without fraction, and those with a unit (`12ms`), become `<n>`.
    var masksNumbers = false

    func masked(_ text: String) -> String {
        let hasDigits = text.utf8.contains { Self.isDigit($0) }
        // A long id can be letters only (`deadbeefdeadbeef`), and so can the name of a temporary directory.
        guard hasDigits || text.utf8.count >= 16 || text.contains("/tmp/") else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let (end, mask) = match(bytes, at: index) {
                result += mask.utf8
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The end of what begins at `index` and is volatile, and its mask.
    private func match(_ bytes: [UInt8], at index: Int) -> (end: Int, mask: String)? {
        let byte = bytes[index]
        if byte == UInt8(ascii: "/") { return temporary(bytes, at: index) }
        if byte == UInt8(ascii: ":") { return port(bytes, at: index) }
        guard Self.isHex(byte), index == 0 || !Self.isWord(bytes[index - 1]) else { return nil }
        if byte == UInt8(ascii: "0"), let end = address(bytes, at: index) { return (end, "<address>") }
        let hexEnd = Self.end(bytes, from: index, while: Self.isHex)
        if hexEnd - index == 8, let end = uuid(bytes, at: index) { return (end, "<uuid>") }
        let isWhole = hexEnd == bytes.count || !Self.isWord(bytes[hexEnd])
        if hexEnd - index >= 16, isWhole { return (hexEnd, "<id>") }
        guard Self.isDigit(byte) else { return nil }
        if let end = date(bytes, at: index) {
            guard let end = timeOfDay(bytes, at: end) else { return (end, "<date>") }
            return (end, "<time>")
        }
        let digitsEnd = Self.end(bytes, from: index, while: Self.isDigit)
        if digitsEnd - index == 13, isWhole, digitsEnd == hexEnd,
            let value = Int64(String(decoding: bytes[index..<digitsEnd], as: UTF8.self)),
            Self.isMilliseconds(value)
        {
            return (digitsEnd, "<time>")
        }
        return masksNumbers ? number(bytes, at: index, digitsEnd) : nil
    }

    /// Whether a number of milliseconds since 1970 is a time from 2001 to 2100.
    static func isMilliseconds(_ value: Int64) -> Bool { (978_307_200_000..<4_102_444_800_000).contains(value) }

    // MARK: Forms

    private func address(_ bytes: [UInt8], at index: Int) -> Int? {
        guard index + 1 < bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "x") else { return nil }
        let end = Self.end(bytes, from: index + 2, while: Self.isHex)
        return end - index >= 6 ? end : nil
    }

    private func uuid(_ bytes: [UInt8], at index: Int) -> Int? {
        var position = index
        for (group, length) in [8, 4, 4, 4, 12].enumerated() {
            if group > 0 {
                guard position < bytes.count, bytes[position] == UInt8(ascii: "-") else { return nil }
                position += 1
            }
            guard Self.end(bytes, from: position, while: Self.isHex) == position + length else { return nil }
            position += length
        }
        return position == bytes.count || !Self.isWord(bytes[position]) ? position : nil
    }

    /// `2026-01-02`.
    private func date(_ bytes: [UInt8], at index: Int) -> Int? {
        let end = index + 10
        guard end <= bytes.count, bytes[index + 4] == UInt8(ascii: "-"), bytes[index + 7] == UInt8(ascii: "-"),
            [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy({ Self.isDigit(bytes[index + $0]) }),
            bytes[index] == UInt8(ascii: "1") || bytes[index] == UInt8(ascii: "2"),
            end == bytes.count || !Self.isDigit(bytes[end])
        else { return nil }
        return end
    }

    /// What follows a date: `T03:04:05.678Z`, ` 03:04`, with an offset.
    private func timeOfDay(_ bytes: [UInt8], at index: Int) -> Int? {
        /// Two digits after `mark`.
        func pair(_ index: Int, after marks: StaticString) -> Int? {
            guard index + 2 < bytes.count,
                UnsafeBufferPointer(start: marks.utf8Start, count: marks.utf8CodeUnitCount)
                    .contains(bytes[index]), Self.isDigit(bytes[index + 1]), Self.isDigit(bytes[index + 2])
            else { return nil }
            return index + 3
        }
        guard let hour = pair(index, after: "Tt "), var end = pair(hour, after: ":") else { return nil }
        if let second = pair(end, after: ":") {
            end = second
            if end + 1 < bytes.count, bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ","),
                Self.isDigit(bytes[end + 1])
            {
                end = Self.end(bytes, from: end + 1, while: Self.isDigit)
            }
        }
        if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "z") { return end + 1 }
        if let hours = pair(end, after: "+-") {
            if let minutes = pair(hours, after: ":") { return minutes }
            // Without the colon: two more digits.
            let digits = Self.end(bytes, from: hours, while: Self.isDigit)
            return digits == hours + 2 ? digits : hours
        }
        return end
    }

    /// From the colon on.
    private func port(_ bytes: [UInt8], at index: Int) -> (end: Int, mask: String)? {
        let end = Self.end(bytes, from: index + 1, while: Self.isDigit)
        guard (2...5).contains(end - index - 1), end == bytes.count || !Self.isWord(bytes[end]), index > 0,
            let number = Int(String(decoding: bytes[(index + 1)..<end], as: UTF8.self)), number <= 65535
        else { return nil }
        let host = bytes[..<index].suffix(64)
        let name = host.suffix(while: { Self.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        let isAddress =
            name.contains(UInt8(ascii: ".")) && name.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
        let isLocal = name.elementsEqual("localhost".utf8) || host.last == UInt8(ascii: "]")
        // Below stand the ports that services are known by (Linux takes free ones from 32768 on).
        guard isAddress || isLocal || (number >= 32768 && !name.isEmpty) else { return nil }
        return (end, ":<port>")
    }

    private func temporary(_ bytes: [UInt8], at index: Int) -> (end: Int, mask: String)? {
        for directory in ["/tmp/", "/var/folders/"] where bytes[index...].starts(with: directory.utf8) {
            let start = index + directory.utf8.count
            let end = Self.end(bytes, from: start) { !"/ \"'\n\r\t:,;)]}".utf8.contains($0) }
            return end > start ? (end, "\(directory)<temporary>") : nil
        }
        return nil
    }

    /// Digits with a fraction, an exponent's letter is a unit.
    private func number(_ bytes: [UInt8], at index: Int, _ digitsEnd: Int) -> (end: Int, mask: String) {
        var end = digitsEnd
        while end + 1 < bytes.count, bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ","),
            Self.isDigit(bytes[end + 1])
        {
            end = Self.end(bytes, from: end + 1, while: Self.isDigit)
        }
        return (end, "<n>")
    }

    // MARK: Bytes

    private static func end(_ bytes: [UInt8], from start: Int, while condition: (UInt8) -> Bool) -> Int {
        var end = start
        while end < bytes.count, condition(bytes[end]) { end += 1 }
        return end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}

extension Collection where Self: BidirectionalCollection {
    /// The longest end whose elements all satisfy a condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) { formIndex(before: &start) }
        return self[start...]
    }
}
