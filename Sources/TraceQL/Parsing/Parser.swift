/// Reads tokens by recursive descent, operators by their precedence. The checks of types are made on the way, where
/// places in the text are known; the first finding is kept until the whole text has parsed.
struct Parser {
    let text: [UInt8]
    private let tokens: [Token]
    private var index = 0
    private var nesting = 0
    /// The first thing that parses but does not go together.
    private var finding: TraceQLError?
    var patternCount = 0

    init(_ text: [UInt8], readsBareNames: Bool = false) {
        self.text = text
        tokens = Lexer.tokens(of: text, readsBareNames: readsBareNames)
    }

    // MARK: - Tokens

    /// There always is one: the last is never passed.
    var token: Token { tokens[index] }

    /// The token after this one.
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }

    /// Where the token before this one ends.
    var lastEnd: Int { index > 0 ? tokens[index - 1].range.end : 0 }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    func isAt(_ symbol: Symbol) -> Bool { token.kind == .symbol(symbol) }

    /// Passes the symbol if it stands here.
    mutating func take(_ symbol: Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    /// Passes the word if it stands here.
    mutating func take(word: String) -> Bool {
        guard token.kind == .word(word) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol, _ place: String) throws(TraceQLError) {
        guard take(symbol) else { throw unexpected("expected `\(symbol.rawValue)` \(place)") }
    }

    /// Runs a construct that may hold another of its kind.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(TraceQLError) -> Result
    ) throws(TraceQLError) -> Result {
        guard nesting < TraceQLParser.nestingMax else {
            throw error(.parse, "nested more than \(TraceQLParser.nestingMax) deep", at: token.range)
        }
        nesting += 1
        defer { nesting -= 1 }
        return try body(&self)
    }

    /// The depth of a node above nodes of these depths.
    func depth(above first: Int, _ second: Int = 0, at range: SourceRange) throws(TraceQLError) -> Int {
        let depth = max(first, second) + 1
        guard depth <= TraceQLParser.depthMax else {
            throw error(
                .parse,
                "more than \(TraceQLParser.depthMax) operators in one chain; a regular expression may say it shorter",
                at: range)
        }
        return depth
    }

    // MARK: - Errors

    /// Keeps what is wrong with a query that parses, if nothing before it was.
    mutating func find(
        _ message: String, at range: SourceRange, kind: TraceQLError.Kind = .check
    ) {
        if finding == nil { finding = error(kind, message, at: range) }
    }

    func throwFinding() throws(TraceQLError) {
        if let finding { throw finding }
    }

    /// That the token here is not what is expected; what is wrong with the text itself says more.
    func unexpected(_ expectation: String) -> TraceQLError {
        if case .invalid(let complaint) = token.kind { return error(.parse, complaint, at: token.range) }
        return error(.parse, "\(expectation), found \(described(token))", at: token.range)
    }

    func error(_ kind: TraceQLError.Kind, _ message: String, at range: SourceRange) -> TraceQLError {
        let before = text[..<min(range.start, text.count)]
        let line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
        return TraceQLError(kind, message, at: range, line: line, column: column)
    }

    func described(_ token: Token) -> String {
        switch token.kind {
        case .endOfInput: return "the end of the query"
        case .attribute: return "the attribute `\(shown(token.range))`"
        case .string: return "the text `\(shown(token.range))`"
        case .int, .double: return "the number `\(shown(token.range))`"
        case .duration: return "the duration `\(shown(token.range))`"
        case .word, .symbol, .invalid: return "`\(shown(token.range))`"
        }
    }

    /// The text of a range, cut where it is long.
    func shown(_ range: SourceRange) -> String {
        let all = String(decoding: text[range.start..<min(range.end, text.count)], as: UTF8.self)
        return all.count > 60 ? all.prefix(57) + "…" : all
    }
}
