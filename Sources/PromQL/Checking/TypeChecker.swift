import PrometheusModel

/// Checks what the grammar lets through: types, counts of arguments, matchers. The order is that of Prometheus, since
/// only the first error is told.
struct TypeChecker {
    let text: [UInt8]

    /// A checked node with its type, which would cost a walk to ask of a chain of operators.
    struct Checked {
        var expression: Expression
        var type: ValueType

        init(_ expression: Expression, _ type: ValueType) {
            self.expression = expression
            self.type = type
        }
    }

    /// The tree with the matching of its binary operations settled: none beside a scalar, many-to-many for sets.
    ///
    /// Each kind of node has a function of its own that is not inlined: this recurses as deep as the tree is, and one
    /// frame for all kinds would be some kilobytes.
    func checked(_ expression: Expression) throws(ParseError) -> Checked {
        switch expression {
        case .number: return Checked(expression, .scalar)
        case .string: return Checked(expression, .string)
        case .vectorSelector(let node):
            try check(node, mayMatchEverything: false)
            return Checked(expression, .vector)
        case .matrixSelector(let node):
            try check(node.selector, mayMatchEverything: false)
            return Checked(expression, .matrix)
        case .subquery: return try checkedSubquery(expression)
        case .call: return try checkedCall(expression)
        case .aggregation: return try checkedAggregation(expression)
        case .unary: return try checkedUnary(expression)
        case .binary: return try checkedBinary(expression)
        case .parenthesis: return try checkedParenthesis(expression)
        }
    }

    @inline(never)
    private func checkedSubquery(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .subquery(var node) = expression else { return Checked(expression, .none) }
        let inner = try checked(node.expression)
        node.expression = inner.expression
        guard inner.type == .vector else {
            throw error("subquery is only allowed on instant vector, got \(inner.type.shortName) instead", node.range)
        }
        return Checked(.subquery(node), .matrix)
    }

    @inline(never)
    private func checkedUnary(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .unary(var node) = expression else { return Checked(expression, .none) }
        let inner = try checked(node.expression)
        node.expression = inner.expression
        guard inner.type == .scalar || inner.type == .vector else {
            throw error(
                "unary expression only allowed on expressions of type scalar or instant vector, got "
                    + GoText.quoted(inner.type.rawValue), node.range)
        }
        return Checked(.unary(node), inner.type)
    }

    @inline(never)
    private func checkedParenthesis(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .parenthesis(var node) = expression else { return Checked(expression, .none) }
        let inner = try checked(node.expression)
        node.expression = inner.expression
        return Checked(.parenthesis(node), inner.type)
    }

    // MARK: - Selectors

    @inline(never)
    private func check(_ node: VectorSelector, mayMatchEverything: Bool) throws(ParseError) {
        if !node.name.isEmpty {
            // The last condition is that on the name before the braces.
            for matcher in node.matchers.dropLast() where matcher.name == Labels.nameLabel {
                throw error(
                    "metric name must not be set twice: \(GoText.quoted(node.name)) or \(GoText.quoted(matcher.value))",
                    node.range)
            }
            return
        }
        if !mayMatchEverything && PromQLParser.selectsEverything(node.matchers) {
            throw error("vector selector must contain at least one non-empty matcher", node.range)
        }
    }

    // MARK: - Calls and aggregations

    @inline(never)
    private func checkedCall(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .call(var node) = expression else { return Checked(expression, .none) }
        try checkCount(node)
        let function = node.function
        let isInfo = function.name == "info"
        if isInfo, node.arguments.count > 1 { try checkInfoSelector(node.arguments[1], node.range) }
        for (index, argument) in node.arguments.enumerated() where !(isInfo && index == 1) {
            let type = function.arguments[min(index, function.arguments.count - 1)]
            let context = "call to function \(GoText.quoted(function.name))"
            node.arguments[index] = try checked(argument, is: type, in: context)
        }
        return Checked(.call(node), function.result)
    }

    @inline(never)
    private func checkCount(_ node: Call) throws(ParseError) {
        let name = GoText.quoted(node.function.name)
        let variadic = node.function.variadic
        let wanted = node.function.arguments.count
        let given = node.arguments.count
        guard variadic != 0 else {
            guard given == wanted else {
                throw error("expected \(wanted) argument(s) in call to \(name), got \(given)", node.range)
            }
            return
        }
        guard given >= wanted - 1 else {
            throw error("expected at least \(wanted - 1) argument(s) in call to \(name), got \(given)", node.range)
        }
        let most = wanted - 1 + variadic
        guard variadic < 0 || given <= most else {
            throw error("expected at most \(most) argument(s) in call to \(name), got \(given)", node.range)
        }
    }

    /// The second argument of `info` filters labels, so that it may match everything and names no metric.
    @inline(never)
    private func checkInfoSelector(_ argument: Expression, _ range: SourceRange) throws(ParseError) {
        guard argument.type == .vector else {
            throw error(
                "expected type \(ValueType.vector.rawValue) in call to function \"info\", got "
                    + argument.type.rawValue, range)
        }
        guard case .vectorSelector(let selector) = argument else {
            throw error("expected label selectors only", argument.range)
        }
        guard selector.name.isEmpty else {
            throw error("expected label selectors only, got vector selector instead", argument.range)
        }
        try check(selector, mayMatchEverything: true)
    }

    @inline(never)
    private func checkedAggregation(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .aggregation(var node) = expression else { return Checked(expression, .none) }
        node.expression = try checked(node.expression, is: .vector, in: "aggregation expression")
        if let parameter = node.parameter {
            let type = node.operation == .countValues ? ValueType.string : .scalar
            node.parameter = try checked(parameter, is: type, in: "aggregation parameter")
        }
        return Checked(.aggregation(node), .vector)
    }

    private func checked(
        _ expression: Expression, is type: ValueType, in context: String
    ) throws(ParseError) -> Expression {
        let result = try checked(expression)
        guard result.type == type else {
            throw error(
                "expected type \(type.rawValue) in \(context), got \(result.type.rawValue)", expression.range)
        }
        return result.expression
    }

    // MARK: - Binary operations

    @inline(never)
    private func checkedBinary(_ expression: Expression) throws(ParseError) -> Checked {
        guard case .binary(var node) = expression else { return Checked(expression, .none) }
        let left = try checked(node.left)
        let right = try checked(node.right)
        node.left = left.expression
        node.right = right.expression
        node.matching = try settledMatching(of: node, left: left.type, right: right.type)
        return Checked(.binary(node), left.type == .scalar && right.type == .scalar ? .scalar : .vector)
    }

    @inline(never)
    private func settledMatching(
        of node: Binary, left: ValueType, right: ValueType
    ) throws(ParseError) -> VectorMatching? {
        let operation = GoText.quoted(node.operation.rawValue)
        if node.returnsBool && !node.operation.isComparison {
            throw error("bool modifier can only be used on comparison operators", operatorRange(node))
        }
        if node.operation.isComparison && !node.returnsBool && left == .scalar && right == .scalar {
            throw error("comparisons between scalars must use BOOL modifier", operatorRange(node))
        }
        var matching = node.matching ?? VectorMatching()
        if node.operation.isSetOperation && matching.cardinality == .oneToOne { matching.cardinality = .manyToMany }
        if matching.isOn, let label = matching.labels.first(where: { matching.include.contains($0) }) {
            throw error(
                "label \(GoText.quoted(label)) must not occur in ON and GROUP clause at once", operatorRange(node))
        }
        for (side, type) in [(node.left, left), (node.right, right)] where type != .scalar && type != .vector {
            throw error("binary expression must contain only scalar and instant vector types", side.range)
        }

        if left == .vector && right == .vector {
            if node.operation.isSetOperation && matching.cardinality != .manyToMany {
                throw error("no grouping allowed for \(operation) operation", node.range)
            }
            return matching
        }
        if !matching.labels.isEmpty {
            throw error("vector matching only allowed between instant vectors", node.range)
        }
        if node.operation.isSetOperation {
            throw error("set operator \(operation) not allowed in binary scalar expression", node.range)
        }
        return nil
    }

    /// From the operator to the right side, without the spaces around.
    private func operatorRange(_ node: Binary) -> SourceRange {
        var range = SourceRange(node.left.range.end, node.right.range.start)
        while range.start < min(range.end, text.count), Lexer.isSpace(text[range.start]) { range.start += 1 }
        while range.end > range.start, range.end <= text.count, Lexer.isSpace(text[range.end - 1]) { range.end -= 1 }
        return range
    }

    private func error(_ reason: String, _ range: SourceRange) -> ParseError { ParseError(reason, range, in: text) }
}

extension ValueType {
    /// Without "instant" and "range": the names in the API and in some messages.
    package var shortName: String {
        switch self {
        case .none, .scalar, .string: rawValue
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}
