import TelemetryModel

/// A pull parser for JSON text: the caller asks for the value it expects, and nothing is built on the way.
///
/// The grammar is that of RFC 8259 without extensions. Objects and lists are walked like this:
///
///     var members = try reader.beginObject()
///     while let key = try reader.nextKey(&members) {
///         // exactly one value is read or skipped here
///     }
///
/// - Bounds: levels beyond `depthMax` are refused before anything recurses.
/// - Strings: a lone surrogate (section 8.2 leaves it to the receiver) and bytes that are not UTF-8 become U+FFFD, and
///   the strings so mended are counted.
/// - Guard: every access is at an index below `bytes.count`; the caller keeps the buffer alive while the reader, its
///   tokens and its numbers are in use.
package struct JSONReader {
    /// The kinds of JSON values; the raw value is for messages.
    package enum Kind: String {
        case object = "an object"
        case list = "a list"
        case string = "a string"
        case number = "a number"
        case boolean = "a boolean"
        case null = "null"
    }

    /// Progress through an open object or list.
    package struct Progress {
        fileprivate var isFirst = true
    }

    /// A place to come back to: see `mark` and `rewind(to:)`.
    package struct Mark {
        fileprivate let position: Int
        fileprivate let depth: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthMax: Int

    /// The bytes consumed so far.
    package private(set) var position = 0

    /// Open objects and lists.
    private var depth = 0

    /// Strings read with a lone surrogate in them.
    package private(set) var loneSurrogateStrings = 0

    /// Strings read with bytes that are not UTF-8 in them.
    package private(set) var invalidUTF8Strings = 0

    package init(_ bytes: UnsafeBufferPointer<UInt8>, depthMax: Int = Limits.jsonDepth) {
        self.bytes = bytes
        self.depthMax = depthMax
    }
}

// MARK: - Structure

extension JSONReader {
    /// The kind of the next value, which stays unread.
    package mutating func nextKind() throws(DecodeError) -> Kind {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .list
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw unexpected("a value")
        }
    }

    package mutating func beginObject() throws(DecodeError) -> Progress {
        try require(.object)
        return try open()
    }

    /// The next key of the object that `beginObject` opened; nil when the object is closed.
    package mutating func nextKey(_ progress: inout Progress) throws(DecodeError) -> StringToken? {
        guard try step(&progress, closing: UInt8(ascii: "}"), expecting: "',' or '}'") else { return nil }
        guard current == UInt8(ascii: "\"") else { throw unexpected("a key") }
        let key = try scanString()
        skipWhitespace()
        guard take(UInt8(ascii: ":")) else { throw unexpected("':'") }
        return key
    }

    package mutating func beginList() throws(DecodeError) -> Progress {
        try require(.list)
        return try open()
    }

    /// Whether the list that `beginList` opened has another element, which stays unread.
    package mutating func nextElement(_ progress: inout Progress) throws(DecodeError) -> Bool {
        try step(&progress, closing: UInt8(ascii: "]"), expecting: "',' or ']'")
    }

    /// Refuses everything but white space after the document.
    package mutating func finish() throws(DecodeError) {
        skipWhitespace()
        guard position == bytes.count else {
            throw DecodeError(code: .malformed, message: "trailing bytes after the json document", offset: position)
        }
    }

    /// Skips one value of any kind; it is held to the grammar and to the depth limit, but not repaired or counted.
    package mutating func skipValue() throws(DecodeError) {
        switch try nextKind() {
        case .object:
            var progress = try open()
            while try nextKey(&progress) != nil {
                try skipValue()
            }
        case .list:
            var progress = try open()
            while try nextElement(&progress) {
                try skipValue()
            }
        case .string: _ = try scanString()
        case .number: _ = try readNumber()
        case .boolean: _ = try readBool()
        case .null: _ = try readNull()
        }
    }

    /// The place before the next value.
    package var mark: Mark { Mark(position: position, depth: depth) }

    package mutating func rewind(to mark: Mark) {
        position = mark.position
        depth = mark.depth
    }

    private mutating func open() throws(DecodeError) -> Progress {
        guard depth < depthMax else {
            throw DecodeError(
                code: .tooDeep, message: "json is nested deeper than \(depthMax) levels", offset: position)
        }
        depth += 1
        position += 1
        return Progress()
    }

    /// Moves to the next member or element; false when the container is closed.
    private mutating func step(
        _ progress: inout Progress, closing: UInt8, expecting: String
    ) throws(DecodeError) -> Bool {
        skipWhitespace()
        if take(closing) {
            depth -= 1
            return false
        }
        if progress.isFirst {
            progress.isFirst = false
        } else {
            guard take(UInt8(ascii: ",")) else { throw unexpected(expecting) }
            skipWhitespace()
        }
        return true
    }
}

// MARK: - Scalars

extension JSONReader {
    package mutating func readBool() throws(DecodeError) -> Bool {
        try require(.boolean)
        if takeLiteral("true") { return true }
        if takeLiteral("false") { return false }
        throw unexpected("true or false")
    }

    /// Consumes a null; false, and nothing consumed, when the next value is something else.
    package mutating func readNull() throws(DecodeError) -> Bool {
        guard try nextKind() == .null else { return false }
        guard takeLiteral("null") else { throw unexpected("null") }
        return true
    }

    package mutating func readNumber() throws(DecodeError) -> JSONNumber {
        try require(.number)
        let start = position
        guard let number = JSONNumber(scanning: bytes, at: &position) else {
            throw DecodeError(code: .malformed, message: "malformed number", offset: start)
        }
        return number
    }

    package mutating func readString() throws(DecodeError) -> String {
        let token = try readStringToken()
        return string(of: token)
    }

    /// Reads a string without making one: for identifiers, names and numbers that are only looked at.
    package mutating func readStringToken() throws(DecodeError) -> StringToken {
        try require(.string)
        return try scanString()
    }

    /// Runs `body` on the string's bytes after its escapes are resolved; they are not necessarily UTF-8.
    package func withBytes<Result>(
        of token: StringToken, _ body: (UnsafeBufferPointer<UInt8>) throws(DecodeError) -> Result
    ) throws(DecodeError) -> Result {
        guard token.hasEscapes else { return try body(raw(token)) }
        let (unescaped, _) = unescape(token)
        return try unescaped.withUnsafeBufferPointer { (bytes) throws(DecodeError) in try body(bytes) }
    }

    private mutating func string(of token: StringToken) -> String {
        if !token.hasEscapes {
            // ASCII needs no check of its encoding, and most telemetry is ASCII.
            if token.isASCII { return String(decoding: raw(token), as: UTF8.self) }
            return repaired(raw(token))
        }
        let (unescaped, hasLoneSurrogate) = unescape(token)
        if hasLoneSurrogate {
            loneSurrogateStrings += 1
        }
        return unescaped.withUnsafeBufferPointer { repaired($0) }
    }

    private mutating func repaired(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if let valid = String(validating: bytes, as: UTF8.self) { return valid }
        invalidUTF8Strings += 1
        return String(decoding: bytes, as: UTF8.self)
    }

    private func raw(_ token: StringToken) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[token.range])
    }
}

// MARK: - Strings

extension JSONReader {
    /// A string of the document, checked against the grammar and not yet copied.
    package struct StringToken {
        /// Between the quotes, in the document.
        let range: Range<Int>
        let hasEscapes: Bool
        let isASCII: Bool
    }

    /// Scans the string whose opening quote is the current byte.
    private mutating func scanString() throws(DecodeError) -> StringToken {
        let start = position + 1
        var index = start
        var hasEscapes = false
        var seen: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return StringToken(range: start..<index, hasEscapes: hasEscapes, isASCII: seen < 0x80)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += try escapeLength(at: index)
                continue
            }
            if byte < 0x20 {
                throw DecodeError(code: .malformed, message: "control character in a string", offset: index)
            }
            seen |= byte
            index += 1
        }
        throw DecodeError(code: .malformed, message: "unterminated string", offset: position)
    }

    /// The bytes of the escape sequence at `index`, after a check that it is one.
    private func escapeLength(at index: Int) throws(DecodeError) -> Int {
        if index + 1 < bytes.count {
            switch bytes[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                return 2
            case UInt8(ascii: "u"):
                if index + 6 <= bytes.count, codeUnit(at: index + 2) != nil { return 6 }
            default:
                break
            }
        }
        throw DecodeError(code: .malformed, message: "invalid escape sequence in a string", offset: index)
    }

    /// The four hex digits at `index` as a UTF-16 code unit.
    private func codeUnit(at index: Int) -> UInt16? {
        var unit: UInt16 = 0
        for digit in bytes[index..<index + 4] {
            guard let value = Hex.value(of: digit) else { return nil }
            unit = unit << 4 | UInt16(value)
        }
        return unit
    }

    /// The string's bytes with its escapes resolved.
    ///
    /// The escapes were checked by `scanString`, so that nothing can fail here.
    private func unescape(_ token: StringToken) -> (bytes: [UInt8], hasLoneSurrogate: Bool) {
        var result: [UInt8] = []
        result.reserveCapacity(token.range.count)
        var hasLoneSurrogate = false
        var index = token.range.lowerBound
        while index < token.range.upperBound {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            guard escape == UInt8(ascii: "u") else {
                result.append(Self.character(of: escape))
                index += 2
                continue
            }
            let (scalar, length) = escapedScalar(at: index)
            hasLoneSurrogate = hasLoneSurrogate || scalar == nil
            result.append(contentsOf: (scalar ?? "\u{FFFD}").utf8)
            index += length
        }
        return (result, hasLoneSurrogate)
    }

    /// The scalar of the `\uXXXX`, or pair of them, at `index`, nil for a lone surrogate; and the bytes it takes.
    private func escapedScalar(at index: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        let unit = codeUnit(at: index + 2) ?? 0
        if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
        // RFC 8259, section 7: a character outside the Basic Multilingual Plane is a UTF-16 surrogate pair.
        let next = index + 6
        guard UTF16.isLeadSurrogate(unit), next + 6 <= bytes.count,
            bytes[next] == UInt8(ascii: "\\"), bytes[next + 1] == UInt8(ascii: "u"),
            let trail = codeUnit(at: next + 2), UTF16.isTrailSurrogate(trail)
        else { return (nil, 6) }
        let value = 0x10000 + (UInt32(unit) & 0x3FF) << 10 + (UInt32(trail) & 0x3FF)
        return (Unicode.Scalar(value), 12)
    }

    private static func character(of escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }
}

// MARK: - Bytes

extension JSONReader {
    /// The byte at the position; 0, which begins no value and is no punctuation, at the end.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeLiteral(_ literal: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func require(_ expected: Kind) throws(DecodeError) {
        let found = try nextKind()
        guard found == expected else {
            throw DecodeError(
                code: .malformed, message: "expected \(expected.rawValue), found \(found.rawValue)", offset: position)
        }
    }

    private func unexpected(_ expected: String) -> DecodeError {
        let found = position < bytes.count ? "an unexpected character" : "the end of the document"
        return DecodeError(code: .malformed, message: "expected \(expected), found \(found)", offset: position)
    }
}
