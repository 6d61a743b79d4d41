/// Cuts the text of a query into tokens, one at a time.
///
/// What a character means depends on what is open: inside braces every word is a label, inside brackets stands a
/// duration. Strings and names are cut as bytes of UTF-8, and so are all positions.
struct Lexer {
    let text: [UInt8]
    /// Of the next byte.
    var position = 0
    /// Of the token that is being read.
    var start = 0
    private var parenthesisDepth = 0
    private var isBraceOpen = false
    private var isBracketOpen = false
    /// Right after `[` and its operators, until a number comes.
    private var expectsDuration = false
    private var hasDuration = false
    private var hasColon = false

    init(_ text: [UInt8]) { self.text = text }

    /// The next token; at the end of the text `endOfInput`, again and again.
    mutating func next() throws(ParseError) -> Token {
        while true {
            start = position
            let token: Token?
            if isBraceOpen {
                token = try insideBraces()
            } else if expectsDuration {
                token = try insideDuration()
            } else {
                token = try statement()
            }
            if let token { return token }
        }
    }

    func text(of token: Token) -> String {
        String(decoding: text[token.range.start..<token.range.end], as: UTF8.self)
    }

    // MARK: - The three states

    private mutating func statement() throws(ParseError) -> Token? {
        guard let byte = peek() else {
            if parenthesisDepth != 0 { throw error("unclosed left parenthesis") }
            if isBracketOpen { throw error("unclosed left bracket") }
            return token(.endOfInput)
        }
        if skipBlank(byte) { return nil }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) {
            return try numberOrDuration()
        }
        if Self.isLetter(byte) || byte == UInt8(ascii: ":") {
            return isBracketOpen ? try bracketWord() : word()
        }
        switch byte {
        case UInt8(ascii: ","): return take(.comma)
        case UInt8(ascii: "*"): return take(.operation(.multiply))
        case UInt8(ascii: "/"): return take(.operation(.divide))
        case UInt8(ascii: "%"): return take(.operation(.modulo))
        case UInt8(ascii: "+"): return take(.operation(.add))
        case UInt8(ascii: "-"): return take(.operation(.subtract))
        case UInt8(ascii: "^"): return take(.operation(.power))
        case UInt8(ascii: "@"): return take(.at)
        case UInt8(ascii: "="):
            if peek(1) == UInt8(ascii: "=") { return take(.operation(.equal), 2) }
            if peek(1) == UInt8(ascii: "~") { throw error("unexpected character after '=': '~'") }
            return take(.assign)
        case UInt8(ascii: "!"):
            if peek(1) == UInt8(ascii: "=") { return take(.operation(.notEqual), 2) }
            throw error("unexpected character after '!': \(GoText.quoted(scalar(at: position + 1)))")
        case UInt8(ascii: "<"):
            return peek(1) == UInt8(ascii: "=") ? take(.operation(.lessOrEqual), 2) : take(.operation(.less))
        case UInt8(ascii: ">"):
            return peek(1) == UInt8(ascii: "=") ? take(.operation(.greaterOrEqual), 2) : take(.operation(.greater))
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return try string(quote: byte)
        case UInt8(ascii: "("), UInt8(ascii: ")"): return try parenthesis(byte)
        case UInt8(ascii: "{"):
            isBraceOpen = true
            return take(.leftBrace)
        case UInt8(ascii: "["):
            if isBracketOpen { throw error("unexpected left bracket '['") }
            isBracketOpen = true
            expectsDuration = true
            hasDuration = false
            hasColon = false
            return take(.leftBracket)
        case UInt8(ascii: "]"):
            if !isBracketOpen { throw error("unexpected right bracket ']'") }
            return closeBracket()
        default: throw error("unexpected character: \(GoText.quoted(scalar(at: position)))")
        }
    }

    private mutating func insideBraces() throws(ParseError) -> Token? {
        guard let byte = peek() else { throw error("unexpected end of input inside braces") }
        if skipBlank(byte) { return nil }
        if Self.isLetter(byte) {
            while let byte = peek(), Self.isWordByte(byte) { position += 1 }
            return token(.identifier)
        }
        switch byte {
        case UInt8(ascii: ","): return take(.comma)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return try string(quote: byte)
        case UInt8(ascii: "="):
            return peek(1) == UInt8(ascii: "~") ? take(.matchesPattern, 2) : take(.assign)
        case UInt8(ascii: "!"):
            if peek(1) == UInt8(ascii: "~") { return take(.doesNotMatchPattern, 2) }
            if peek(1) == UInt8(ascii: "=") { return take(.operation(.notEqual), 2) }
            throw error("unexpected character after '!' inside braces: \(GoText.quoted(scalar(at: position + 1)))")
        case UInt8(ascii: "{"): throw error("unexpected left brace '{'")
        case UInt8(ascii: "}"):
            isBraceOpen = false
            return take(.rightBrace)
        default: throw error("unexpected character inside braces: \(GoText.quoted(scalar(at: position)))")
        }
    }

    private mutating func insideDuration() throws(ParseError) -> Token? {
        guard let byte = peek() else { throw error("unexpected end of input in duration expression") }
        if Self.isSpace(byte) {
            position += 1
            return nil
        }
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) {
            let token = try numberOrDuration()
            expectsDuration = false
            hasDuration = true
            return token
        }
        switch byte {
        case UInt8(ascii: "]"): return closeBracket()
        case UInt8(ascii: ":"):
            let token = take(.colon)
            if !hasDuration {
                throw error("unexpected colon before duration in duration expression", from: position)
            }
            if hasColon { throw error("unexpected repeated colon in duration expression", from: position) }
            hasColon = true
            return token
        case UInt8(ascii: "("), UInt8(ascii: ")"): return try parenthesis(byte)
        case UInt8(ascii: "+"): return take(.operation(.add))
        case UInt8(ascii: "-"): return take(.operation(.subtract))
        case UInt8(ascii: "*"): return take(.operation(.multiply))
        case UInt8(ascii: "/"): return take(.operation(.divide))
        case UInt8(ascii: "%"): return take(.operation(.modulo))
        case UInt8(ascii: "^"): return take(.operation(.power))
        case UInt8(ascii: ","): return take(.comma)
        default:
            if let token = durationWord() {
                hasDuration = true
                return token
            }
            throw error(
                "unexpected character in duration expression: \(GoText.quoted(scalar(at: start)))")
        }
    }

    // MARK: - Words and brackets

    private mutating func word() -> Token {
        var hasColon = false
        while let byte = peek(), Self.isWordByte(byte) || byte == UInt8(ascii: ":") {
            hasColon = hasColon || byte == UInt8(ascii: ":")
            position += 1
        }
        if hasColon { return token(.metricIdentifier) }
        // No keyword is longer.
        guard position - start <= 16 else { return token(.identifier) }
        let word = String(decoding: text[start..<position].map(Self.lowercased), as: UTF8.self)
        return token(TokenKind(word: word) ?? .identifier)
    }

    private mutating func bracketWord() throws(ParseError) -> Token {
        if peek() == UInt8(ascii: ":") {
            if hasColon { throw error("unexpected colon ':'") }
            hasColon = true
            return take(.colon)
        }
        if let token = durationWord() { return token }
        throw error("unexpected character: \(GoText.quoted(scalar(at: start))), expected ':'")
    }

    /// The functions of duration expressions; nil, with nothing read, for any other word.
    private mutating func durationWord() -> Token? {
        while let byte = peek(), Self.isLetter(byte) { position += 1 }
        switch String(decoding: text[start..<position].prefix(16).map(Self.lowercased), as: UTF8.self) {
        case "step": return token(.step)
        case "min", "min_of": return token(.aggregation(.min))
        case "max", "max_of": return token(.aggregation(.max))
        default:
            position = start
            return nil
        }
    }

    private mutating func parenthesis(_ byte: UInt8) throws(ParseError) -> Token {
        if byte == UInt8(ascii: "(") {
            parenthesisDepth += 1
            return take(.leftParenthesis)
        }
        let token = take(.rightParenthesis)
        parenthesisDepth -= 1
        if parenthesisDepth < 0 { throw error("unexpected right parenthesis ')'", from: position) }
        return token
    }

    private mutating func closeBracket() -> Token {
        isBracketOpen = false
        expectsDuration = false
        return take(.rightBracket)
    }

    // MARK: - Bytes

    /// Spaces, or a comment up to the end of its line.
    private mutating func skipBlank(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "#") {
            while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
            return true
        }
        guard Self.isSpace(byte) else { return false }
        position += 1
        return true
    }

    func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func take(_ kind: TokenKind, _ count: Int = 1) -> Token {
        position += count
        return token(kind)
    }

    func token(_ kind: TokenKind) -> Token { Token(kind, SourceRange(start, position)) }

    func error(_ reason: String) -> ParseError { error(reason, from: start) }

    private func error(_ reason: String, from place: Int) -> ParseError {
        ParseError(reason, SourceRange(place, text.count), in: text)
    }

    /// The character that begins at a byte; nil at the end.
    func scalar(at place: Int) -> Unicode.Scalar? {
        guard place < text.count else { return nil }
        return String(decoding: text[place..<min(place + 4, text.count)], as: UTF8.self).unicodeScalars.first
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (lowercased(byte) >= UInt8(ascii: "a") && lowercased(byte) <= UInt8(ascii: "z"))
    }

    static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 0x20 : byte
    }
}
