import PrometheusModel

/// What follows a selector in brackets, after `offset` and after `@`.
extension Parser {
    // MARK: - Ranges

    /// `[5m]` or `[5m:30s]`; the next token is the bracket.
    mutating func parseBracket(after parsed: Parsed) throws(ParseError) -> Parsed {
        let opening = try take()
        let window = try parsePositiveDuration(in: "subquery or range selector", expected: "number or duration")
        if let closing = try take(.rightBracket) {
            return leaf(.matrixSelector(try matrixSelector(parsed.expression, window, opening, closing)))
        }
        guard try take(.colon) != nil else {
            throw try unexpected(in: "subquery or range", expected: "\":\" or \"]\"")
        }

        var step: DurationExpression?
        var closing = try take(.rightBracket)
        if closing == nil {
            step = try parsePositiveDuration(in: "subquery selector", expected: "number or duration or \"]\"")
            closing = try take(.rightBracket)
        }
        guard let closing else { throw try unexpected(in: "subquery selector", expected: "\"]\"") }
        let subquery = Subquery(
            expression: parsed.expression, window: window, step: step,
            range: SourceRange(parsed.expression.range.start, closing.range.end))
        return try node(.subquery(subquery), above: parsed.depth)
    }

    private func matrixSelector(
        _ expression: Expression, _ window: DurationExpression, _ opening: Token, _ closing: Token
    ) throws(ParseError) -> MatrixSelector {
        let bracket = SourceRange(opening.range.start, closing.range.end)
        guard case .vectorSelector(let selector) = expression else {
            throw error("ranges only allowed for vector selectors", bracket)
        }
        if selector.offset != nil { throw error("no offset modifiers allowed before range", bracket) }
        if selector.at != nil { throw error("no @ modifiers allowed before range", bracket) }
        return MatrixSelector(
            selector: selector, window: window, range: SourceRange(selector.range.start, closing.range.end))
    }

    private mutating func parsePositiveDuration(
        in context: String, expected: String
    ) throws(ParseError) -> DurationExpression {
        durationOperations = 0
        let duration = try parseDuration(DurationContext(name: context, expected: expected))
        if let literal = duration.literal, !(literal.value > 0) {
            throw error("duration must be greater than 0", literal.range)
        }
        return duration.expression
    }

    // MARK: - Offsets

    /// The next token is `offset`.
    mutating func parseOffset(of expression: Expression) throws(ParseError) -> Expression {
        try take()
        let offset = try parseOffsetDuration()
        // Zero is none at all.
        let isNone = offset.literal?.milliseconds == 0
        return try modifying(
            expression, end: offset.end,
            failure: "offset modifier must be preceded by an instant vector selector or range vector selector or a "
                + "subquery"
        ) { (current, _, parser) throws(ParseError) in
            if current != nil { throw parser.error("offset may not be set multiple times", expression.range) }
            if !isNone { current = offset.expression }
        }
    }

    /// A time, or arithmetic in parentheses: without them `foo offset 100 + 2` is `(foo offset 100) + 2`.
    private mutating func parseOffsetDuration() throws(ParseError) -> ParsedDuration {
        durationOperations = 0
        let context = DurationContext(name: "offset", expected: "number or duration")
        let sign = try peek()
        guard sign.kind == .operation(.subtract) || sign.kind == .operation(.add) else {
            return try parseDurationOperand(context)
        }
        try take()
        let operand = try parseDurationOperand(context)
        return try signed(operand, sign)
    }

    // MARK: - The @ modifier

    /// The next token is `@`.
    mutating func parseAtModifier(of expression: Expression) throws(ParseError) -> Expression {
        try take()
        let (modifier, end) = try parseTime(of: expression)
        return try modifying(
            expression, end: end,
            failure: "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ) { (_, current, parser) throws(ParseError) in
            if current != nil { throw parser.error("@ <timestamp> may not be set multiple times", expression.range) }
            current = modifier
        }
    }

    private mutating func parseTime(of expression: Expression) throws(ParseError) -> (AtModifier, end: Int) {
        let first = try peek()
        if first.kind == .start || first.kind == .end {
            try take()
            guard try take(.leftParenthesis) != nil, let closing = try take(.rightParenthesis) else {
                throw try unexpected(in: "@", expected: "timestamp")
            }
            return (first.kind == .start ? .start : .end, closing.range.end)
        }
        var isNegative = false
        if first.kind == .operation(.subtract) || first.kind == .operation(.add) {
            try take()
            isNegative = first.kind == .operation(.subtract)
        }
        let token = try peek()
        guard token.kind == .number || token.kind == .duration else {
            throw try unexpected(in: "@", expected: "timestamp")
        }
        try take()
        let magnitude = try numberLiteral(token).value
        let seconds = isNegative ? -magnitude : magnitude
        guard seconds.isFinite, abs(seconds) < 0x1p63 else {
            // All digits, as `%f` prints them.
            let digits =
                UInt128(exactly: magnitude).map { "\(isNegative ? "-" : "")\($0)" } ?? NumberText.plain(seconds)
            let fraction = seconds.isFinite ? ".000000" : ""
            throw error("timestamp out of bounds for @ modifier: \(digits)\(fraction)", expression.range)
        }
        let milliseconds = (seconds * 1000).rounded(.toNearestOrAwayFromZero)
        return (.time(Int64(exactly: milliseconds) ?? (isNegative ? .min : .max)), token.range.end)
    }

    // MARK: - Both

    /// A selector or subquery with what a modifier changes in it.
    private func modifying(
        _ expression: Expression, end: Int, failure: String,
        _ change: (inout DurationExpression?, inout AtModifier?, Parser) throws(ParseError) -> Void
    ) throws(ParseError) -> Expression {
        switch expression {
        case .vectorSelector(var node):
            try change(&node.offset, &node.at, self)
            node.range.end = end
            return .vectorSelector(node)
        case .matrixSelector(var node):
            try change(&node.selector.offset, &node.selector.at, self)
            node.range.end = end
            return .matrixSelector(node)
        case .subquery(var node):
            try change(&node.offset, &node.at, self)
            node.range.end = end
            return .subquery(node)
        default: throw error(failure, expression.range)
        }
    }
}
