/// An expression whose value is a vector at each step, or a number.
package indirect enum MetricExpression: Sendable, Equatable {
    case range(RangeAggregation)
    case vector(VectorAggregation)
    case binary(BinaryOperation)
    case literal(Double)
    /// `vector(n)`.
    case constantVector(Double)
    case labelReplace(LabelReplacement)
    /// The parser makes none: the printer sets the parentheses that are needed.
    case parenthesis(MetricExpression)
}

/// `rate({…} | … [5m] offset 1h) by (x)`.
package struct RangeAggregation: Sendable, Equatable {
    package enum Operation: String, Sendable, CaseIterable {
        case countOverTime = "count_over_time"
        case rate
        case rateCounter = "rate_counter"
        case bytesOverTime = "bytes_over_time"
        case bytesRate = "bytes_rate"
        case averageOverTime = "avg_over_time"
        case sumOverTime = "sum_over_time"
        case minimumOverTime = "min_over_time"
        case maximumOverTime = "max_over_time"
        case deviationOverTime = "stddev_over_time"
        case varianceOverTime = "stdvar_over_time"
        case quantileOverTime = "quantile_over_time"
        case firstOverTime = "first_over_time"
        case lastOverTime = "last_over_time"
        case absentOverTime = "absent_over_time"
    }

    package var operation: Operation
    /// Of `quantile_over_time`.
    package var parameter: Double?
    package var selection: LogSelection
    package var unwrap: Unwrap?
    /// Nanoseconds, positive.
    package var window: Int64
    /// Nanoseconds; negative looks ahead.
    package var offset: Int64
    package var grouping: Grouping?
    package var range: SourceRange

    package init(
        operation: Operation, parameter: Double? = nil, selection: LogSelection, unwrap: Unwrap? = nil, window: Int64,
        offset: Int64 = 0, grouping: Grouping? = nil, range: SourceRange = SourceRange(0, 0)
    ) {
        self.operation = operation
        self.parameter = parameter
        self.selection = selection
        self.unwrap = unwrap
        self.window = window
        self.offset = offset
        self.grouping = grouping
        self.range = range
    }

    package static func == (left: RangeAggregation, right: RangeAggregation) -> Bool {
        left.operation == right.operation && left.parameter == right.parameter && left.selection == right.selection
            && left.unwrap == right.unwrap && left.window == right.window && left.offset == right.offset
            && left.grouping == right.grouping
    }
}

/// `| unwrap duration(label) | filter`: the number that a line is worth.
package struct Unwrap: Sendable, Equatable {
    package enum Conversion: String, Sendable {
        case none = ""
        case duration
        case durationSeconds = "duration_seconds"
        case bytes
    }

    package var label: String
    package var conversion: Conversion
    /// Label filters after it, all of which must hold.
    package var filters: [LabelFilter]

    package init(label: String, conversion: Conversion = .none, filters: [LabelFilter] = []) {
        self.label = label
        self.conversion = conversion
        self.filters = filters
    }
}

/// `by (a, b)` and `without (a, b)`.
package struct Grouping: Sendable, Equatable {
    package var labels: [String]
    package var isWithout: Bool

    package init(labels: [String], isWithout: Bool) {
        self.labels = labels
        self.isWithout = isWithout
    }
}

package struct VectorAggregation: Sendable, Equatable {
    package enum Operation: String, Sendable, CaseIterable {
        case sum, avg, min, max, count, stddev, stdvar, topk, bottomk, sort
        case sortDescending = "sort_desc"
        case approximateTopK = "approx_topk"
    }

    package var operation: Operation
    /// Of topk, bottomk and approx_topk.
    package var parameter: Int?
    /// Nil also where `by ()` was written, which means the same.
    package var grouping: Grouping?
    package var expression: MetricExpression
    package var range: SourceRange

    package init(
        operation: Operation, parameter: Int? = nil, grouping: Grouping? = nil, expression: MetricExpression,
        range: SourceRange = SourceRange(0, 0)
    ) {
        self.operation = operation
        self.parameter = parameter
        self.grouping = grouping
        self.expression = expression
        self.range = range
    }

    package static func == (left: VectorAggregation, right: VectorAggregation) -> Bool {
        left.operation == right.operation && left.parameter == right.parameter && left.grouping == right.grouping
            && left.expression == right.expression
    }
}

package struct BinaryOperation: Sendable, Equatable {
    package enum Operator: String, Sendable, CaseIterable {
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

        package var isComparison: Bool {
            switch self {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
            default: false
            }
        }

        package var isSetOperation: Bool { self == .and || self == .or || self == .unless }
    }

    package struct Matching: Sendable, Equatable {
        package enum Cardinality: Sendable, Equatable {
            case oneToOne
            /// `group_left (…)`
            case manyToOne([String])
            /// `group_right (…)`
            case oneToMany([String])
        }

        package var labels: [String]
        /// `on (…)`; false is `ignoring (…)`.
        package var isOn: Bool
        package var cardinality: Cardinality

        package init(labels: [String], isOn: Bool, cardinality: Cardinality = .oneToOne) {
            self.labels = labels
            self.isOn = isOn
            self.cardinality = cardinality
        }
    }

    package var left: MetricExpression
    package var operation: Operator
    package var right: MetricExpression
    package var returnsBool: Bool
    /// Nil when nothing was written.
    package var matching: Matching?
    package var range: SourceRange

    package init(
        _ left: MetricExpression, _ operation: Operator, _ right: MetricExpression, returnsBool: Bool = false,
        matching: Matching? = nil, range: SourceRange = SourceRange(0, 0)
    ) {
        self.left = left
        self.operation = operation
        self.right = right
        self.returnsBool = returnsBool
        self.matching = matching
        self.range = range
    }

    package static func == (left: BinaryOperation, right: BinaryOperation) -> Bool {
        left.left == right.left && left.operation == right.operation && left.right == right.right
            && left.returnsBool == right.returnsBool && left.matching == right.matching
    }
}

/// `label_replace(expression, "target", "replacement", "source", "pattern")`.
package struct LabelReplacement: Sendable, Equatable {
    package var expression: MetricExpression
    package var target: String
    package var replacement: String
    package var source: String
    package var pattern: String

    package init(expression: MetricExpression, target: String, replacement: String, source: String, pattern: String) {
        self.expression = expression
        self.target = target
        self.replacement = replacement
        self.source = source
        self.pattern = pattern
    }
}
