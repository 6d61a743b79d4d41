import PrometheusModel

/// Reads tokens by recursive descent, operators by their precedence.
struct Parser {
    let text: [UInt8]
    private let tokens: [Token]
    private var index = 0
    private var nesting = 0
    private(set) var patternCount = 0

    init(_ text: [UInt8]) {
        self.text = text
        tokens = Lexer.tokens(of: text)
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

    /// Passes a symbol that must stand here.
    ///
    /// - Parameter alternatives: what the message names, when it is not only the symbol; empty for nothing.
    mutating func expect(_ symbol: Symbol, _ alternatives: [String]? = nil) throws(LogQLError) {
        guard take(symbol) else { throw unexpected(alternatives ?? [symbol.rawValue]) }
    }

    mutating func identifier(_ alternatives: [String] = ["IDENTIFIER"]) throws(LogQLError) -> String {
        guard case .identifier(let name) = token.kind else { throw unexpected(alternatives) }
        advance()
        return name
    }

    mutating func string() throws(LogQLError) -> String {
        guard case .string(let value) = token.kind else { throw unexpected(["STRING"]) }
        advance()
        return value
    }

    /// `name, name`.
    mutating func names() throws(LogQLError) -> [String] {
        var names = [try identifier()]
        while take(.comma) { names.append(try identifier()) }
        return names
    }

    /// `(name, name)` or `()`.
    mutating func namesInParentheses() throws(LogQLError) -> [String] {
        try expect(.leftParenthesis)
        if take(.rightParenthesis) { return [] }
        guard case .identifier = token.kind else { throw unexpected(["IDENTIFIER", ")"]) }
        let names = try names()
        try expect(.rightParenthesis, [",", ")"])
        return names
    }

    /// Runs a construct that may hold another of its kind.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(LogQLError) -> Result
    ) throws(LogQLError) -> Result {
        guard nesting < LogQLParser.nestingMax else {
            throw error(.tooLarge, "nested more than \(LogQLParser.nestingMax) deep", at: token.range)
        }
        nesting += 1
        defer { nesting -= 1 }
        return try body(&self)
    }

    /// The depth of a node above nodes of these depths.
    func depth(above first: Int, _ second: Int = 0) throws(LogQLError) -> Int {
        let depth = max(first, second) + 1
        guard depth <= LogQLParser.depthMax else {
            throw error(
                .tooLarge,
                "more than \(LogQLParser.depthMax) operators in one chain; a regular expression may say it shorter",
                at: token.range)
        }
        return depth
    }

    /// Counts a regular expression before it is compiled.
    mutating func countPattern() throws(LogQLError) {
        patternCount += 1
        guard patternCount <= LogQLParser.patternsMax else {
            throw error(
                .tooLarge, "query has more than \(LogQLParser.patternsMax) regular expressions", at: token.range)
        }
    }

    // MARK: - Errors

    /// That the token here is none of what may stand here; what is wrong with the text itself says more.
    ///
    /// - Parameter expected: what may, in the order and the names of Loki's grammar, and only where that names it: it
    ///   names none where more than four tokens may follow.
    func unexpected(_ expected: [String] = []) -> LogQLError {
        if case .invalid(let complaint) = token.kind { return error(.syntax, complaint, at: token.range) }
        let alternatives = expected.isEmpty ? "" : ", expecting " + expected.joined(separator: " or ")
        return error(.syntax, "syntax error: unexpected \(token.shown)\(alternatives)", at: token.range)
    }

    func error(_ code: LogQLError.Code, _ message: String, at range: SourceRange) -> LogQLError {
        let before = text[..<min(range.start, text.count)]
        let line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return LogQLError(code, message, range: range, line: line, column: column)
    }

    /// A mistake of meaning, which Loki reports without a position.
    func invalid(_ message: String, from start: Int) -> LogQLError {
        LogQLError(.invalid, message, range: SourceRange(start, max(start, lastEnd)))
    }
}
