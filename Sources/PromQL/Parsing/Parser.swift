import PrometheusModel

/// A parser by recursive descent with operator precedence.
///
/// It stops at the first error and words it as the grammar of Prometheus does, which knows some contexts: whatever is
/// unexpected anywhere within the arguments of an aggregation is unexpected "in aggregation".
struct Parser {
    /// An expression, and the nodes from its root to its deepest leaf.
    struct Parsed {
        var expression: Expression
        var depth: Int
    }

    let options: ParserOptions
    private var lexer: Lexer
    private var lookahead: Token?
    private var nesting = 0
    /// Aggregations whose arguments are open.
    var openAggregations = 0
    /// Regular expressions so far.
    var patterns = 0
    /// Operations so far in the duration that is being parsed.
    var durationOperations = 0

    init(_ text: String, options: ParserOptions) throws(ParseError) {
        let count = text.utf8.count
        guard count <= PromQLParser.textBytesMax else {
            // The text is not read, and the place is its beginning.
            let range = SourceRange(0, count)
            throw ParseError("query has \(count) bytes, limit is \(PromQLParser.textBytesMax)", range, in: [0])
        }
        self.options = options
        lexer = Lexer(Array(text.utf8))
    }

    var text: [UInt8] { lexer.text }

    // MARK: - Entry points

    mutating func parseQuery() throws(ParseError) -> Expression {
        if try peek().kind == .endOfInput {
            throw error("no expression found in input", SourceRange(0, 0))
        }
        let parsed = try parseExpression()
        guard try peek().kind == .endOfInput else { throw try unexpected() }
        return parsed.expression
    }

    mutating func parseMetricSelector() throws(ParseError) -> [LabelMatcher] {
        let token = try peek()
        guard token.kind.isMetricName || token.kind == .leftBrace else { throw try unexpected() }
        let selector = try parseSelector()
        guard try peek().kind == .endOfInput else { throw try unexpected() }
        return selector.matchers
    }

    // MARK: - Tokens

    /// The next token, not yet taken. It is read only now: an error in it comes after those in what is before it.
    mutating func peek() throws(ParseError) -> Token {
        if let lookahead { return lookahead }
        let token = try lexer.next()
        lookahead = token
        return token
    }

    @discardableResult
    mutating func take() throws(ParseError) -> Token {
        let token = try peek()
        // The end of the text stays.
        if token.kind != .endOfInput { lookahead = nil }
        return token
    }

    /// Takes the next token if it is of a kind.
    mutating func take(_ kind: TokenKind) throws(ParseError) -> Token? {
        try peek().kind == kind ? try take() : nil
    }

    func text(of token: Token) -> String { lexer.text(of: token) }

    func stringValue(of token: Token) -> String {
        StringSyntax.unquoted(lexer.text[token.range.start..<token.range.end])
    }

    // MARK: - Errors

    func error(_ reason: String, _ range: SourceRange) -> ParseError { ParseError(reason, range, in: lexer.text) }

    /// That the next token cannot stand here, in the words of the innermost context.
    mutating func unexpected() throws(ParseError) -> ParseError {
        try unexpected(in: openAggregations > 0 ? "aggregation" : nil)
    }

    mutating func unexpected(in context: String?, expected: String? = nil) throws(ParseError) -> ParseError {
        unexpected(try peek(), in: context, expected: expected)
    }

    func unexpected(_ token: Token, in context: String?, expected: String? = nil) -> ParseError {
        var reason = "unexpected " + token.described(text: text(of: token))
        if let context { reason += " in " + context }
        if let expected { reason += ", expected " + expected }
        return error(reason, token.range)
    }

    // MARK: - Bounds

    /// Goes one construct deeper; `leave` is owed.
    mutating func enter() throws(ParseError) {
        nesting += 1
        guard nesting <= PromQLParser.nestingMax else {
            throw error("query is nested deeper than \(PromQLParser.nestingMax) levels", try peek().range)
        }
    }

    mutating func leave() { nesting -= 1 }

    /// A node above others.
    func node(_ expression: Expression, above depth: Int) throws(ParseError) -> Parsed {
        guard depth < PromQLParser.depthMax else {
            throw error("query is a tree deeper than \(PromQLParser.depthMax) levels", expression.range)
        }
        return Parsed(expression: expression, depth: depth + 1)
    }

    func leaf(_ expression: Expression) -> Parsed { Parsed(expression: expression, depth: 1) }

    // MARK: - Expressions

    /// - Parameter minimum: operators that bind weaker end the expression.
    mutating func parseExpression(_ minimum: Int = 1) throws(ParseError) -> Parsed {
        try enter()
        defer { leave() }
        var left = try parseUnary()
        while case .operation(let operation) = try peek().kind, operation.precedence >= minimum {
            try take()
            let modifiers = try parseBinaryModifiers()
            // Of operators that bind alike the left one is first, but for the power.
            let right = try parseExpression(operation == .power ? operation.precedence : operation.precedence + 1)
            let range = SourceRange(left.expression.range.start, right.expression.range.end)
            let binary = Binary(
                operation: operation, left: left.expression, right: right.expression,
                returnsBool: modifiers.returnsBool, matching: modifiers.matching, range: range)
            left = try node(.binary(binary), above: max(left.depth, right.depth))
        }
        return left
    }

    private mutating func parseUnary() throws(ParseError) -> Parsed {
        let sign = try peek()
        guard sign.kind == .operation(.subtract) || sign.kind == .operation(.add) else { return try parsePostfix() }
        try take()
        let isNegation = sign.kind == .operation(.subtract)
        // A sign binds like a multiplication: -1^2 is -(1^2), and -1*2 is (-1)*2.
        let operand = try parseExpression(BinaryOperator.power.precedence)
        let range = SourceRange(sign.range.start, operand.expression.range.end)
        if case .number(var number) = operand.expression {
            if isNegation { number.value = -number.value }
            number.range = range
            return leaf(.number(number))
        }
        let unary = Unary(isNegation: isNegation, expression: operand.expression, range: range)
        return try node(.unary(unary), above: operand.depth)
    }

    private mutating func parsePostfix() throws(ParseError) -> Parsed {
        var parsed = try parsePrimary()
        while true {
            switch try peek().kind {
            case .offset: parsed.expression = try parseOffset(of: parsed.expression)
            case .at: parsed.expression = try parseAtModifier(of: parsed.expression)
            case .leftBracket: parsed = try parseBracket(after: parsed)
            default: return parsed
            }
        }
    }

    private mutating func parsePrimary() throws(ParseError) -> Parsed {
        let token = try peek()
        switch token.kind {
        case .number, .duration:
            try take()
            return leaf(.number(try numberLiteral(token)))
        case .string:
            try take()
            return leaf(.string(StringLiteral(value: stringValue(of: token), range: token.range)))
        case .leftParenthesis:
            try take()
            let inner = try parseExpression()
            guard let closing = try take(.rightParenthesis) else { throw try unexpected() }
            let range = SourceRange(token.range.start, closing.range.end)
            return try node(.parenthesis(Parenthesis(expression: inner.expression, range: range)), above: inner.depth)
        case .leftBrace: return leaf(.vectorSelector(try parseSelector()))
        case .identifier:
            try take()
            if try peek().kind == .leftParenthesis { return try parseCall(name: token) }
            return leaf(.vectorSelector(try parseSelector(named: token)))
        case .aggregation(let operation):
            try take()
            switch try peek().kind {
            case .leftParenthesis, .by, .without: return try parseAggregation(operation, at: token)
            default: return leaf(.vectorSelector(try parseSelector(named: token)))
            }
        case _ where token.kind.isMetricName: return leaf(.vectorSelector(try parseSelector()))
        default: throw try unexpected()
        }
    }

    func numberLiteral(_ token: Token) throws(ParseError) -> NumberLiteral {
        let text = text(of: token)
        do throws(NumberSyntax.Failure) {
            if token.kind == .duration {
                let value = Double(try NumberSyntax.duration(text)) / 1000
                return NumberLiteral(value: value, isDuration: true, range: token.range)
            }
            return NumberLiteral(value: try NumberSyntax.number(text), range: token.range)
        } catch {
            throw self.error(error.reason, token.range)
        }
    }
}

extension BinaryOperator {
    /// Larger binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2, .quotient: 5
        case .power: 6
        }
    }
}
