import PrometheusModel

extension Parser {
    /// `name(…)`; the name is taken.
    mutating func parseCall(name: Token) throws(ParseError) -> Parsed {
        let (arguments, end, depth) = try parseArguments()
        let text = text(of: name)
        guard let function = FunctionSignatures.named(text) else {
            throw error("unknown function with name \(GoText.quoted(text))", name.range)
        }
        if function.isExperimental && !options.experimentalFunctions {
            throw error("function \(GoText.quoted(text)) is not enabled", name.range)
        }
        let call = Call(function: function, arguments: arguments, range: SourceRange(name.range.start, end))
        return try node(.call(call), above: depth)
    }

    /// `sum by (…) (…)` or `sum (…) by (…)`; the operator is taken.
    mutating func parseAggregation(_ operation: AggregationOperator, at start: Token) throws(ParseError) -> Parsed {
        openAggregations += 1
        var grouping = try parseAggregationGrouping()
        guard try peek().kind == .leftParenthesis else { throw try unexpected() }
        var (arguments, end, depth) = try parseArguments()
        openAggregations -= 1
        if grouping == nil {
            grouping = try parseAggregationGrouping()
            end = grouping?.end ?? end
        }

        let range = SourceRange(start.range.start, end)
        guard !arguments.isEmpty else { throw error("no arguments for aggregate expression provided", range) }
        if operation.isExperimental && !options.experimentalFunctions {
            throw error(
                "\(operation.rawValue)() is experimental and must be enabled with "
                    + "--enable-feature=promql-experimental-functions", range)
        }
        let wanted = operation.hasParameter ? 2 : 1
        guard arguments.count == wanted else {
            throw error(
                "wrong number of arguments for aggregate expression provided, expected \(wanted), "
                    + "got \(arguments.count)", range)
        }
        let aggregation = Aggregation(
            operation: operation, expression: arguments[wanted - 1], parameter: wanted == 2 ? arguments[0] : nil,
            grouping: grouping?.labels ?? [], isWithout: grouping?.isWithout ?? false, range: range)
        return try node(.aggregation(aggregation), above: depth)
    }

    private mutating func parseAggregationGrouping() throws(ParseError) -> (
        labels: [String], isWithout: Bool, end: Int
    )? {
        let keyword = try peek().kind
        guard keyword == .by || keyword == .without else { return nil }
        try take()
        let (labels, end) = try parseGroupingLabels()
        return (labels, keyword == .without, end)
    }

    /// `(a, b)`; the next token is the parenthesis.
    private mutating func parseArguments() throws(ParseError) -> (arguments: [Expression], end: Int, depth: Int) {
        try take()
        var arguments: [Expression] = []
        var depth = 0
        if let closing = try take(.rightParenthesis) { return ([], closing.range.end, depth) }
        while true {
            let argument = try parseExpression()
            arguments.append(argument.expression)
            depth = max(depth, argument.depth)
            if let closing = try take(.rightParenthesis) { return (arguments, closing.range.end, depth) }
            guard let comma = try take(.comma) else { throw try unexpected() }
            let next = try peek()
            if !next.kind.beginsExpression {
                throw error("trailing commas not allowed in function call args", comma.range)
            }
        }
    }

    // MARK: - Labels

    /// `(a, "b c", d)`
    mutating func parseGroupingLabels() throws(ParseError) -> (labels: [String], end: Int) {
        guard try take(.leftParenthesis) != nil else {
            throw try unexpected(in: "grouping opts", expected: "\"(\"")
        }
        var labels: [String] = []
        while true {
            if let closing = try take(.rightParenthesis) { return (labels, closing.range.end) }
            labels.append(try parseGroupingLabel())
            if let closing = try take(.rightParenthesis) { return (labels, closing.range.end) }
            guard try take(.comma) != nil else {
                throw try unexpected(in: "grouping opts", expected: "\",\" or \")\"")
            }
        }
    }

    private mutating func parseGroupingLabel() throws(ParseError) -> String {
        let token = try peek()
        if token.kind == .string {
            try take()
            let name = stringValue(of: token)
            guard !name.isEmpty else {
                throw error("invalid label name for UTF8 validation scheme: \(GoText.quoted(name))", token.range)
            }
            return name
        }
        let name = text(of: token)
        guard token.kind.isLabelName, LabelName.isClassic(name) else {
            throw unexpected(token, in: "grouping opts", expected: "label")
        }
        try take()
        return name
    }

    /// `bool`, `on (…)` or `ignoring (…)`, then `group_left (…)` or `group_right (…)`, each perhaps.
    mutating func parseBinaryModifiers() throws(ParseError) -> (returnsBool: Bool, matching: VectorMatching) {
        let returnsBool = try take(.bool) != nil
        var matching = VectorMatching()
        let kind = try peek().kind
        guard kind == .on || kind == .ignoring else { return (returnsBool, matching) }
        try take()
        matching.isOn = kind == .on
        matching.labels = try parseGroupingLabels().labels
        switch try peek().kind {
        case .groupLeft: matching.cardinality = .manyToOne
        case .groupRight: matching.cardinality = .oneToMany
        default: return (returnsBool, matching)
        }
        try take()
        if try peek().kind == .leftParenthesis { matching.include = try parseGroupingLabels().labels }
        return (returnsBool, matching)
    }
}

extension TokenKind {
    /// Whether an expression may begin so.
    var beginsExpression: Bool {
        switch self {
        case .number, .duration, .string, .leftParenthesis, .leftBrace, .operation(.add), .operation(.subtract): true
        default: isMetricName
        }
    }
}
