/// Cuts the text of a query into tokens. Positions are bytes of UTF-8.
///
/// What is wrong with the text becomes a token of its own at its end, so that the parser meets mistakes in their order.
struct Lexer {
    let text: [UInt8]
    /// Of the next byte.
    var position = 0

    init(_ text: [UInt8]) {
        self.text = text
        // A mark of the byte order is no part of the query.
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// All tokens; the last is the end of the text or something invalid.
    static func tokens(of text: [UInt8]) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        tokens.reserveCapacity(text.count / 4 + 1)
        while true {
            let token = lexer.next()
            tokens.append(token)
            switch token.kind {
            case .endOfInput, .invalid: return tokens
            default: break
            }
        }
    }

    mutating func next() -> Token {
        if let unclosed = skipBlanks() { return unclosed }
        let start = position
        let kind = content()
        return Token(kind: kind, range: SourceRange(start, position))
    }

    /// What begins here, where no space is.
    private mutating func content() -> Token.Kind {
        guard let byte = peek() else { return .endOfInput }
        switch byte {
        case UInt8(ascii: "\""): return quotedString()
        case UInt8(ascii: "`"): return rawString()
        case UInt8(ascii: "["): return range()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: "."): if let next = peek(1), Self.isDigit(next) { return number() }
        case UInt8(ascii: "-"): if let kind = flag() ?? negativeDuration() { return kind }
        default: break
        }
        if Self.isLetter(byte) || byte >= 0x80, let kind = word() { return kind }
        for length in [2, 1] where position + length <= text.count {
            if let symbol = Symbol.punctuation[Array(text[position..<position + length])] {
                position += length
                return .symbol(symbol)
            }
        }
        // Loki takes any other character for a name, which then stands nowhere where one may.
        position += scalar(at: position).length
        return .invalid("syntax error: unexpected IDENTIFIER")
    }

    /// Spaces and comments; one that is not closed is returned.
    private mutating func skipBlanks() -> Token? {
        while let byte = peek() {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                let start = position
                position += 2
                while peek() != nil, !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { position += 1 }
                guard peek() != nil else {
                    return Token(kind: .invalid("comment not terminated"), range: SourceRange(start, position))
                }
                position += 2
            default: return nil
            }
        }
        return nil
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
    }

    /// A name, a word of the language or a function; nil, with nothing read, for other text.
    private mutating func word() -> Token.Kind? {
        let start = position
        while let byte = peek() {
            if Self.isLetter(byte) || Self.isDigit(byte) {
                position += 1
            } else if byte >= 0x80, case let (character, length) = scalar(at: position),
                Self.isNameCharacter(character, isFirst: position == start)
            {
                position += length
            } else {
                break
            }
        }
        guard position > start else { return nil }
        let word = string(start..<position)
        let lower = word.lowercased()
        if let function = Symbol.functions[lower] { return isBeforeArguments() ? function : .identifier(word) }
        if let symbol = Symbol.words[lower] { return .symbol(symbol) }
        return .identifier(word)
    }

    private static func isNameCharacter(_ character: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch character.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        case .decimalNumber: !isFirst
        default: false
        }
    }

    /// Whether a parenthesis follows, or `by (` or `without (`: so a label may be called as a function is.
    private func isBeforeArguments() -> Bool {
        var place = position
        func skipSpaces() {
            while place < text.count, text[place] == 0x20 || (text[place] >= 0x09 && text[place] <= 0x0D) { place += 1 }
        }
        skipSpaces()
        for word in ["by", "without"] {
            let end = place + word.utf8.count
            guard end <= text.count, zip(text[place..<end], word.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { continue }
            place = end
            skipSpaces()
            break
        }
        return place < text.count && text[place] == UInt8(ascii: "(")
    }

    // MARK: - Bytes

    func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

    /// The character at a place before the end, and how many bytes it takes.
    func scalar(at place: Int) -> (character: Unicode.Scalar, length: Int) {
        let byte = text[place]
        guard byte >= 0x80 else { return (Unicode.Scalar(byte), 1) }
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        let character = string(place..<min(place + length, text.count)).unicodeScalars.first
        return (character ?? "\u{FFFD}", min(length, text.count - place))
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}
