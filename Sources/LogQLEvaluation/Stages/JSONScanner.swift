/// Reads JSON as Loki's parsers do: only as much as they need, so that what is skipped may be no JSON.
struct JSONScanner {
    enum Problem: Error {
        /// `openObject` is an object without end.
        case object, openObject, string, array, token, value, escape, closing, colon, nesting
        /// All that was wanted is there.
        case finished

        /// `__error_details__`
        var details: String {
            switch self {
            case .object, .openObject: "Value looks like object, but can't find closing '}' symbol"
            case .string: "Value is string, but can't find closing '\"' symbol"
            case .array, .closing: "Value is array, but can't find closing ']' symbol"
            case .token, .colon: "Malformed JSON error"
            case .value: "Unknown value type"
            case .escape: "Encountered an invalid escape sequence in a string"
            case .nesting: "value is nested too deeply"
            case .finished: ""
            }
        }
    }

    enum Kind {
        case string, number, boolean, null, object, array
    }

    /// A value: of a string what is between the quotes, else the text itself.
    struct Value {
        let kind: Kind
        let range: Range<Int>
        /// A string with a backslash in it.
        let hasEscape: Bool
    }

    let base: UnsafePointer<UInt8>
    let count: Int

    @inline(__always)
    init?(_ bytes: ByteSlice) {
        guard let base = bytes.baseAddress else { return nil }
        self.base = base
        count = bytes.count
    }

    @inline(__always)
    func slice(_ range: Range<Int>) -> ByteSlice { ByteSlice(base, range) }

    /// The next byte that is no space; nil at the end.
    @inline(__always)
    func next(_ start: Int) -> Int? {
        var index = start
        while index < count {
            let byte = base[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return index }
            index += 1
        }
        return nil
    }

    /// Where a string ends, given where it begins behind the quote: the closing quote, and whether a backslash is in it.
    @inline(__always)
    func stringEnd(_ start: Int) -> (end: Int, hasEscape: Bool)? {
        var index = start
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") { return (index, false) }
            if byte == UInt8(ascii: "\\") { return escapedStringEnd(index) }
            index += 1
        }
        return nil
    }

    private func escapedStringEnd(_ start: Int) -> (end: Int, hasEscape: Bool)? {
        var index = start
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") { return (index, true) }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// Behind the bracket that closes the one at `start`, or the one around it when there is a level already; brackets in
    /// strings do not count.
    func blockEnd(_ start: Int, _ open: UInt8, _ close: UInt8, level: Int = 0) -> Int? {
        var level = level
        var index = start
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") {
                guard let string = stringEnd(index + 1) else { return nil }
                index = string.end
            } else if byte == open {
                level += 1
            } else if byte == close {
                level -= 1
                if level == 0 { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    func objectEnd(_ start: Int, level: Int = 0) -> Int? {
        blockEnd(start, UInt8(ascii: "{"), UInt8(ascii: "}"), level: level)
    }

    /// The value that begins at or after a place, and where it ends.
    @inline(__always)
    func value(_ start: Int) throws(Problem) -> (value: Value, end: Int) {
        guard let start = next(start) else { throw .token }
        switch base[start] {
        case UInt8(ascii: "\""):
            guard let (end, hasEscape) = stringEnd(start + 1) else { throw .string }
            return (Value(kind: .string, range: (start + 1)..<end, hasEscape: hasEscape), end + 1)
        case UInt8(ascii: "{"):
            guard let end = objectEnd(start) else { throw .openObject }
            return (Value(kind: .object, range: start..<end, hasEscape: false), end)
        default: return try plainValue(start)
        }
    }

    /// Anything but strings and objects.
    @inline(__always)
    func plainValue(_ start: Int) throws(Problem) -> (value: Value, end: Int) {
        if base[start] == UInt8(ascii: "[") {
            guard let end = blockEnd(start, UInt8(ascii: "["), UInt8(ascii: "]")) else { throw .array }
            return (Value(kind: .array, range: start..<end, hasEscape: false), end)
        }
        var end = start
        scan: while end < count {
            switch base[end] {
            case 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): break scan
            default: end += 1
            }
        }
        let text = slice(start..<end)
        let kind: Kind
        switch base[start] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): kind = .number
        case UInt8(ascii: "t") where text.isSame(as: "true"): kind = .boolean
        case UInt8(ascii: "f") where text.isSame(as: "false"): kind = .boolean
        case UInt8(ascii: "n") where text.isSame(as: "null"): kind = .null
        default: throw .value
        }
        return (Value(kind: kind, range: start..<end, hasEscape: false), end)
    }

    /// The text of a string; empty when an escape in it is wrong, spaces for what is no UTF-8.
    @inline(__always)
    func text(_ value: Value, _ scratch: ByteArena) -> ByteSlice {
        let raw = slice(value.range)
        if value.hasEscape {
            return UTF8Repair.spaced(JSONEscapes.unescape(raw, scratch) ?? .nothing, scratch)
        }
        return UTF8Repair.spaced(raw, scratch)
    }

    /// Goes through the members of the object that begins at or after `start`.
    ///
    /// - Parameter member: gets the key without escapes and where its value begins, the colon behind it; returns where
    ///   the value ends.
    /// - Returns: behind the closing brace.
    @inline(__always)
    func forEachMember(
        _ start: Int, _ scratch: ByteArena,
        _ member: (_ key: ByteSlice, _ start: Int) throws(Problem) -> Int
    ) throws(Problem) -> Int {
        guard let opening = next(start), base[opening] == UInt8(ascii: "{") else { throw .object }
        guard var index = next(opening + 1) else { throw .token }
        if base[index] == UInt8(ascii: "}") { return index + 1 }
        while true {
            guard base[index] == UInt8(ascii: "\"") else { throw .object }
            guard let (keyEnd, hasEscape) = stringEnd(index + 1) else { throw .token }
            var key = slice((index + 1)..<keyEnd)
            if hasEscape {
                guard let plain = JSONEscapes.unescape(key, scratch) else { throw .escape }
                key = plain
            }
            guard let colon = next(keyEnd + 1), base[colon] == UInt8(ascii: ":") else { throw .colon }
            index = try member(key, colon + 1)
            guard let separator = next(index) else { throw .closing }
            if base[separator] == UInt8(ascii: "}") { return separator + 1 }
            guard base[separator] == UInt8(ascii: ",") else { throw .object }
            guard let following = next(separator + 1) else { throw .closing }
            index = following
            // A comma right before the brace is an error; with space between them Loki's parser lets it pass.
            if base[index] == UInt8(ascii: "}") {
                guard index > separator + 1 else { throw .object }
                return index + 1
            }
        }
    }
}
