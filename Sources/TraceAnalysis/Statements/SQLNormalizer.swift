/// SQL in its dialects, and RQL, which has SQL's words and literals in another order.
struct SQLNormalizer {
    private let dialect: StatementDialect
    private let keywords: StatementKeywords
    private let isRQL: Bool
    private var cursor: StatementCursor
    private var writer: StatementWriter
    /// Whether the last token was a comparison: what stands between double quotes after it is rather a string.
    private var comparesNext = false
    /// Whether the last token was IN: the bracket after it holds values.
    private var listsNext = false
    /// MySQL's `/*!40101 … */`: comments that are read.
    private var executableComments = 0

    init(_ input: UnsafeBufferPointer<UInt8>, dialect: StatementDialect) {
        self.dialect = dialect
        isRQL = dialect == .rql
        keywords = isRQL ? .rql : .sql
        cursor = StatementCursor(input)
        writer = StatementWriter(capacity: input.count + input.count / 8 + 16, spacesBraces: true)
    }

    mutating func run() -> [UInt8] {
        while !cursor.isAtEnd { step() }
        return writer.finish()
    }

    private mutating func step() {
        let byte = cursor.peek()
        switch byte {
        case _ where ByteClass.isSpace(byte): cursor.advance()
        case _ where ByteClass.isLetter(byte): stepWord()
        case _ where ByteClass.isDigit(byte): stepNumber()
        case UInt8(ascii: "'"): stepString(byte)
        case UInt8(ascii: "\""): stepDoubleQuotes()
        case UInt8(ascii: "`"): stepQuotedName(closing: byte)
        case UInt8(ascii: "("): stepParenthesis()
        case UInt8(ascii: "["): stepBracket()
        case UInt8(ascii: "{"): stepBrace()
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            cursor.advance()
            writer.close(byte)
            forget()
        case UInt8(ascii: ","):
            cursor.advance()
            writer.comma()
            forget()
        case UInt8(ascii: ";"):
            cursor.advance()
            writer.semicolon()
            forget()
        case UInt8(ascii: "."): stepDot()
        case UInt8(ascii: "$"): stepDollar()
        case UInt8(ascii: "?"):
            cursor.advance()
            cursor.skip(while: ByteClass.isDigit)
            literal()
        case UInt8(ascii: ":"): stepColon()
        case UInt8(ascii: "@"): stepAt()
        case UInt8(ascii: "#"): stepHash()
        case UInt8(ascii: "%"): stepPercent()
        case UInt8(ascii: "-"): stepMinus()
        case UInt8(ascii: "+"):
            if !stepSign() { stepOperator() }
        case UInt8(ascii: "/"): stepSlash()
        case UInt8(ascii: "*"):
            if executableComments > 0, cursor.peek(1) == UInt8(ascii: "/") {
                executableComments -= 1
                cursor.advance(2)
            } else {
                stepOperator()
            }
        default: stepOperator()
        }
    }

    private mutating func forget() {
        comparesNext = false
        listsNext = false
    }

    private mutating func literal() {
        writer.literal()
        forget()
    }

    // MARK: Words

    private mutating func stepWord() {
        let start = cursor.index
        // The byte order mark and U+00A0 are spaces that copying brings in.
        if cursor.peek() == 0xEF, cursor.peek(1) == 0xBB, cursor.peek(2) == 0xBF { return cursor.advance(3) }
        while ByteClass.isWord(cursor.peek()), !(cursor.peek() == 0xC2 && cursor.peek(1) == 0xA0) { cursor.advance() }
        if cursor.index == start { return cursor.advance(2) }
        if !isRQL, stepPrefixedString(start) { return }
        let word = cursor.slice(from: start)
        var kind = StatementKeywords.Kind.none
        // `t.order` and `from.x` are names.
        if writer.last != .dot, cursor.peek() != UInt8(ascii: ".") { kind = keywords.kind(of: word) }
        if kind == .function { kind = nextIsParenthesis() ? .function : .none }

        if kind == .keyword {
            stepKeyword(word)
        } else {
            if writer.group?.kind == .values, !Self.equal(word, "ROW") { writer.endGroup() }
            if kind == .function {
                writer.word(word.map(Self.upper), as: .word)
            } else {
                writer.word(word, as: .word)
            }
            forget()
        }
    }

    private mutating func stepKeyword(_ word: Slice<UnsafeBufferPointer<UInt8>>) {
        let isValue =
            Self.equal(word, "NULL") || Self.equal(word, "TRUE") || Self.equal(word, "FALSE")
            || (isRQL && Self.equal(word, "NONE"))
        // Otherwise rows of an INSERT would be as many statements as there are ways to leave out values.
        if isValue, writer.group?.isValues == true { return literal() }
        if writer.group?.kind == .values { writer.endGroup() }
        if Self.equal(word, "SELECT") || Self.equal(word, "WITH") {
            writer.changeGroup {
                $0.isValues = false
                $0.collapses = false
            }
        }
        writer.word(word.map(isRQL ? Self.lower : Self.upper), as: .keyword)
        forget()
        listsNext = Self.equal(word, "IN")
        comparesNext =
            Self.equal(word, "LIKE") || Self.equal(word, "ILIKE") || Self.equal(word, "REGEXP")
            || Self.equal(word, "BETWEEN") || Self.equal(word, "LIMIT")
        if !isRQL, Self.equal(word, "VALUES") {
            writer.push(StatementWriter.Group(kind: .values, collapses: true, isValues: true))
        }
    }

    /// `N'…'`, `E'…'`, `X'…'`, `_utf8'…'`, `U&'…'`, Oracle's `q'[…]'`: the word up to the cursor and the quotes.
    private mutating func stepPrefixedString(_ start: Int) -> Bool {
        let length = cursor.index - start
        let first = cursor.input[start] | 0x20
        if length == 1, first == UInt8(ascii: "u"), cursor.peek() == UInt8(ascii: "&"),
            cursor.peek(1) == UInt8(ascii: "'")
        {
            cursor.advance()
        }
        let quote = cursor.peek()
        guard quote == UInt8(ascii: "'") || (quote == UInt8(ascii: "\"") && dialect == .doubleQuotedStrings) else {
            return false
        }
        let isPrefix =
            cursor.input[start] == UInt8(ascii: "_")
            || (length == 1 && "nebxruq".utf8.contains(first)) || (length == 2 && first == UInt8(ascii: "n"))
            || (length == 2 && dialect == .doubleQuotedStrings)
        guard isPrefix else { return false }
        cursor.advance()
        if first == UInt8(ascii: "q") || length == 2 && first == UInt8(ascii: "n") {
            let opening = cursor.peek()
            cursor.advance()
            cursor.skip(behind: [Self.closing(opening), UInt8(ascii: "'")])
        } else {
            let escapes = first == UInt8(ascii: "e") || (dialect.escapesWithBackslash && first != UInt8(ascii: "r"))
            cursor.skipQuoted(quote, escapes: escapes)
        }
        literal()
        return true
    }

    private static func closing(_ opening: UInt8) -> UInt8 {
        switch opening {
        case UInt8(ascii: "["): UInt8(ascii: "]")
        case UInt8(ascii: "("): UInt8(ascii: ")")
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        case UInt8(ascii: "<"): UInt8(ascii: ">")
        default: opening
        }
    }

    private func nextIsParenthesis() -> Bool {
        // A bracket far away belongs to something else; and the look ahead has to end.
        for offset in 0..<8 where !ByteClass.isSpace(cursor.peek(offset)) {
            return cursor.peek(offset) == UInt8(ascii: "(")
        }
        return false
    }

    // MARK: Quotes

    private mutating func stepString(_ quote: UInt8) {
        cursor.advance()
        cursor.skipQuoted(quote, escapes: dialect.escapesWithBackslash, doubles: !isRQL)
        literal()
    }

    private mutating func stepDoubleQuotes() {
        switch dialect.doubleQuotes {
        case .string: stepString(UInt8(ascii: "\""))
        case .identifier: stepQuotedName(closing: UInt8(ascii: "\""))
        case .guessed:
            let isValue = comparesNext || writer.group?.isValues == true
            let start = cursor.index
            cursor.advance()
            let isClosed = cursor.skipQuoted(UInt8(ascii: "\""), escapes: false)
            // `= "t"."c"` compares with a column.
            if !isClosed || (isValue && cursor.peek() != UInt8(ascii: ".")) {
                literal()
            } else {
                name(from: start)
            }
        }
    }

    private mutating func stepQuotedName(closing: UInt8) {
        let start = cursor.index
        cursor.advance()
        if cursor.skipQuoted(closing, escapes: false) {
            name(from: start)
        } else {
            // Cut off: what was meant to be a name cannot be told from a value.
            literal()
        }
    }

    private mutating func name(from start: Int) {
        if writer.group?.kind == .values { writer.endGroup() }
        writer.word(cursor.slice(from: start), as: .word)
        forget()
    }

    // MARK: Brackets

    private mutating func stepParenthesis() {
        cursor.advance()
        let isValues = listsNext || writer.group?.kind == .values || (writer.group?.isValues == true)
        // The arguments of a call and the columns of a table are told apart by their number.
        let isCall = writer.last == .word
        writer.open(
            UInt8(ascii: "("), StatementWriter.Group(collapses: !isCall, isValues: isValues && !isCall))
        forget()
    }

    private mutating func stepBracket() {
        let start = cursor.index
        cursor.advance()
        let followsName = writer.last == .word || writer.last == .close || writer.last == .literal
        if dialect == .sqlServer || (!isRQL && dialect != .postgresql && !followsName && isBracketedName()) {
            if cursor.skipQuoted(UInt8(ascii: "]"), escapes: false) {
                name(from: start)
            } else {
                literal()
            }
            return
        }
        // In RQL rows follow the name of a table: `insert users [{ … }]`.
        writer.open(
            UInt8(ascii: "["), StatementWriter.Group(collapses: true, isValues: true), belongsToWord: !isRQL)
        forget()
    }

    /// Whether a name and `]` follow, as T-SQL writes them.
    private func isBracketedName() -> Bool {
        guard ByteClass.isLetter(cursor.peek()) else { return false }
        for offset in 1..<128 {
            let byte = cursor.peek(offset)
            if byte == UInt8(ascii: "]") { return true }
            guard ByteClass.isWord(byte) || byte == UInt8(ascii: " ") else { return false }
        }
        return false
    }

    private mutating func stepBrace() {
        if !isRQL, let length = braceParameterLength() {
            cursor.advance(length)
            return literal()
        }
        cursor.advance()
        let isValues = writer.group?.isValues == true
        writer.open(UInt8(ascii: "{"), StatementWriter.Group(collapses: false, isValues: isValues))
        forget()
    }

    /// ClickHouse's `{name:Type}`. A type is letters, digits and brackets; nothing is that long.
    private func braceParameterLength() -> Int? {
        guard ByteClass.isLetter(cursor.peek(1)) else { return nil }
        var hasColon = false
        for offset in 2..<256 {
            let byte = cursor.peek(offset)
            switch byte {
            case UInt8(ascii: "}"): return hasColon ? offset + 1 : nil
            case UInt8(ascii: ":"):
                guard !hasColon else { return nil }
                hasColon = true
            case UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "'"):
                guard hasColon || byte == UInt8(ascii: " ") else { return nil }
            default:
                guard ByteClass.isWord(byte) else { return nil }
            }
        }
        return nil
    }

    // MARK: Numbers and signs

    private mutating func stepNumber() {
        let start = cursor.index
        cursor.skipNumber()
        // After a dot it is the name of a column or of a tuple's element.
        if writer.last == .dot {
            writer.word(cursor.slice(from: start), as: .word)
            forget()
        } else {
            literal()
        }
    }

    private mutating func stepDot() {
        if ByteClass.isDigit(cursor.peek(1)), writer.last != .word, writer.last != .close, writer.last != .dot {
            cursor.skipNumber()
            return literal()
        }
        if cursor.peek(1) == UInt8(ascii: ".") { return stepOperator() }
        cursor.advance()
        writer.dot()
        forget()
    }

    private mutating func stepMinus() {
        if !isRQL, cursor.peek(1) == UInt8(ascii: "-"),
            dialect != .mysql || ByteClass.isSpace(cursor.peek(2))
        {
            return cursor.skipLine()
        }
        if !stepSign() { stepOperator() }
    }

    /// A sign that belongs to a number: nothing stands before it that could be added to.
    private mutating func stepSign() -> Bool {
        switch writer.last {
        case .word, .literal, .close, .dot: return false
        default: break
        }
        let next = cursor.peek(1)
        guard ByteClass.isDigit(next) || (next == UInt8(ascii: ".") && ByteClass.isDigit(cursor.peek(2))) else {
            return false
        }
        cursor.advance()
        cursor.skipNumber()
        literal()
        return true
    }

    // MARK: Parameters and comments

    private mutating func stepDollar() {
        let next = cursor.peek(1)
        if next == UInt8(ascii: "{"), !isRQL { return stepTemplate() }
        if next == UInt8(ascii: "$") || ByteClass.isLetter(next), dialect.hasDollarQuotes {
            var length = 1
            while ByteClass.isLetter(cursor.peek(length)) || ByteClass.isDigit(cursor.peek(length)) { length += 1 }
            if cursor.peek(length) == UInt8(ascii: "$") {
                let tag = Array(cursor.input[cursor.index...(cursor.index + length)])
                cursor.advance(length + 1)
                cursor.skip(behind: tag)
            } else {
                cursor.advance(length)
            }
            return literal()
        }
        guard ByteClass.isWord(next) else { return stepOperator() }
        cursor.advance()
        cursor.skip(while: ByteClass.isWord)
        literal()
    }

    /// `${name}`, `#{name}`.
    private mutating func stepTemplate() {
        for offset in 2..<128 where cursor.peek(offset) == UInt8(ascii: "}") {
            cursor.advance(offset + 1)
            return literal()
        }
        stepOperator()
    }

    private mutating func stepColon() {
        let next = cursor.peek(1)
        if next == UInt8(ascii: ":") {
            cursor.advance(2)
            writer.cast()
            return forget()
        }
        // Not in `[a:b]` and `{a:b}`.
        if !isRQL, ByteClass.isWord(next), !ByteClass.isWord(cursor.before), cursor.before != UInt8(ascii: "\""),
            cursor.before != UInt8(ascii: "'"), cursor.before != UInt8(ascii: "]")
        {
            cursor.advance()
            cursor.skip(while: ByteClass.isWord)
            return literal()
        }
        if next == UInt8(ascii: "=") { return stepOperator() }
        cursor.advance()
        writer.colon()
        forget()
    }

    private mutating func stepAt() {
        let start = cursor.index
        if isRQL {
            // A date or time: `@2024-01-15T10:30:00+05:30`.
            cursor.advance()
            cursor.skip { ByteClass.isWord($0) || "-:.+/".utf8.contains($0) }
            return literal()
        }
        if cursor.peek(1) == UInt8(ascii: "@"), ByteClass.isLetter(cursor.peek(2)) {
            cursor.advance(2)
            cursor.skip(while: ByteClass.isWord)
            return name(from: start)
        }
        guard ByteClass.isWord(cursor.peek(1)) else { return stepOperator() }
        cursor.advance()
        cursor.skip(while: ByteClass.isWord)
        literal()
    }

    private mutating func stepHash() {
        let next = cursor.peek(1)
        if next == UInt8(ascii: "{"), !isRQL { return stepTemplate() }
        let isLineStart = cursor.before == 0 || cursor.before == 0x0A
        if dialect == .mysql || (dialect == .unknown && isLineStart) { return cursor.skipLine() }
        let start = cursor.index
        guard ByteClass.isLetter(next) else {
            return isRQL ? cursor.skipLine() : stepOperator()
        }
        cursor.advance()
        cursor.skip(while: ByteClass.isWord)
        let word = cursor.slice(from: start + 1)
        // RQL has four columns that begin so, and comments; T-SQL's temporary tables do too.
        if isRQL, !["rownum", "created_at", "updated_at", "time"].contains(where: { Self.equal(word, $0) }) {
            return cursor.skipLine()
        }
        name(from: start)
    }

    /// Parameters of Python's database interface: `%s`, `%(name)s`. Otherwise it is the remainder of a division.
    private mutating func stepPercent() {
        switch writer.last {
        case .word, .literal, .close, .dot: return stepOperator()
        default: break
        }
        if "sdifr".utf8.contains(cursor.peek(1)), !ByteClass.isWord(cursor.peek(2)) {
            cursor.advance(2)
            return literal()
        }
        if cursor.peek(1) == UInt8(ascii: "(") {
            for offset in 2..<128 where cursor.peek(offset) == UInt8(ascii: ")") {
                cursor.advance(offset + 1)
                if ByteClass.isLetter(cursor.peek()) { cursor.advance() }
                return literal()
            }
        }
        stepOperator()
    }

    private mutating func stepSlash() {
        guard !isRQL, cursor.peek(1) == UInt8(ascii: "*") else { return stepOperator() }
        if cursor.peek(2) == UInt8(ascii: "!"), dialect == .mysql || dialect == .unknown {
            cursor.advance(3)
            cursor.skip(while: ByteClass.isDigit)
            executableComments += 1
            return
        }
        cursor.advance(2)
        guard dialect.nestsComments else { return cursor.skip(behind: Array("*/".utf8)) }
        var depth = 1
        while depth > 0, !cursor.isAtEnd {
            if cursor.peek() == UInt8(ascii: "*"), cursor.peek(1) == UInt8(ascii: "/") {
                depth -= 1
                cursor.advance(2)
            } else if cursor.peek() == UInt8(ascii: "/"), cursor.peek(1) == UInt8(ascii: "*") {
                depth += 1
                cursor.advance(2)
            } else {
                cursor.advance()
            }
        }
    }

    // MARK: Operators

    private static let long: [[UInt8]] = [
        "<=>", "->>", "#>>", "!~*", "!~~", "<->", "<<=", ">>=", "<=", ">=", "<>", "!=", "==", "||", "&&", "->", "=>",
        "#>", "@>", "<@", "~*", "!~", "~~", "<<", ">>", "**", ":=", "..", "^=", "#-", "@@",
    ].map { Array($0.utf8) }

    private mutating func stepOperator() {
        let start = cursor.index
        let length =
            Self.long.first { text in
                text.count <= cursor.input.count - start
                    && cursor.input[start..<(start + text.count)].elementsEqual(text)
            }?.count ?? 1
        let first = cursor.peek()
        cursor.advance(length)
        writer.operation(cursor.slice(from: start))
        forget()
        comparesNext = "=<>!~^".utf8.contains(first)
    }

    // MARK: Letters

    private static func upper(_ byte: UInt8) -> UInt8 { byte &- 0x61 < 26 ? byte & 0xDF : byte }
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether a word is this one, in either case.
    private static func equal(_ word: Slice<UnsafeBufferPointer<UInt8>>, _ text: StaticString) -> Bool {
        guard word.count == text.utf8CodeUnitCount else { return false }
        for (offset, byte) in word.enumerated() where upper(byte) != upper(text.utf8Start[offset]) { return false }
        return true
    }
}
