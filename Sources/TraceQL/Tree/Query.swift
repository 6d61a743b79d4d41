/// A place in the text of a query: offsets in bytes of UTF-8, the end exclusive.
package struct SourceRange: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }
}

/// A whole TraceQL query.
package struct Query: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        /// Answers spansets: `/api/search`.
        case search(Pipeline)
        /// Answers time series: `/api/metrics/query_range`.
        case metrics(MetricsExpression)
    }

    package var body: Body
    /// `with (name=value, …)`, in the order written.
    package var hints: [Hint]

    package init(body: Body, hints: [Hint] = []) {
        self.body = body
        self.hints = hints
    }
}

/// One of `with (…)`: advice that is accepted and printed, and changes no answer except `most_recent`.
package struct Hint: Sendable, Equatable {
    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

/// Stages joined by `|`; each takes the spansets of the one before it, the first the spans of one trace.
package struct Pipeline: Sendable, Equatable {
    package var stages: [Stage]

    package init(_ stages: [Stage]) {
        self.stages = stages
    }
}

package indirect enum Stage: Sendable, Equatable {
    /// `{ … }` and combinations of it.
    case spansets(SpansetExpression)
    /// `count() > 2`, `avg(duration) > 1s`: keeps the spansets for which it is true.
    case scalarFilter(ScalarExpression, ComparisonOperator, ScalarExpression)
    /// `by(expression)`: one spanset for each value.
    case group(FieldExpression)
    /// `coalesce()`: one spanset again.
    case coalesce
    /// `select(attribute, …)`: attributes shown with each span.
    case select([Attribute])
}

package indirect enum SpansetExpression: Sendable, Equatable {
    /// `{ expression }`; `{ }` is `{ true }`.
    case filter(FieldExpression)
    case combined(SpansetExpression, SpansetOperator, SpansetExpression)
    /// A pipeline in parentheses as an operand: `({ } | count() > 1) >> { }`.
    case pipeline(Pipeline)
}

/// How two spansets of one trace are combined. A relation keeps right-hand spans that have such a left-hand span; its
/// negated form keeps right-hand spans that have none; its union form keeps both sides of each pair.
package enum SpansetOperator: Hashable, Sendable {
    /// `&&`: both sides must match, all spans of either.
    case and
    /// `||`
    case or
    case relation(Relation, Form)

    package enum Relation: String, Hashable, Sendable, CaseIterable {
        /// `>>`: the right-hand span is a descendant of the left-hand one.
        case descendant = ">>"
        /// `>`
        case child = ">"
        /// `<<`: the right-hand span is an ancestor of the left-hand one.
        case ancestor = "<<"
        /// `<`
        case parent = "<"
        /// `~`: both have the same parent and are different spans.
        case sibling = "~"
    }

    package enum Form: Hashable, Sendable, CaseIterable {
        case plain
        /// `!>>`
        case negated
        /// `&>>`
        case union
    }
}

package enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case matches = "=~"
    case notMatches = "!~"
}

package enum ArithmeticOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
}

/// A number of one spanset.
package indirect enum ScalarExpression: Sendable, Equatable {
    case literal(Value)
    case aggregate(Aggregate, FieldExpression?)
    case arithmetic(ScalarExpression, ArithmeticOperator, ScalarExpression)
    case negated(ScalarExpression)
    /// `({ … } | count())`: a pipeline of its own over the same trace, ended by its scalar.
    case pipeline(Pipeline, ScalarExpression)
}

package enum Aggregate: String, Hashable, Sendable, CaseIterable {
    case count
    case average = "avg"
    case minimum = "min"
    case maximum = "max"
    case sum
}
