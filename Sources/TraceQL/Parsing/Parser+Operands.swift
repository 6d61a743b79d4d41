extension Parser {
    /// Operators of at least this precedence outside braces, and what they join.
    mutating func operand(atLeast minimum: Int = Precedence.logic) throws(TraceQLError) -> Operand {
        var left = try nested { (parser) throws(TraceQLError) in try parser.primaryOperand() }
        while case .symbol(let symbol) = token.kind, let precedence = symbol.precedence, precedence >= minimum {
            let symbolRange = token.range
            advance()
            let right =
                symbol == .power
                ? try nested { (parser) throws(TraceQLError) in try parser.operand(atLeast: precedence) }
                : try operand(atLeast: precedence + 1)
            left = try joined(left, symbol, symbolRange, right)
        }
        return left
    }

    private mutating func primaryOperand() throws(TraceQLError) -> Operand {
        let start = token.range.start
        switch token.kind {
        case .symbol(.leftBrace):
            let (expression, depth) = try filter()
            return Operand(.spansets(expression), SourceRange(start, lastEnd), depth: depth)
        case .symbol(.leftParenthesis):
            advance()
            var inner = try parenthesised()
            try expect(.rightParenthesis, "after what stands in parentheses")
            inner.range = SourceRange(start, lastEnd)
            inner.plainDuration = nil
            return inner
        case .symbol(.minus): return try negatedScalar()
        case .int, .double, .duration: return try number()
        case .word(let word):
            guard let aggregate = Aggregate(rawValue: word) else { break }
            let (expression, depth) = try self.aggregate(aggregate)
            return Operand(.scalar(expression, .aggregate), SourceRange(start, lastEnd), depth: depth)
        default: break
        }
        throw unexpectedStage()
    }

    private mutating func number() throws(TraceQLError) -> Operand {
        let range = token.range
        guard let value = try takeLiteral() else { throw unexpected("expected a number") }
        var plainDuration: Int64?
        if case .duration(let nanoseconds) = value { plainDuration = nanoseconds }
        return Operand(.scalar(.literal(value), .constant), range, depth: 1, plainDuration: plainDuration)
    }

    /// A sign outside braces belongs to the number right after it.
    private mutating func negatedScalar() throws(TraceQLError) -> Operand {
        let start = token.range
        advance()
        if takeSmallestInteger() {
            return Operand(
                .scalar(.literal(.int(.min)), .constant), SourceRange(start.start, lastEnd), depth: 1)
        }
        switch token.kind {
        case .int, .double, .duration:
            var operand = try number()
            operand.range.start = start.start
            if case .scalar(.literal(let value), _) = operand.kind, let negative = value.negated {
                operand.kind = .scalar(.literal(negative), .constant)
                operand.plainDuration = operand.plainDuration.map { -$0 }
            }
            return operand
        default: break
        }
        var operand = try nested { (parser) throws(TraceQLError) in try parser.primaryOperand() }
        guard case .scalar(let scalar, let shape) = operand.kind else {
            throw error(.parse, "`-` needs a number, not \(operand.described)", at: operand.range)
        }
        operand.kind = .scalar(.negated(scalar), shape)
        operand.range.start = start.start
        operand.plainDuration = nil
        operand.depth = try depth(above: operand.depth, at: start)
        return operand
    }

    // MARK: - Joining

    private mutating func joined(
        _ left: Operand, _ symbol: Symbol, _ symbolRange: SourceRange, _ right: Operand
    ) throws(TraceQLError) -> Operand {
        let range = SourceRange(left.range.start, right.range.end)
        let depth = try depth(above: left.depth, right.depth, at: symbolRange)
        switch (left.kind, right.kind) {
        case (.spansets(let first), .spansets(let second)):
            guard let operation = symbol.spansetOperator else { break }
            return Operand(.spansets(.combined(first, operation, second)), range, depth: depth)
        case (.scalar(let first, let firstShape), .scalar(let second, let secondShape)):
            guard symbol != .and, symbol != .or else { break }
            if let operation = symbol.arithmetic {
                guard let shape = ScalarShape.joined(firstShape, secondShape) else {
                    throw error(
                        .parse,
                        "the number of a pipeline is combined only with that of another, not with "
                            + (firstShape == .pipeline ? right : left).described, at: range)
                }
                return Operand(.scalar(.arithmetic(first, operation, second), shape), range, depth: depth)
            }
            return try compared(left, first, firstShape, symbol, symbolRange, right, second, secondShape, depth)
        case (.metrics(let first), .metrics(let second)):
            guard let operation = try metricsArithmetic(symbol, symbolRange) else { break }
            checkNotComparing(first, "part of arithmetic", at: left.range)
            checkNotComparing(second, "part of arithmetic", at: right.range)
            return Operand(.metrics(.arithmetic(first, operation, second)), range, depth: depth)
        case (.metrics(let first), .scalar(_, .constant)):
            if let operation = try metricsArithmetic(symbol, symbolRange) {
                checkNotComparing(first, "part of arithmetic", at: left.range)
                let number = MetricsExpression.number(try constant(right))
                return Operand(.metrics(.arithmetic(first, operation, number)), range, depth: depth)
            }
            guard let operation = symbol.comparison, operation != .matches, operation != .notMatches else { break }
            checkNotComparing(first, "filtered", at: left.range)
            return Operand(.metrics(.filtered(first, operation, try threshold(right))), range, depth: depth)
        case (.scalar(_, .constant), .metrics(let second)):
            guard let operation = try metricsArithmetic(symbol, symbolRange) else { break }
            checkNotComparing(second, "part of arithmetic", at: right.range)
            let number = MetricsExpression.number(try constant(left))
            return Operand(.metrics(.arithmetic(number, operation, second)), range, depth: depth)
        default: break
        }
        throw error(
            .parse, "`\(symbol.rawValue)` cannot stand between \(left.described) and \(right.described)",
            at: symbolRange)
    }

    private func compared(
        _ left: Operand, _ first: ScalarExpression, _ firstShape: ScalarShape, _ symbol: Symbol,
        _ symbolRange: SourceRange, _ right: Operand, _ second: ScalarExpression, _ secondShape: ScalarShape,
        _ depth: Int
    ) throws(TraceQLError) -> Operand {
        let range = SourceRange(left.range.start, right.range.end)
        guard let operation = symbol.comparison, operation != .matches, operation != .notMatches else {
            throw error(.parse, "`\(symbol.rawValue)` does not go with numbers", at: symbolRange)
        }
        let shape: ScalarShape
        switch (firstShape, secondShape) {
        case (.constant, .constant):
            throw error(.parse, "a comparison of two numbers; one side must be an aggregate", at: range)
        case (.pipeline, .pipeline), (.pipeline, .constant): shape = .pipeline
        case (.constant, .pipeline):
            throw error(.parse, "the number of a pipeline must stand on the left", at: right.range)
        case (.pipeline, .aggregate), (.aggregate, .pipeline):
            throw error(.parse, "the number of a pipeline cannot be compared with an aggregate", at: range)
        case (.aggregate, _), (_, .aggregate): shape = .aggregate
        }
        return Operand(.scalarFilter(first, operation, second, shape), range, depth: depth)
    }
}
