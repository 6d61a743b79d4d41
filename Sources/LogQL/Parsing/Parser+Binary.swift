import PrometheusModel

extension Parser {
    /// `on (a) group_left (b)`; nil for nothing.
    mutating func matching() throws(LogQLError) -> BinaryOperation.Matching? {
        guard isAt(.on) || isAt(.ignoring) else { return nil }
        let isOn = isAt(.on)
        advance()
        var matching = BinaryOperation.Matching(labels: try namesInParentheses(), isOn: isOn)
        if take(.groupLeft) {
            matching.cardinality = .manyToOne(isAt(.leftParenthesis) ? try namesInParentheses() : [])
        } else if take(.groupRight) {
            matching.cardinality = .oneToMany(isAt(.leftParenthesis) ? try namesInParentheses() : [])
        }
        return matching
    }

    /// Two numbers become one; a number takes no part in set operations.
    func combine(
        _ left: Operand, _ operation: BinaryOperation.Operator, _ right: Operand, returnsBool: Bool,
        matching: BinaryOperation.Matching?
    ) throws(LogQLError) -> Operand {
        let depth = try depth(above: left.depth, right.depth)
        guard case .metric(let leftTree) = left.content else {
            return refused("unexpected type for left leg of binary operation", operation, ": \(left.typeName)")
        }
        guard case .metric(let rightTree) = right.content else {
            return refused("unexpected type for right leg of binary operation", operation, ": \(right.typeName)")
        }
        let finding = left.finding ?? right.finding
        let leftValue = leftTree.literalValue, rightValue = rightTree.literalValue
        if finding == nil, operation.isSetOperation {
            if let value = leftValue {
                return refused(
                    "unexpected literal for left leg of logical/set binary operation", operation,
                    ": \(GoFloat.text(value, verb: "f", precision: 6))")
            }
            if let value = rightValue {
                return refused(
                    "unexpected literal for right leg of logical/set binary operation", operation,
                    ": \(GoFloat.text(value, verb: "f", precision: 6))")
            }
        }
        if let leftValue, let rightValue {
            return Operand(content: .metric(.literal(operation.reduced(leftValue, rightValue))), finding: finding)
        }
        let tree = BinaryOperation(leftTree, operation, rightTree, returnsBool: returnsBool, matching: matching)
        return Operand(content: .metric(.binary(tree)), depth: depth, finding: finding)
    }

    private func refused(_ reason: String, _ operation: BinaryOperation.Operator, _ rest: String) -> Operand {
        let finding = LogQLError(.invalid, "\(reason) (\(operation.rawValue))\(rest)", range: SourceRange(0, lastEnd))
        return Operand(content: .metric(.constantVector(0)), finding: finding)
    }
}

extension Operand {
    /// As Loki calls it in messages.
    fileprivate var typeName: String {
        guard case .log(let selection) = content, !selection.stages.isEmpty else { return "*syntax.MatchersExpr" }
        return "*syntax.PipelineExpr"
    }
}

extension MetricExpression {
    fileprivate var literalValue: Double? {
        if case .literal(let value) = self { value } else { nil }
    }
}

extension BinaryOperation.Operator {
    /// Between two numbers; comparisons give 1 and 0. Division by zero gives no number, as Loki has it.
    func reduced(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: right == 0 ? .nan : left / right
        case .modulo: right == 0 ? .nan : left.truncatingRemainder(dividingBy: right)
        case .power: Power.of(left, right)
        case .equal: left == right ? 1 : 0
        case .notEqual: left != right ? 1 : 0
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        // Refused before.
        case .and, .or, .unless: .nan
        }
    }
}
