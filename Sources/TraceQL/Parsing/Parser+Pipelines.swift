extension Parser {
    /// The whole text.
    mutating func query() throws(TraceQLError) -> Query {
        let start = token.range
        let whole = try stages(isParenthesised: false)
        let body: Query.Body
        switch whole.kind {
        case .spansets(.pipeline(let pipeline)): body = .search(pipeline)
        case .spansets(let expression): body = .search(Pipeline([.spansets(expression)]))
        case .scalarFilter(let left, let operation, let right, _):
            body = .search(Pipeline([.scalarFilter(left, operation, right)]))
        case .metrics(let metrics): body = .metrics(metrics)
        case .scalar(_, .constant):
            throw error(.parse, "a number alone is no query", at: SourceRange(start.start, lastEnd))
        case .scalar: throw unexpected("expected a comparison after the aggregate, as in `count() > 1`")
        }
        let hints = try hints()
        guard token.kind == .endOfInput else { throw unexpected("expected the end of the query") }
        return Query(body: body, hints: hints)
    }

    /// What stands in parentheses outside braces.
    mutating func parenthesised() throws(TraceQLError) -> Operand {
        let inner = try stages(isParenthesised: true)
        // A comparison in parentheses is a pipeline: `(count() > 1) && ({ } | …)`.
        guard case .scalarFilter(let left, let operation, let right, let shape) = inner.kind else { return inner }
        guard shape != .pipeline else { throw aloneError(inner.range) }
        return Operand(
            .spansets(.pipeline(Pipeline([.scalarFilter(left, operation, right)]))), inner.range,
            depth: try depth(above: inner.depth, at: inner.range))
    }

    /// Stages joined by `|`. The last may be a metrics function and, in parentheses, an aggregate.
    private mutating func stages(isParenthesised: Bool) throws(TraceQLError) -> Operand {
        let start = token.range.start
        var stages: [Stage] = []
        var depth: Int
        if let (stage, stageDepth) = try groupOrSelection() {
            stages = [stage]
            depth = stageDepth
        } else {
            let first = try operand()
            switch first.kind {
            case .spansets(.pipeline(let pipeline)): stages = pipeline.stages
            case .spansets(let expression): stages = [.spansets(expression)]
            case .scalarFilter(let left, let operation, let right, let shape):
                guard isAt(.pipe) else { return first }
                guard shape != .pipeline else { throw aloneError(first.range) }
                stages = [.scalarFilter(left, operation, right)]
            case .metrics(let metrics): return try metricsTail(metrics, first.range, depth: first.depth)
            case .scalar: return first
            }
            guard isAt(.pipe) else { return first }
            depth = first.depth
        }
        while take(.pipe) {
            if isAtMetricsFunction { return try metricsStage(of: Pipeline(stages), depth: depth, from: start) }
            if let (stage, stageDepth) = try groupOrSelection() {
                stages.append(stage)
                depth = max(depth, stageDepth)
                continue
            }
            if take(word: "coalesce") {
                try expect(.leftParenthesis, "after `coalesce`")
                try expect(.rightParenthesis, "after `coalesce(`")
                stages.append(.coalesce)
                continue
            }
            let next = try operand()
            switch next.kind {
            case .spansets(let expression):
                if let range = pipelineRange(in: expression, next.range) {
                    throw error(.parse, "a pipeline in parentheses can stand only at the beginning", at: range)
                }
                stages.append(.spansets(expression))
            case .scalarFilter(let left, let operation, let right, let shape):
                guard shape != .pipeline else { throw aloneError(next.range) }
                stages.append(.scalarFilter(left, operation, right))
            case .scalar(.aggregate(let aggregate, let field), .aggregate):
                guard isParenthesised, isAt(.rightParenthesis) else {
                    throw unexpected("expected a comparison after the aggregate, as in `count() > 1`")
                }
                let scalar = ScalarExpression.pipeline(Pipeline(stages), .aggregate(aggregate, field))
                return Operand(
                    .scalar(scalar, .pipeline), SourceRange(start, lastEnd),
                    depth: try self.depth(above: depth, next.depth, at: next.range))
            case .scalar: throw unexpected("expected a comparison")
            case .metrics:
                throw error(.parse, "metrics in parentheses can stand only at the beginning", at: next.range)
            }
            depth = max(depth, next.depth)
        }
        return Operand(
            .spansets(.pipeline(Pipeline(stages))), SourceRange(start, lastEnd),
            depth: try self.depth(above: depth, at: SourceRange(start, lastEnd)))
    }

    private func aloneError(_ range: SourceRange) -> TraceQLError {
        error(.parse, "a comparison of whole pipelines stands alone, without further stages", at: range)
    }

    /// The range, if the expression has a pipeline for an operand.
    private func pipelineRange(in expression: SpansetExpression, _ range: SourceRange) -> SourceRange? {
        switch expression {
        case .filter: nil
        case .combined(let left, _, let right): pipelineRange(in: left, range) ?? pipelineRange(in: right, range)
        case .pipeline: range
        }
    }

    /// `{ … }`
    mutating func filter() throws(TraceQLError) -> (expression: SpansetExpression, depth: Int) {
        try expect(.leftBrace, "before a filter")
        if take(.rightBrace) { return (.filter(.literal(.bool(true))), 2) }
        let field = try field()
        guard take(.rightBrace) else { throw unexpected("expected an operator or `}`") }
        checkFilter(field)
        return (.filter(field.expression), try depth(above: field.depth, at: field.range))
    }

    mutating func aggregate(_ aggregate: Aggregate) throws(TraceQLError) -> (expression: ScalarExpression, depth: Int) {
        let name = aggregate.rawValue
        advance()
        try expect(.leftParenthesis, "after `\(name)`")
        if aggregate == .count {
            try expect(.rightParenthesis, "after `count(`")
            return (.aggregate(.count, nil), 1)
        }
        let field = try field()
        try expect(.rightParenthesis, "after what `\(name)` is taken of")
        checkAggregated(field, by: name)
        return (.aggregate(aggregate, field.expression), try depth(above: field.depth, at: field.range))
    }

    /// `by(expression)` or `select(attribute, …)`, if one stands here.
    private mutating func groupOrSelection() throws(TraceQLError) -> (stage: Stage, depth: Int)? {
        if take(word: "by") {
            try expect(.leftParenthesis, "after `by`")
            let field = try field()
            try expect(.rightParenthesis, "after what `by` groups by")
            checkGroup(field)
            return (.group(field.expression), try depth(above: field.depth, at: field.range))
        }
        guard take(word: "select") else { return nil }
        return (.select(try attributes(of: "select")), 1)
    }

    /// `(attribute, …)`
    mutating func attributes(of name: String) throws(TraceQLError) -> [Attribute] {
        try expect(.leftParenthesis, "after `\(name)`")
        var attributes: [Attribute] = []
        repeat {
            let range = token.range
            guard let attribute = takeAttribute() else { throw unexpected("expected an attribute") }
            if attribute == Attribute(.intrinsic(.parent)) {
                find("`parent` alone has no value", at: range, kind: .unsupported)
            }
            attributes.append(attribute)
        } while take(.comma)
        try expect(.rightParenthesis, "after the attributes of `\(name)`")
        return attributes
    }

    /// `with (name = value, …)`, if it stands here.
    private mutating func hints() throws(TraceQLError) -> [Hint] {
        guard take(word: "with") else { return [] }
        try expect(.leftParenthesis, "after `with`")
        var hints: [Hint] = []
        repeat {
            guard case .word(let name) = token.kind else { throw unexpected("expected the name of a hint") }
            advance()
            try expect(.equal, "after the name of the hint")
            hints.append(Hint(name: name, value: try hintValue()))
        } while take(.comma)
        try expect(.rightParenthesis, "after the hints")
        return hints
    }

    private mutating func hintValue() throws(TraceQLError) -> Value {
        let isNegative = take(.minus)
        if isNegative, takeSmallestInteger() { return .int(.min) }
        let range = token.range
        guard let value = try takeLiteral() else { throw unexpected("expected the value of the hint") }
        guard let signed = isNegative ? value.negated : value else {
            throw error(.parse, "`-` needs a number", at: range)
        }
        return signed
    }

    func unexpectedStage() -> TraceQLError {
        guard case .word(let word) = token.kind else {
            return unexpected("expected `{`, `(`, an aggregate or a function")
        }
        let aggregates = Aggregate.allCases.map(\.rawValue)
        switch word {
        case "topk", "bottomk":
            return error(.parse, "`\(word)` stands after a metrics function such as `rate()`", at: token.range)
        case "coalesce": return error(.parse, "`coalesce` needs spansets before it", at: token.range)
        case _ where Self.metricsFunctions.contains(word):
            return error(.parse, "`\(word)` needs spansets before it: `{ } | \(word)(…)`", at: token.range)
        default: break
        }
        let known = aggregates + ["by", "coalesce", "select", "topk", "bottomk"] + Self.metricsFunctions
        var message = "unknown function `\(word)`" + Suggestion.text(for: word, among: known)
        if Intrinsic(name: word) != nil { message = "`\(word)` is a field; filters stand in braces: `{ \(word) … }`" }
        return error(.parse, message, at: token.range)
    }

    // MARK: - Without braces

    /// The whole text as an expression over fields.
    mutating func bareQuery() throws(TraceQLError) -> Query {
        let field = try field()
        guard token.kind == .endOfInput else { throw unexpected("expected an operator or the end of the query") }
        switch field.expression {
        case .comparison, .and, .or: break
        default: throw error(.parse, "a filter stands in braces: `{ \(field.expression) }`", at: field.range)
        }
        checkFilter(field)
        return Query(body: .search(Pipeline([.spansets(.filter(field.expression))])))
    }
}
