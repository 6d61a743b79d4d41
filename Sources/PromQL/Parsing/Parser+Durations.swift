import PrometheusModel

/// How messages name the place of a duration.
struct DurationContext {
    let name: String
    let expected: String
}

/// A duration as it was parsed, with its place.
struct ParsedDuration {
    /// A constant that was written as such, perhaps with a sign or in parentheses.
    struct Literal {
        /// Seconds.
        var value: Double
        var isDuration: Bool
        var range: SourceRange

        /// A number is cut to whole milliseconds, as Prometheus counts; a duration has no smaller units.
        var milliseconds: Int64? {
            if isDuration { return Int64(exactly: (value * 1000).rounded()) }
            return Int64(exactly: (value * 1e9).rounded(.toNearestOrAwayFromZero)).map { $0 / 1_000_000 }
        }
    }

    var literal: Literal?
    /// Of anything but a literal, and of a negative literal in parentheses.
    var compound: DurationExpression?
    var range: SourceRange

    var end: Int { range.end }

    /// On its own. A constant becomes milliseconds, but for one below a millisecond, which would become nothing.
    var expression: DurationExpression {
        guard let literal else { return compound ?? .milliseconds(0) }
        guard let milliseconds = literal.milliseconds, milliseconds != 0 else { return .number(literal.value) }
        return .milliseconds(milliseconds)
    }

    /// Within arithmetic, where a number stays as it was written.
    var operand: DurationExpression {
        if let compound { return compound }
        guard let literal else { return .milliseconds(0) }
        guard literal.isDuration, let milliseconds = literal.milliseconds else { return .number(literal.value) }
        return .milliseconds(milliseconds)
    }
}

extension Parser {
    /// What stands in brackets.
    ///
    /// - Parameter minimum: operators that bind weaker end the duration.
    mutating func parseDuration(
        _ context: DurationContext, minimum: Int = 1
    ) throws(ParseError) -> ParsedDuration {
        try enter()
        defer { leave() }
        var left = try parseSignedDuration(context)
        while case .operation(let token) = try peek().kind, let operation = DurationOperator(rawValue: token.rawValue),
            token.precedence >= minimum
        {
            let place = try take().range
            try requireExperimental(left.range)
            let right = try parseDuration(
                context, minimum: operation == .power ? token.precedence : token.precedence + 1)
            if right.literal?.value == 0 {
                if operation == .divide { throw error("division by zero", place) }
                if operation == .modulo { throw error("modulo by zero", place) }
            }
            durationOperations += 1
            guard durationOperations <= PromQLParser.durationOperationsMax else {
                throw error("duration has more than \(PromQLParser.durationOperationsMax) operations", place)
            }
            let range = SourceRange(left.range.start, right.range.end)
            left = ParsedDuration(compound: .binary(operation, left.operand, right.operand, range), range: range)
        }
        return left
    }

    private mutating func parseSignedDuration(_ context: DurationContext) throws(ParseError) -> ParsedDuration {
        let sign = try peek()
        guard sign.kind == .operation(.subtract) || sign.kind == .operation(.add) else {
            return try parseDurationOperand(context)
        }
        try take()
        return try signed(try parseDuration(context, minimum: BinaryOperator.power.precedence), sign)
    }

    func signed(_ duration: ParsedDuration, _ sign: Token) throws(ParseError) -> ParsedDuration {
        var result = duration
        result.range.start = sign.range.start
        guard sign.kind == .operation(.subtract) else { return result }
        if result.literal != nil {
            result.literal?.value.negate()
            result.literal?.range.start = sign.range.start
            result.compound = nil
        } else {
            result.compound = .negative(duration.operand, result.range)
        }
        return result
    }

    /// A number, a duration, a function or arithmetic in parentheses.
    mutating func parseDurationOperand(_ context: DurationContext) throws(ParseError) -> ParsedDuration {
        let token = try peek()
        switch token.kind {
        case .number, .duration:
            try take()
            let number = try numberLiteral(token)
            guard abs(number.value) <= 0x1p63 / 1e9 else { throw error("duration out of range", token.range) }
            let literal = ParsedDuration.Literal(
                value: number.value, isDuration: number.isDuration, range: token.range)
            return ParsedDuration(literal: literal, range: token.range)
        case .leftParenthesis:
            try take()
            let inner = try parseDuration(context)
            guard let closing = try take(.rightParenthesis) else { throw unexpectedDuration(try peek(), context) }
            try requireExperimental(inner.range)
            return wrapped(inner, SourceRange(token.range.start, closing.range.end))
        case .step:
            return try parseStep(token, context)
        case .aggregation(.min), .aggregation(.max):
            return try parseExtreme(isMaximum: token.kind == .aggregation(.max), token, context)
        case .identifier:
            // After `offset`, where the lexer does not tell these words from others.
            switch text(of: token).lowercased() {
            case "step": return try parseStep(token, context)
            case "min_of": return try parseExtreme(isMaximum: false, token, context)
            case "max_of": return try parseExtreme(isMaximum: true, token, context)
            default: throw unexpectedDuration(token, context)
            }
        default: throw unexpectedDuration(token, context)
        }
    }

    /// One pair of parentheses is kept around arithmetic, and around a negative number, which they guard from `^`.
    private func wrapped(_ inner: ParsedDuration, _ range: SourceRange) -> ParsedDuration {
        var result = inner
        result.range = range
        if let literal = inner.literal {
            result.literal?.range = range
            guard literal.value < 0 else { return result }
        } else if case .parenthesis = inner.compound {
            return result
        }
        result.compound = .parenthesis(inner.operand, range)
        return result
    }

    private mutating func parseStep(_ word: Token, _ context: DurationContext) throws(ParseError) -> ParsedDuration {
        try take()
        guard try take(.leftParenthesis) != nil, let closing = try take(.rightParenthesis) else {
            throw unexpectedDuration(try peek(), context)
        }
        let range = SourceRange(word.range.start, closing.range.end)
        try requireExperimental(range)
        return ParsedDuration(compound: .step(range), range: range)
    }

    private mutating func parseExtreme(
        isMaximum: Bool, _ word: Token, _ context: DurationContext
    ) throws(ParseError) -> ParsedDuration {
        try take()
        guard try take(.leftParenthesis) != nil else { throw unexpectedDuration(try peek(), context) }
        let left = try parseDuration(context)
        guard try take(.comma) != nil else { throw unexpectedDuration(try peek(), context) }
        let right = try parseDuration(context)
        guard let closing = try take(.rightParenthesis) else { throw unexpectedDuration(try peek(), context) }
        let range = SourceRange(word.range.start, closing.range.end)
        try requireExperimental(range)
        let compound = DurationExpression.extreme(isMaximum: isMaximum, left.operand, right.operand, range)
        return ParsedDuration(compound: compound, range: range)
    }

    private func requireExperimental(_ range: SourceRange) throws(ParseError) {
        if !options.experimentalDurationExpressions {
            throw error("experimental duration expression is not enabled", range)
        }
    }

    private func unexpectedDuration(_ token: Token, _ context: DurationContext) -> ParseError {
        unexpected(token, in: context.name, expected: context.expected)
    }
}
