/// JSON and the calls of MongoDB's shell: the names of members stay, their values do not.
///
/// `{"find": "users", "filter": {"age": {"$gt": 30}}}` is `{"find": "users", "filter": {"age": {"$gt": ?}}}`.
struct DocumentNormalizer {
    /// Members of a command whose text names what it works on.
    private static let namingMembers: Set<[UInt8]> = Set(
        [
            "find", "insert", "update", "delete", "aggregate", "count", "distinct", "findAndModify", "findandmodify",
            "create", "drop", "createIndexes", "dropIndexes", "listIndexes", "mapReduce", "collStats", "collection",
            "key", "$db", "index",
        ].map { Array($0.utf8) })

    private var cursor: StatementCursor
    private var writer: StatementWriter
    /// Whether the value that follows names something.
    private var namesNext = false

    init(_ input: UnsafeBufferPointer<UInt8>) {
        cursor = StatementCursor(input)
        writer = StatementWriter(capacity: input.count + input.count / 8 + 16, spacesBraces: false)
    }

    mutating func run() -> [UInt8] {
        while !cursor.isAtEnd { step() }
        return writer.finish()
    }

    private mutating func step() {
        let byte = cursor.peek()
        switch byte {
        case _ where ByteClass.isSpace(byte): cursor.advance()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): stepString(byte)
        case _ where ByteClass.isDigit(byte): stepNumber()
        case _ where ByteClass.isWord(byte): stepWord()
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            cursor.advance()
            ByteClass.isDigit(cursor.peek()) ? stepNumber() : operation(from: cursor.index - 1)
        case UInt8(ascii: "{"): open(byte, collapses: false)
        case UInt8(ascii: "["): open(byte, collapses: true)
        case UInt8(ascii: "("): open(byte, collapses: false)
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"):
            cursor.advance()
            writer.close(byte)
            namesNext = false
        case UInt8(ascii: ","):
            cursor.advance()
            writer.comma()
            namesNext = false
        case UInt8(ascii: ":"):
            cursor.advance()
            writer.colon()
        case UInt8(ascii: "."):
            cursor.advance()
            writer.dot()
        case UInt8(ascii: ";"):
            cursor.advance()
            writer.semicolon()
        case UInt8(ascii: "?"):
            cursor.advance()
            literal()
        case UInt8(ascii: "/"): stepSlash()
        default:
            cursor.advance()
            operation(from: cursor.index - 1)
        }
    }

    private mutating func literal() {
        writer.literal()
        namesNext = false
    }

    private mutating func operation(from start: Int) {
        writer.operation(cursor.slice(from: start))
        namesNext = false
    }

    private mutating func open(_ bracket: UInt8, collapses: Bool) {
        cursor.advance()
        writer.open(
            bracket,
            StatementWriter.Group(
                collapses: collapses, isValues: bracket == UInt8(ascii: "[") || writer.group?.isValues == true))
        namesNext = false
    }

    private mutating func stepNumber() {
        cursor.skipNumber()
        literal()
    }

    private mutating func stepString(_ quote: UInt8) {
        let start = cursor.index
        cursor.advance()
        let isClosed = cursor.skipQuoted(quote, escapes: true, doubles: false)
        if isClosed, nextIsColon() {
            let name = cursor.input[(start + 1)..<(cursor.index - 1)]
            writer.word(cursor.slice(from: start), as: .word)
            namesNext = writer.depth == 1 && isNaming(name)
        } else if isClosed, namesNext {
            writer.word(cursor.slice(from: start), as: .word)
            namesNext = false
        } else {
            literal()
        }
    }

    private mutating func stepWord() {
        let start = cursor.index
        cursor.skip(while: ByteClass.isWord)
        let word = cursor.slice(from: start)
        let isValue = ["null", "true", "false"].contains { word.elementsEqual($0.utf8) }
        if isValue, writer.group?.isValues == true { return literal() }
        let isName = nextIsColon()
        writer.word(word, as: .word)
        namesNext = isName && writer.depth == 1 && isNaming(word)
    }

    private func isNaming(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        name.count <= 16 && Self.namingMembers.contains(Array(name))
    }

    private func nextIsColon() -> Bool {
        for offset in 0..<8 where !ByteClass.isSpace(cursor.peek(offset)) {
            return cursor.peek(offset) == UInt8(ascii: ":")
        }
        return false
    }

    /// A comment, a regular expression where a value is expected, or a division.
    private mutating func stepSlash() {
        let start = cursor.index
        if cursor.peek(1) == UInt8(ascii: "/") { return cursor.skipLine() }
        if cursor.peek(1) == UInt8(ascii: "*") {
            cursor.advance(2)
            return cursor.skip(behind: Array("*/".utf8))
        }
        cursor.advance()
        switch writer.last {
        case .colon, .comma, .open, .openBrace:
            cursor.skipQuoted(UInt8(ascii: "/"), escapes: true, doubles: false)
            cursor.skip(while: ByteClass.isLetter)
            literal()
        default: operation(from: start)
        }
    }
}
