package import PrometheusModel

/// A place in the text of a query: offsets in bytes of UTF-8, the end exclusive.
package struct SourceRange: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }
}

/// What an expression evaluates to.
package enum ValueType: String, Sendable {
    case none
    case scalar
    case vector = "instant vector"
    case matrix = "range vector"
    case string
}

/// The tree of a PromQL query as the parser makes it.
package indirect enum Expression: Sendable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case vectorSelector(VectorSelector)
    case matrixSelector(MatrixSelector)
    case subquery(Subquery)
    case call(Call)
    case aggregation(Aggregation)
    case unary(Unary)
    case binary(Binary)
    case parenthesis(Parenthesis)
}

package struct NumberLiteral: Sendable {
    package var value: Double
    /// Written as a duration (`5m`); printed so again.
    package var isDuration: Bool
    package var range: SourceRange

    package init(value: Double, isDuration: Bool = false, range: SourceRange) {
        self.value = value
        self.isDuration = isDuration
        self.range = range
    }
}

package struct StringLiteral: Sendable {
    package var value: String
    package var range: SourceRange

    package init(value: String, range: SourceRange) {
        self.value = value
        self.range = range
    }
}

/// The `@` modifier.
package enum AtModifier: Hashable, Sendable {
    /// Milliseconds since the Unix epoch.
    case time(Int64)
    case start
    case end
}

/// An amount of time in a query: a constant, or with the experimental duration expressions an expression that is known
/// when the query's range and step are (`step()`, arithmetic, `min`, `max`).
package indirect enum DurationExpression: Sendable {
    /// Milliseconds.
    case milliseconds(Int64)
    /// A bare number of seconds; printed as it was written.
    case number(Double)
    case step(SourceRange)
    case negative(DurationExpression, SourceRange)
    case binary(DurationOperator, DurationExpression, DurationExpression, SourceRange)
    /// `min(a, b)` and `max(a, b)`.
    case extreme(isMaximum: Bool, DurationExpression, DurationExpression, SourceRange)
    case parenthesis(DurationExpression, SourceRange)
}

package enum DurationOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
}

package struct VectorSelector: Sendable {
    /// The name before the braces, empty when there is none.
    package var name: String
    /// All conditions, that on `__name__` included.
    package var matchers: [LabelMatcher]
    /// As written; nil without the modifier. Negative looks ahead.
    package var offset: DurationExpression?
    package var at: AtModifier?
    package var range: SourceRange

    package init(
        name: String, matchers: [LabelMatcher], offset: DurationExpression? = nil, at: AtModifier? = nil,
        range: SourceRange
    ) {
        self.name = name
        self.matchers = matchers
        self.offset = offset
        self.at = at
        self.range = range
    }
}

package struct MatrixSelector: Sendable {
    package var selector: VectorSelector
    package var window: DurationExpression
    package var range: SourceRange

    package init(selector: VectorSelector, window: DurationExpression, range: SourceRange) {
        self.selector = selector
        self.window = window
        self.range = range
    }
}

package struct Subquery: Sendable {
    package var expression: Expression
    package var window: DurationExpression
    /// Nil stands for the default step (1 m, or as configured).
    package var step: DurationExpression?
    package var offset: DurationExpression?
    package var at: AtModifier?
    package var range: SourceRange

    package init(
        expression: Expression, window: DurationExpression, step: DurationExpression?,
        offset: DurationExpression? = nil, at: AtModifier? = nil, range: SourceRange
    ) {
        self.expression = expression
        self.window = window
        self.step = step
        self.offset = offset
        self.at = at
        self.range = range
    }
}

package struct Call: Sendable {
    package var function: FunctionSignature
    package var arguments: [Expression]
    package var range: SourceRange

    package init(function: FunctionSignature, arguments: [Expression], range: SourceRange) {
        self.function = function
        self.arguments = arguments
        self.range = range
    }
}

/// A function's name, arguments and result.
package struct FunctionSignature: Hashable, Sendable {
    package var name: String
    package var arguments: [ValueType]
    /// 0: exactly the arguments; n > 0: the last may be left out, up to n times beyond them it repeats; -1: the last
    /// repeats without end (Prometheus `parser.Function.Variadic`).
    package var variadic: Int
    package var result: ValueType
    package var isExperimental: Bool

    package init(
        _ name: String, _ arguments: [ValueType], variadic: Int = 0, returns result: ValueType = .vector,
        isExperimental: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.variadic = variadic
        self.result = result
        self.isExperimental = isExperimental
    }
}

package enum AggregationOperator: String, Sendable, CaseIterable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk
    case countValues = "count_values"
    case quantile
    case limitk
    case limitRatio = "limit_ratio"

    package var hasParameter: Bool {
        switch self {
        case .topk, .bottomk, .countValues, .quantile, .limitk, .limitRatio: true
        default: false
        }
    }

    package var isExperimental: Bool { self == .limitk || self == .limitRatio }
}

package struct Aggregation: Sendable {
    package var operation: AggregationOperator
    package var expression: Expression
    /// The argument before the vector of topk, bottomk, count_values, quantile, limitk and limit_ratio.
    package var parameter: Expression?
    /// Labels of `by` or `without`, as written.
    package var grouping: [String]
    package var isWithout: Bool
    package var range: SourceRange

    package init(
        operation: AggregationOperator, expression: Expression, parameter: Expression? = nil, grouping: [String] = [],
        isWithout: Bool = false, range: SourceRange
    ) {
        self.operation = operation
        self.expression = expression
        self.parameter = parameter
        self.grouping = grouping
        self.isWithout = isWithout
        self.range = range
    }
}

package struct Unary: Sendable {
    package var isNegation: Bool
    package var expression: Expression
    package var range: SourceRange

    package init(isNegation: Bool, expression: Expression, range: SourceRange) {
        self.isNegation = isNegation
        self.expression = expression
        self.range = range
    }
}

package enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and, or, unless
    case atan2
    /// Division whose result for a divisor of zero is NaN: LogQL's. PromQL has no sign for it.
    case quotient

    package var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    package var isSetOperation: Bool { self == .and || self == .or || self == .unless }
}

/// How the sides of an operation between two vectors are joined.
package struct VectorMatching: Hashable, Sendable {
    package enum Cardinality: String, Hashable, Sendable {
        case oneToOne = "one-to-one"
        case manyToOne = "many-to-one"
        case oneToMany = "one-to-many"
        case manyToMany = "many-to-many"
    }

    package var cardinality: Cardinality
    package var labels: [String]
    /// `on`; otherwise `ignoring` (or nothing was written: then `labels` is empty).
    package var isOn: Bool
    /// Labels of `group_left` and `group_right`.
    package var include: [String]

    package init(
        cardinality: Cardinality = .oneToOne, labels: [String] = [], isOn: Bool = false, include: [String] = []
    ) {
        self.cardinality = cardinality
        self.labels = labels
        self.isOn = isOn
        self.include = include
    }
}

package struct Binary: Sendable {
    package var operation: BinaryOperator
    package var left: Expression
    package var right: Expression
    package var returnsBool: Bool
    /// Of two vectors; nil when a side is a scalar.
    package var matching: VectorMatching?
    package var range: SourceRange

    package init(
        operation: BinaryOperator, left: Expression, right: Expression, returnsBool: Bool = false,
        matching: VectorMatching? = nil, range: SourceRange
    ) {
        self.operation = operation
        self.left = left
        self.right = right
        self.returnsBool = returnsBool
        self.matching = matching
        self.range = range
    }
}

package struct Parenthesis: Sendable {
    package var expression: Expression
    package var range: SourceRange

    package init(expression: Expression, range: SourceRange) {
        self.expression = expression
        self.range = range
    }
}

extension Expression {
    package var range: SourceRange {
        switch self {
        case .number(let node): node.range
        case .string(let node): node.range
        case .vectorSelector(let node): node.range
        case .matrixSelector(let node): node.range
        case .subquery(let node): node.range
        case .call(let node): node.range
        case .aggregation(let node): node.range
        case .unary(let node): node.range
        case .binary(let node): node.range
        case .parenthesis(let node): node.range
        }
    }

    package var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .vectorSelector: .vector
        case .matrixSelector, .subquery: .matrix
        case .call(let node): node.function.result
        case .aggregation: .vector
        case .unary(let node): node.expression.type
        // Matching there is between vectors only, once a tree is checked: this ends the walk down a chain.
        case .binary(let node) where node.matching != nil: .vector
        case .binary(let node): node.right.type == .scalar && node.left.type == .scalar ? .scalar : .vector
        case .parenthesis(let node): node.expression.type
        }
    }

    /// Without parentheses around it.
    package var unwrapped: Expression {
        var result = self
        while case .parenthesis(let node) = result { result = node.expression }
        return result
    }
}
