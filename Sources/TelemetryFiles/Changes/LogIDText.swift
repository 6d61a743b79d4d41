/// Finds ids that a text names: `trace_id=…`, `"spanId": "…"`, `traceparent: 00-…-…-01`.
enum LogIDText {
    /// Between a name and its id: `=`, `": "`, `\": \"`.
    private static let distanceMax = 6

    /// Whether the value of an attribute with this key is an id.
    static func isName(_ key: String) -> Bool {
        let word = String(decoding: key.utf8.filter(isWord).map(lowercased), as: UTF8.self)
        return word.hasSuffix("traceid") || word.hasSuffix("spanid") || word.hasSuffix("traceparent")
    }

    /// Where the ids stand, in UTF-8; 32 digits are a trace's, 16 a span's.
    ///
    /// - Parameter isNamed: the whole text is named already.
    static func ids(in text: String, isNamed: Bool) -> [Range<Int>] {
        guard text.utf8.count >= 16 else { return [] }
        let bytes = Array(text.utf8)
        var found: [Range<Int>] = []
        var position = 0
        var previousEnd: Int?
        while position < bytes.count {
            guard isHex(bytes[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isHex(bytes[position]) { position += 1 }
            let isWhole =
                (start == 0 || !isLetter(bytes[start - 1])) && (position == bytes.count || !isLetter(bytes[position]))
            guard isWhole, position - start == 32 || position - start == 16 else { continue }
            // In a `traceparent` the span follows its trace.
            let follows = previousEnd.map { $0 + 1 == start && bytes[$0] == UInt8(ascii: "-") } ?? false
            guard isNamed || follows || Self.isNamed(bytes, before: start, isTrace: position - start == 32) else {
                continue
            }
            found.append(start..<position)
            previousEnd = position
        }
        return found
    }

    private static func isNamed(_ bytes: [UInt8], before start: Int, isTrace: Bool) -> Bool {
        var end = start
        // The version of a `traceparent`.
        if end >= 3, bytes[end - 1] == UInt8(ascii: "-"), isHex(bytes[end - 2]), isHex(bytes[end - 3]) { end -= 3 }
        var (distance, isEquated) = (0, false)
        while end > 0, !isLetter(bytes[end - 1]), distance < distanceMax {
            end -= 1
            distance += 1
            isEquated = isEquated || bytes[end] == UInt8(ascii: "=") || bytes[end] == UInt8(ascii: ":")
        }
        guard isEquated else { return false }
        let word = bytes[max(0, end - 16)..<end].filter(isWord).map(lowercased)
        func ends(_ name: String) -> Bool { word.suffix(name.utf8.count).elementsEqual(name.utf8) }
        return isTrace ? ends("traceid") || ends("traceparent") : ends("spanid")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// What joins the words of a name does not count.
    private static func isWord(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "_") && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-") && byte != 0x20
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
