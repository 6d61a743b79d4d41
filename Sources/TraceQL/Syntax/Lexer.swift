/// Cuts the text of a query into tokens. Positions are bytes of UTF-8.
///
/// What is wrong with the text becomes a token of its own at its end, so that the parser meets mistakes in their order.
struct Lexer {
    let text: [UInt8]
    /// Whether a word with a dot, and no scope before it, is an attribute: `service.name`.
    let readsBareNames: Bool
    /// Of the next byte.
    var position = 0

    init(_ text: [UInt8], readsBareNames: Bool = false) {
        self.text = text
        self.readsBareNames = readsBareNames
    }

    /// All tokens; the last is the end of the text or something invalid.
    static func tokens(of text: [UInt8], readsBareNames: Bool) -> [Token] {
        var lexer = Lexer(text, readsBareNames: readsBareNames)
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
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: "."):
            if let next = peek(1), Self.isDigit(next) { return number() }
            position += 1
            return attribute(scope: .any, ofParent: false)
        default: break
        }
        if Self.isLetter(byte) || byte >= 0x80 {
            if let kind = word() { return kind }
        } else if let (symbol, length) = Symbol.longest(text, at: position) {
            position += length
            return .symbol(symbol)
        }
        let (character, length) = scalar(at: position)
        position += length
        return .invalid(Self.complaint(about: character))
    }

    /// Spaces and comments, `// …` to the end of the line and `/* … */`; a comment that does not end is returned.
    private mutating func skipBlanks() -> Token? {
        while let byte = peek() {
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                let start = position
                position += 2
                while peek() != nil, !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { position += 1 }
                guard peek() != nil else {
                    let range = SourceRange(start, position)
                    return Token(kind: .invalid("the comment is not closed by `*/`"), range: range)
                }
                position += 2
            } else if let length = spaceLength() {
                position += length
            } else {
                return nil
            }
        }
        return nil
    }

    /// A word, an attribute with its scope, or an intrinsic with its scope; nil, with nothing read, for other text.
    private mutating func word() -> Token.Kind? {
        let start = position
        while let byte = peek() {
            if Self.isLetter(byte) || Self.isDigit(byte) {
                position += 1
            } else if byte >= 0x80, case let (character, length) = scalar(at: position),
                character.properties.isAlphabetic
            {
                position += length
            } else {
                break
            }
        }
        guard position > start else { return nil }
        let word = string(start..<position)
        if peek() == UInt8(ascii: ".") {
            if word == "parent" {
                position += 1
                return attributeOfParent()
            }
            if let scope = Attribute.Scope(rawValue: word) {
                position += 1
                return attribute(scope: scope, ofParent: false)
            }
            if readsBareNames {
                position = start
                return attribute(scope: .any, ofParent: false)
            }
            var ahead = self
            ahead.position = start
            guard case .attribute(let attribute) = ahead.attribute(scope: .any, ofParent: false) else {
                return .invalid("unknown scope `\(word)`")
            }
            position = ahead.position
            return .invalid(
                "unknown scope `\(word)`; an attribute without a scope begins with a dot: `\(attribute)`")
        }
        if peek() == UInt8(ascii: ":"), Intrinsic.scopes.contains(word) {
            position += 1
            while let byte = peek(), Self.isLetter(byte) || Self.isDigit(byte) { position += 1 }
            let name = string(start..<position)
            if let intrinsic = Intrinsic(rawValue: name) { return .attribute(Attribute(.intrinsic(intrinsic))) }
            let known = Intrinsic.allCases.map(\.rawValue).filter { $0.hasPrefix(word + ":") }
            return .invalid("unknown intrinsic `\(name)`" + Suggestion.text(for: name, among: known))
        }
        return .word(word)
    }

    private static func complaint(about character: Unicode.Scalar) -> String {
        switch character {
        case "'": "text is quoted by \" or `, not by '"
        case "“", "”", "„": "text is quoted by \" or `, not by \(character)"
        case "&": "`&` is no operator; write `&&`"
        case "#": "a comment begins with `//`"
        default: "unexpected character `\(character)`"
        }
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

    /// The length of a space here; nil when there is none. Spaces are those of Unicode, as in Go's `unicode.IsSpace`.
    func spaceLength() -> Int? {
        guard let byte = peek() else { return nil }
        if byte < 0x80 { return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) ? 1 : nil }
        let (character, length) = scalar(at: position)
        return character.properties.isWhitespace ? length : nil
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}
