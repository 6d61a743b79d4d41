/// A word of an action.
struct TemplateToken: Sendable {
    enum Kind: Sendable {
        case space, assign, declare, pipe, comma, otherCharacter, leftParenthesis, rightParenthesis
        case dot, null, bool, number, character, string, rawString
        /// With its dot or dollar.
        case field, variable
        case identifier, keyword
        /// `}}`
        case end
        /// Something that is no token; the text says why. It is the last of its action: what comes before it may have an
        /// error of its own, which is told first.
        case failure
    }

    var kind: Kind
    var text: String
    var position: Int
}

/// Takes a template's text apart: stretches of plain text, and actions as tokens.
///
/// - Spec: Go, text/template ("Text and spaces", "Actions"): `{{- ` and ` -}}` trim the white space next to them;
///   comments are alone in their action.
struct TemplateLexer {
    enum Piece {
        case text(String)
        /// The last token is `.end` or `.failure`.
        case action([TemplateToken])
    }

    static let keywords: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
    ]

    private let bytes: [UInt8]
    private var position = 0
    private var trimsNextText = false
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Of what comes next; after an error of what failed.
    var line: Int { Self.line(of: position, in: bytes) }

    static func line(of position: Int, in bytes: [UInt8]) -> Int {
        1 + bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") }
    }

    /// - Returns: nil at the end.
    mutating func next() throws(TemplateError) -> Piece? {
        while position < bytes.count {
            if let text = nextText() { return .text(text) }
            guard position < bytes.count else { return nil }
            if let tokens = try nextAction() { return .action(tokens) }
        }
        return nil
    }

    /// The text up to the next action, which may be empty.
    private mutating func nextText() -> String? {
        var start = position
        if trimsNextText {
            while start < bytes.count, Self.isSpace(bytes[start]) { start += 1 }
            trimsNextText = false
        }
        var end = start
        while end < bytes.count, !starts(with: "{{", at: end) { end += 1 }
        position = end
        if end < bytes.count, starts(with: "{{-", at: end), end + 3 < bytes.count, Self.isSpace(bytes[end + 3]) {
            while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
        }
        return end > start ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
    }

    /// Nil for a comment.
    private mutating func nextAction() throws(TemplateError) -> [TemplateToken]? {
        let opening = position
        position += 2
        if starts(with: "-", at: position), position + 1 < bytes.count, Self.isSpace(bytes[position + 1]) {
            position += 2
        }
        if starts(with: "/*", at: position) {
            try skipComment(opening)
            return nil
        }
        depth = 0
        var tokens: [TemplateToken] = []
        while true {
            let start = position
            do throws(TemplateError) {
                let token = try nextToken()
                tokens.append(token)
                if token.kind == .end { return tokens }
            } catch {
                tokens.append(TemplateToken(kind: .failure, text: error.message, position: start))
                position = bytes.count
                return tokens
            }
        }
    }

    private mutating func skipComment(_ opening: Int) throws(TemplateError) {
        var end = position + 2
        while end < bytes.count, !starts(with: "*/", at: end) { end += 1 }
        guard end < bytes.count else {
            position = opening
            throw TemplateError("unclosed comment")
        }
        position = end + 2
        guard let closing = closing(at: position) else { throw TemplateError("comment ends before closing delimiter") }
        position += closing.length
        trimsNextText = closing.trims
    }

    /// Whether `}}` stands here, or with the space before it ` -}}`.
    private func closing(at place: Int) -> (length: Int, trims: Bool)? {
        if starts(with: "}}", at: place) { return (2, false) }
        if place < bytes.count, Self.isSpace(bytes[place]), starts(with: "-}}", at: place + 1) { return (4, true) }
        return nil
    }

    private mutating func nextToken() throws(TemplateError) -> TemplateToken {
        let start = position
        if let closing = closing(at: start) {
            guard depth == 0 else { throw TemplateError("unclosed left paren") }
            position += closing.length
            trimsNextText = closing.trims
            return token(.end, from: start)
        }
        guard start < bytes.count else { throw TemplateError("unclosed action") }
        let byte = bytes[start]
        position += 1
        switch byte {
        case _ where Self.isSpace(byte):
            while position < bytes.count, Self.isSpace(bytes[position]), closing(at: position) == nil { position += 1 }
            return token(.space, from: start)
        case UInt8(ascii: "="): return token(.assign, from: start)
        case UInt8(ascii: ":"):
            guard starts(with: "=", at: position) else { throw TemplateError("expected :=") }
            position += 1
            return token(.declare, from: start)
        case UInt8(ascii: "|"): return token(.pipe, from: start)
        case UInt8(ascii: ","): return token(.comma, from: start)
        case UInt8(ascii: "("):
            depth += 1
            guard depth <= TemplateLimits.nestingMax else {
                throw TemplateError("nested more than \(TemplateLimits.nestingMax) deep")
            }
            return token(.leftParenthesis, from: start)
        case UInt8(ascii: ")"):
            depth -= 1
            // One too many is for the parser to tell.
            depth = max(depth, 0)
            return token(.rightParenthesis, from: start)
        case UInt8(ascii: "\""): return try quoted(.string, "unterminated quoted string", from: start)
        case UInt8(ascii: "'"): return try quoted(.character, "unterminated character constant", from: start)
        case UInt8(ascii: "`"):
            while position < bytes.count, bytes[position] != UInt8(ascii: "`") { position += 1 }
            guard position < bytes.count else { throw TemplateError("unterminated raw quoted string") }
            position += 1
            return token(.rawString, from: start)
        case UInt8(ascii: "$"): return try name(.variable, alone: .variable, from: start)
        case UInt8(ascii: "."):
            if position < bytes.count, Self.isDigit(bytes[position]) { return try number(from: start) }
            return try name(.field, alone: .dot, from: start)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number(from: start)
        default:
            position = start
            let scalar = scalar(at: start)
            if Self.isWord(scalar) { return try word(from: start) }
            guard byte >= 0x20, byte < 0x7F else {
                throw TemplateError("unrecognized character in action: \(Self.describe(scalar))")
            }
            position += 1
            return token(.otherCharacter, from: start)
        }
    }

    private func token(_ kind: TemplateToken.Kind, from start: Int) -> TemplateToken {
        TemplateToken(kind: kind, text: String(decoding: bytes[start..<position], as: UTF8.self), position: start)
    }

    private mutating func quoted(
        _ kind: TemplateToken.Kind, _ problem: String, from start: Int
    ) throws(TemplateError) -> TemplateToken {
        let quote = bytes[start]
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\n") { break }
            position += 1
            if byte == quote { return token(kind, from: start) }
            if byte == UInt8(ascii: "\\") {
                guard position < bytes.count, bytes[position] != UInt8(ascii: "\n") else { break }
                position += 1
            }
        }
        throw TemplateError(problem)
    }

    private mutating func name(
        _ kind: TemplateToken.Kind, alone: TemplateToken.Kind, from start: Int
    ) throws(TemplateError) -> TemplateToken {
        if isTerminated { return token(alone, from: start) }
        skipWord()
        guard isTerminated else { throw TemplateError("bad character \(Self.describe(scalar(at: position)))") }
        return token(kind, from: start)
    }

    private mutating func word(from start: Int) throws(TemplateError) -> TemplateToken {
        skipWord()
        guard isTerminated else { throw TemplateError("bad character \(Self.describe(scalar(at: position)))") }
        let word = token(.identifier, from: start)
        let kind: TemplateToken.Kind =
            switch word.text {
            case "true", "false": .bool
            case "nil": .null
            case let text where Self.keywords.contains(text): .keyword
            default: .identifier
            }
        return TemplateToken(kind: kind, text: word.text, position: start)
    }

    private mutating func skipWord() {
        while position < bytes.count {
            let scalar = scalar(at: position)
            guard Self.isWord(scalar) else { return }
            position += UTF8.width(scalar)
        }
    }

    /// Takes the letters that numbers have; whether they are one is for the parser to say.
    private mutating func number(from start: Int) throws(TemplateError) -> TemplateToken {
        position = start
        var isGood = skipNumber()
        // Go has complex numbers (`1+2i`), which nobody needs here.
        if isGood, accept("+-") {
            _ = skipNumber()
            isGood = false
        }
        guard isGood else {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            throw TemplateError("bad number syntax: \(LabelName.quoted(text))")
        }
        return token(.number, from: start)
    }

    /// - Returns: false when a letter follows, which is taken, too.
    private mutating func skipNumber() -> Bool {
        _ = accept("+-")
        var digits: StaticString = "0123456789_"
        var exponent: StaticString = "eE"
        if accept("0") {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
                exponent = "pP"
            } else if accept("oO") {
                digits = "01234567_"
                exponent = ""
            } else if accept("bB") {
                digits = "01_"
                exponent = ""
            }
        }
        while accept(digits) {}
        if accept(".") { while accept(digits) {} }
        if accept(exponent) {
            _ = accept("+-")
            while accept("0123456789_") {}
        }
        _ = accept("i")
        guard position < bytes.count else { return true }
        let scalar = scalar(at: position)
        guard Self.isWord(scalar) else { return true }
        position += UTF8.width(scalar)
        return false
    }

    /// Takes one byte if it is among some.
    private mutating func accept(_ letters: StaticString) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        guard letters.withUTF8Buffer({ $0.contains(byte) }) else { return false }
        position += 1
        return true
    }

    /// Whether what follows may come after a name.
    private var isTerminated: Bool {
        guard position < bytes.count else { return true }
        switch bytes[position] {
        case let byte where Self.isSpace(byte): return true
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: ")"),
            UInt8(ascii: "("):
            return true
        default: return starts(with: "}}", at: position)
        }
    }

    private func starts(with text: StaticString, at place: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count else { return false }
        return text.withUTF8Buffer { wanted in
            for offset in 0..<count where bytes[place + offset] != wanted[offset] { return false }
            return true
        }
    }

    private func scalar(at place: Int) -> Unicode.Scalar {
        String(decoding: bytes[place..<min(bytes.count, place + 4)], as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "_" { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return true
        default: return false
        }
    }

    /// Go's `%#U`: `U+003D '='`.
    private static func describe(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits) '\(scalar)'"
    }
}
