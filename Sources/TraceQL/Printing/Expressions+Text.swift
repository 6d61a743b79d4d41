// Canonical text: one space around operators, the fewest parentheses. It parses to the tree it was printed from, when
// that is a tree that the parser makes: a number with a sign is one literal, no pipeline stands where its only stage
// could, and numbers among metrics are computed.

extension FieldExpression: CustomStringConvertible {
    package var description: String { text(atLeast: Precedence.logic) }

    func text(atLeast minimum: Int) -> String {
        let (text, precedence) = textAndPrecedence
        return precedence < minimum ? "(" + text + ")" : text
    }

    private var textAndPrecedence: (text: String, precedence: Int) {
        switch self {
        case .literal(let value): (value.description, value.isNegative ? Precedence.unary : Precedence.primary)
        case .attribute(let attribute): (attribute.description, Precedence.primary)
        case .negated(let operand): ("-" + operand.text(atLeast: Precedence.unary), Precedence.unary)
        case .not(let operand): ("!" + operand.text(atLeast: Precedence.unary), Precedence.unary)
        case .arithmetic(let left, let operation, let right):
            Self.joined(left, operation.rawValue, right, operation.precedence, groupsRight: operation == .power)
        case .comparison(let left, let operation, let right):
            Self.joined(left, operation.rawValue, right, Precedence.comparison)
        case .and(let left, let right): Self.joined(left, "&&", right, Precedence.logic)
        case .or(let left, let right): Self.joined(left, "||", right, Precedence.logic)
        }
    }

    private static func joined(
        _ left: FieldExpression, _ symbol: String, _ right: FieldExpression, _ precedence: Int,
        groupsRight: Bool = false
    ) -> (String, Int) {
        let text =
            left.text(atLeast: precedence + (groupsRight ? 1 : 0)) + " " + symbol + " "
            + right.text(atLeast: precedence + (groupsRight ? 0 : 1))
        return (text, precedence)
    }
}

extension Value {
    /// Whether its text begins with a sign.
    fileprivate var isNegative: Bool {
        switch self {
        case .int(let number): number < 0
        case .double(let number): number.sign == .minus
        case .duration(let nanoseconds): nanoseconds < 0
        case .none, .string, .bool, .status, .kind, .list: false
        }
    }
}

extension ArithmeticOperator {
    fileprivate var precedence: Int {
        switch self {
        case .add, .subtract: Precedence.sum
        case .multiply, .divide, .modulo: Precedence.product
        case .power: Precedence.power
        }
    }
}

extension SpansetOperator: CustomStringConvertible {
    package var description: String {
        switch self {
        case .and: "&&"
        case .or: "||"
        case .relation(let relation, .plain): relation.rawValue
        case .relation(let relation, .negated): "!" + relation.rawValue
        case .relation(let relation, .union): "&" + relation.rawValue
        }
    }

    fileprivate var precedence: Int {
        switch self {
        case .and, .or: Precedence.logic
        case .relation: Precedence.comparison
        }
    }
}

extension SpansetExpression: CustomStringConvertible {
    package var description: String { text(atLeast: Precedence.logic) }

    private func text(atLeast minimum: Int) -> String {
        switch self {
        case .filter(let field): return "{ \(field) }"
        case .pipeline(let pipeline): return "(\(pipeline))"
        case .combined(let left, let operation, let right):
            let precedence = operation.precedence
            let text = left.text(atLeast: precedence) + " \(operation) " + right.text(atLeast: precedence + 1)
            return precedence < minimum ? "(" + text + ")" : text
        }
    }
}

extension ScalarExpression: CustomStringConvertible {
    package var description: String { text(atLeast: Precedence.sum) }

    private func text(atLeast minimum: Int) -> String {
        switch self {
        case .literal(let value): return value.description
        case .aggregate(let aggregate, let field): return "\(aggregate.rawValue)(\(field.map(\.description) ?? ""))"
        case .pipeline(let pipeline, let scalar): return "(\(pipeline) | \(scalar))"
        // A sign and the number after it would be one literal.
        case .negated(.literal(let value)): return "-(\(value))"
        case .negated(let operand): return "-" + operand.text(atLeast: Precedence.primary)
        case .arithmetic(let left, let operation, let right):
            let precedence = operation.precedence
            let groupsRight = operation == .power
            let text =
                left.text(atLeast: precedence + (groupsRight ? 1 : 0)) + " " + operation.rawValue + " "
                + right.text(atLeast: precedence + (groupsRight ? 0 : 1))
            return precedence < minimum ? "(" + text + ")" : text
        }
    }
}

extension MetricsExpression: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pipeline(let pipeline, let function): "\(pipeline) | \(function)"
        case .number(let number): Self.text(number)
        case .arithmetic: text(atLeast: Precedence.sum)
        case .ranked(let operand, .top(let count)): "\(operand) | topk(\(count))"
        case .ranked(let operand, .bottom(let count)): "\(operand) | bottomk(\(count))"
        case .filtered(let operand, let operation, let number):
            "\(operand) \(operation.rawValue) \(Self.text(number))"
        }
    }

    /// As an operand of arithmetic.
    private func text(atLeast minimum: Int) -> String {
        switch self {
        case .number: return description
        case .arithmetic(let left, let operation, let right):
            let precedence = operation.precedence
            let text =
                left.text(atLeast: precedence) + " \(operation.rawValue) " + right.text(atLeast: precedence + 1)
            return precedence < minimum ? "(" + text + ")" : text
        case .pipeline, .ranked, .filtered: return "(\(description))"
        }
    }

    /// Whole numbers without a fraction.
    fileprivate static func text(_ number: Double) -> String {
        if let whole = Int64(exactly: number), whole.magnitude < 1 << 53, !(whole == 0 && number.sign == .minus) {
            return "\(whole)"
        }
        return "\(number)"
    }
}

extension MetricsFunction: CustomStringConvertible {
    package var description: String {
        let call =
            switch kind {
            case .rate: "rate()"
            case .countOverTime: "count_over_time()"
            case .minimumOverTime(let field): "min_over_time(\(field))"
            case .maximumOverTime(let field): "max_over_time(\(field))"
            case .averageOverTime(let field): "avg_over_time(\(field))"
            case .sumOverTime(let field): "sum_over_time(\(field))"
            case .quantileOverTime(let field, let quantiles):
                "quantile_over_time(\(field), \(quantiles.map(MetricsExpression.text).joined(separator: ", ")))"
            case .histogramOverTime(let field): "histogram_over_time(\(field))"
            case .compare(let selection, let top, 0, 0): "compare(\(selection)\(top == 10 ? "" : ", \(top)"))"
            case .compare(let selection, let top, let start, let end): "compare(\(selection), \(top), \(start), \(end))"
            }
        return groups.isEmpty ? call : call + " by (\(groups.map(\.description).joined(separator: ", ")))"
    }
}
