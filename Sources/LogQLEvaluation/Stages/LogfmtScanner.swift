/// Reads `key=value key="quoted value" key` pairs. A pair that is wrong is skipped, with a note of what was wrong.
struct LogfmtScanner {
    enum Problem {
        case invalidKey, unexpected(UInt8), unterminated, invalidQuoted
    }

    private let line: ByteSlice
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private(set) var index = 0
    /// The last problem, and where it is, in bytes from the beginning.
    private(set) var problem: Problem?
    private(set) var problemIndex = 0
    /// Of the last pair that was read.
    private(set) var key = ByteSlice.nothing
    private(set) var value = ByteSlice.nothing

    @inline(__always)
    init?(_ line: ByteSlice) {
        guard let base = line.baseAddress else { return nil }
        self.line = line
        self.base = base
        count = line.count
    }

    var isAtEnd: Bool { index >= count }

    /// `__error_details__`
    var details: String {
        guard let problem else { return "" }
        let reason: String
        switch problem {
        case .invalidKey: reason = "invalid key"
        case .unexpected(let byte):
            reason = byte == UInt8(ascii: "'") ? #"unexpected '\''"# : "unexpected '\(Character(UnicodeScalar(byte)))'"
        case .unterminated: reason = "unterminated quoted value"
        case .invalidQuoted: reason = "invalid quoted value"
        }
        return "logfmt syntax error at pos \(problemIndex + 1) : \(reason)"
    }

    /// Goes on to the next pair.
    ///
    /// - Returns: false at the end, and where a pair is wrong; then the next call goes on behind it.
    @inline(__always)
    mutating func next(_ scratch: ByteArena) -> Bool {
        key = .nothing
        value = .nothing
        while index < count, base[index] <= 0x20 { index += 1 }
        guard index < count else { return false }

        let start = index
        var isASCII = true
        scan: while index < count {
            let byte = base[index]
            switch byte {
            case UInt8(ascii: "="):
                guard index > start else {
                    fail(.unexpected(byte))
                    skipValue()
                    return false
                }
                break scan
            case UInt8(ascii: "\""):
                fail(.unexpected(byte))
                skipValue()
                return false
            case 0...0x20: break scan
            default:
                if byte >= 0x80 { isASCII = false }
                index += 1
            }
        }
        key = ByteSlice(base, start..<index)
        let hasValue = index < count && base[index] == UInt8(ascii: "=")
        if !isASCII, UTF8Repair.needsSpaces(key) {
            fail(.invalidKey)
            if hasValue { skipValue() }
            return false
        }
        guard hasValue else { return true }
        index += 1
        guard index < count, base[index] > 0x20 else { return true }
        return base[index] == UInt8(ascii: "\"") ? readQuoted(scratch) : readPlain()
    }

    @inline(__always)
    private mutating func readPlain() -> Bool {
        let start = index
        while index < count {
            let byte = base[index]
            if byte <= 0x20 { break }
            if byte == UInt8(ascii: "=") || byte == UInt8(ascii: "\"") {
                fail(.unexpected(byte))
                skipValue()
                return false
            }
            index += 1
        }
        value = ByteSlice(base, start..<index)
        return true
    }

    private mutating func readQuoted(_ scratch: ByteArena) -> Bool {
        let start = index + 1
        var end = start
        var hasEscape = false
        while end < count {
            let byte = base[end]
            if byte == UInt8(ascii: "\"") {
                index = end + 1
                value = ByteSlice(base, start..<end)
                guard hasEscape else { return true }
                guard let plain = JSONEscapes.unescape(value, scratch, isLenient: true) else {
                    value = .nothing
                    fail(.invalidQuoted)
                    return false
                }
                value = plain
                return true
            }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                end += 1
            }
            end += 1
        }
        index = count
        fail(.unterminated)
        return false
    }

    private mutating func fail(_ problem: Problem) {
        self.problem = problem
        problemIndex = index
    }

    private mutating func skipValue() {
        while index < count, base[index] > 0x20 { index += 1 }
    }
}
