import PrometheusModel

/// An expression that is being read.
struct Operand {
    enum Content {
        case log(LogSelection)
        case metric(MetricExpression)
    }

    var content: Content
    /// Nodes down to the deepest leaf.
    var depth = 1
    /// The first thing in it that parses and means nothing, from the outside in: it is reported once all has parsed.
    var finding: LogQLError?
}

extension Parser {
    /// A whole query.
    ///
    /// - Parameter allowsAll: takes a selector of a query for lines that selects all streams.
    mutating func query(allowsAll: Bool = false) throws(LogQLError) -> LogQLQuery {
        let operand = try expression()
        guard token.kind == .endOfInput else { throw unexpected() }
        switch operand.content {
        case .log(let selection):
            if !allowsAll, let finding = operand.finding { throw finding }
            return .log(selection)
        case .metric(let expression):
            if let finding = operand.finding { throw finding }
            return .metric(expression)
        }
    }

    /// Operands and the operators between them that bind at least this tightly.
    mutating func expression(_ precedenceMin: Int = 0) throws(LogQLError) -> Operand {
        var left = try operand()
        while case .symbol(let symbol) = token.kind, let precedence = symbol.precedence, precedence >= precedenceMin,
            let operation = BinaryOperation.Operator(rawValue: symbol.rawValue)
        {
            advance()
            let returnsBool = take(.bool)
            let matching = try matching()
            let right = try nested { (parser) throws(LogQLError) in
                try parser.expression(operation == .power ? precedence : precedence + 1)
            }
            left = try combine(left, operation, right, returnsBool: returnsBool, matching: matching)
        }
        return left
    }

    private mutating func operand() throws(LogQLError) -> Operand {
        switch token.kind {
        case .symbol(.leftBrace): return try logOperand()
        case .symbol(.leftParenthesis):
            // They are not kept: the printer sets those that are needed.
            return try nested { (parser) throws(LogQLError) in
                parser.advance()
                let inner = try parser.expression()
                try parser.expect(.rightParenthesis, [])
                return inner
            }
        case .number, .symbol(.add), .symbol(.subtract):
            let start = token.range.start
            switch try number() {
            case .success(let value): return Operand(content: .metric(.literal(value)))
            case .failure(let complaint):
                let finding = invalid("unable to parse literal as a float: \(complaint.message)", from: start)
                return Operand(content: .metric(.literal(.nan)), finding: finding)
            }
        case .rangeOperation(let operation): return try rangeAggregation(operation)
        case .vectorOperation(let operation):
            return try nested { (parser) throws(LogQLError) in try parser.vectorAggregation(operation) }
        case .symbol(.vector): return try constantVector()
        case .symbol(.labelReplace):
            return try nested { (parser) throws(LogQLError) in try parser.labelReplacement() }
        case .symbol(.variants) where following.kind == .symbol(.leftParenthesis):
            throw error(.unsupported, "variants(…) of (…) is not supported", at: token.range)
        default: throw unexpected()
        }
    }

    /// A query for lines, or what looks like one until its end.
    private mutating func logOperand() throws(LogQLError) -> Operand {
        let start = token.range.start
        let matchers = try selector()
        let stages = try stages()
        // Only an `unwrap` is left over, which a query for lines does not have.
        if isAt(.pipe) {
            advance()
            throw unexpected()
        }
        let selection = LogSelection(matchers: matchers, stages: stages, range: SourceRange(start, lastEnd))
        return Operand(content: .log(selection), finding: finding(for: matchers, from: start))
    }

    /// `5`, `-5`, `+5`.
    mutating func number() throws(LogQLError) -> Result<Double, FloatText.Complaint> {
        let isNegative = isAt(.subtract)
        let isSigned = isNegative || isAt(.add)
        if isSigned { advance() }
        guard case .number(let text) = token.kind else { throw unexpected(isSigned ? ["NUMBER"] : []) }
        advance()
        return FloatText.parse(text).map { isNegative ? -$0 : $0 }
    }

    /// `vector(1)`.
    private mutating func constantVector() throws(LogQLError) -> Operand {
        let start = token.range.start
        advance()
        try expect(.leftParenthesis)
        guard case .number(let text) = token.kind else { throw unexpected(["NUMBER"]) }
        advance()
        try expect(.rightParenthesis)
        switch FloatText.parse(text) {
        case .success(let value): return Operand(content: .metric(.constantVector(value)))
        case .failure(let complaint):
            let finding = invalid("unable to parse vectorExpr as a float: \(complaint.message)", from: start)
            return Operand(content: .metric(.constantVector(.nan)), finding: finding)
        }
    }

    /// `label_replace(expression, "target", "replacement", "source", "pattern")`.
    private mutating func labelReplacement() throws(LogQLError) -> Operand {
        let start = token.range.start
        advance()
        try expect(.leftParenthesis)
        let inner = try expression()
        guard case .metric(let expression) = inner.content else { throw unexpected() }
        try expect(.comma, [])
        var texts: [String] = []
        for index in 0..<4 {
            if index > 0 { try expect(.comma) }
            texts.append(try string())
        }
        try expect(.rightParenthesis)
        let replacement = LabelReplacement(
            expression: expression, target: texts[0], replacement: texts[1], source: texts[2], pattern: texts[3])
        try countPattern()
        var finding = inner.finding
        do throws(Pattern.SyntaxError) {
            _ = try Pattern(replacement.pattern)
        } catch {
            finding = invalid("invalid regex in label_replace: \(error.goText)", from: start)
        }
        return Operand(
            content: .metric(.labelReplace(replacement)), depth: try depth(above: inner.depth), finding: finding)
    }
}
