/// Whether a text holds what a `|=`, `|~` or `=~` looks for. Expressions that are only words are looked for as such, which
/// is many times faster than an automaton.
enum TextSearch {
    case anything
    /// At least one byte.
    case something
    case words([Needle])
    case expression(LineExpression)

    /// Bytes to look for, alternatives of one another.
    struct Needle {
        let bytes: [UInt8]
        /// Letters of ASCII in `bytes` are small then.
        let ignoresCase: Bool

        func isFound(in text: ByteSlice) -> Bool {
            bytes.withUnsafeBufferPointer { needle in
                ignoresCase
                    ? CaseInsensitiveSearch.isFound(needle, in: text) : text.first(needle, from: 0) != nil
            }
        }

        func isAll(of text: ByteSlice) -> Bool {
            guard bytes.count == text.count else { return false }
            return isFound(in: text)
        }
    }

    /// Anywhere in the text.
    func isFound(in text: ByteSlice) -> Bool {
        switch self {
        case .anything: true
        case .something: !text.isEmpty
        case .words(let words): words.contains { $0.isFound(in: text) }
        case .expression(let expression): expression.isFound(in: text)
        }
    }

    /// As the whole text.
    func matchesAll(_ text: ByteSlice) -> Bool {
        switch self {
        case .anything: true
        case .something: !text.isEmpty
        case .words(let words): words.contains { $0.isAll(of: text) }
        case .expression(let expression): expression.matchesAll(text)
        }
    }

    /// An exact text.
    init(text: String) {
        self = text.isEmpty ? .anything : .words([Needle(bytes: Array(text.utf8), ignoresCase: false)])
    }

    init(expression source: String) throws(LogQLEvaluationError) {
        switch source {
        case ".*", "": self = source.isEmpty ? .words([Needle(bytes: [], ignoresCase: false)]) : .anything
        case ".+": self = .something
        default:
            if let words = Self.words(source) {
                self = .words(words)
            } else {
                self = .expression(try LineExpression(source))
            }
        }
    }

    /// The alternatives of an expression without operators: `a|b`, `(?i)a|b`, `\.` for a dot; nil for any other.
    ///
    /// Loki does the same, so that with `(?i)` only letters of ASCII have a case: the sign of Kelvin is no k.
    private static func words(_ source: String) -> [Needle]? {
        var rest = Substring(source)
        let ignoresCase = rest.hasPrefix("(?i)")
        if ignoresCase { rest = rest.dropFirst(4) }
        var words: [Needle] = []
        var word: [UInt8] = []
        var bytes = rest.utf8.makeIterator()
        func finish() {
            words.append(Needle(bytes: word, ignoresCase: ignoresCase))
            word = []
        }
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "|"): finish()
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.next(), ".+*?()|[]{}^$\\/-\"".utf8.contains(escaped) else { return nil }
                word.append(escaped)
            case _ where ".+*?()[]{}^$".utf8.contains(byte): return nil
            case _ where ignoresCase && byte >= 0x80: return nil
            default:
                let isCapital = ignoresCase && byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                word.append(isCapital ? byte | 0x20 : byte)
            }
        }
        finish()
        // An empty alternative matches everywhere in a line but not everything as a whole.
        return words.contains(where: \.bytes.isEmpty) ? nil : words
    }
}

/// The search of bytes without regard to the case of ASCII letters.
enum CaseInsensitiveSearch {
    /// - Parameter needle: without capitals.
    static func isFound(_ needle: ByteSlice, in text: ByteSlice) -> Bool {
        guard let first = needle.first else { return true }
        guard text.count >= needle.count else { return false }
        let other = first &- UInt8(ascii: "a") < 26 ? first & 0xDF : first
        let last = text.count - needle.count
        var index = 0
        while index <= last {
            let byte = text[index]
            if byte == first || byte == other {
                var offset = 1
                while offset < needle.count, lower(text[index + offset]) == needle[offset] { offset += 1 }
                if offset == needle.count { return true }
            }
            index += 1
        }
        return false
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
}
