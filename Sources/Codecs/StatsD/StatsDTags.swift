/// The tags of a line as text.
package enum StatsDTags {
    /// What a tag without a value reads back as (`#urgent`).
    package static let bareValue = "true"

    /// Tags after `#` and in the name, in the order of the line; keys as they were sent, none empty.
    package static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: StatsDLine
    ) -> [(key: String, value: String)] {
        var tags: [(key: String, value: String)] = []
        if line.inlineTags != .none {
            let separator = line.inlineTags.separator
            let range = line.name.upperBound + 1..<line.head.upperBound
            StatsDParser.forEachPart(bytes, range, separator: separator) {
                append(bytes, $0, separator: UInt8(ascii: "="), to: &tags)
            }
        }
        tags += read(bytes, line.tags)
        return tags
    }

    /// A list `key:value,key,…`.
    package static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> [(key: String, value: String)] {
        var tags: [(key: String, value: String)] = []
        guard !range.isEmpty else { return tags }
        StatsDParser.forEachPart(bytes, range, separator: UInt8(ascii: ",")) {
            append(bytes, $0, separator: UInt8(ascii: ":"), to: &tags)
        }
        return tags
    }

    private static func append(
        _ bytes: UnsafeBufferPointer<UInt8>, _ part: Range<Int>, separator: UInt8,
        to tags: inout [(key: String, value: String)]
    ) {
        let part = trimmed(bytes, part)
        let keyEnd = bytes[part].firstIndex(of: separator)
        let key = text(bytes, part.lowerBound..<(keyEnd ?? part.upperBound))
        guard !key.isEmpty else { return }
        tags.append((key, keyEnd.map { text(bytes, $0 + 1..<part.upperBound) } ?? bareValue))
    }

    /// Some clients write `#a:1, b:2`.
    private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var begin = range.lowerBound
        var end = range.upperBound
        while begin < end, bytes[begin] == UInt8(ascii: " ") { begin += 1 }
        while begin < end, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return begin..<end
    }

    /// As UTF-8, broken bytes replaced.
    package static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}
