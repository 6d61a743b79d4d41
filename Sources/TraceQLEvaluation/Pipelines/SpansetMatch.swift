package import TraceQL

/// Some spans of one trace that a pipeline answers.
package struct SpansetMatch: Sendable, Equatable {
    /// The value of a grouping: `by(expression)`.
    package struct Group: Sendable, Equatable {
        package var expression: FieldExpression
        package var value: Value

        package init(_ expression: FieldExpression, _ value: Value) {
            self.expression = expression
            self.value = value
        }
    }

    /// The value of a filter's side that is not a literal: `count()`, `avg(duration)`.
    package struct Scalar: Sendable, Equatable {
        package var expression: ScalarExpression
        package var value: Value

        package init(_ expression: ScalarExpression, _ value: Value) {
            self.expression = expression
            self.value = value
        }
    }

    /// Index into the table's traces.
    package var trace: Int
    /// Rows of the table, ascending; never empty.
    package var rows: [Int32]
    /// In the order of the stages.
    package var groups: [Group]
    package var scalars: [Scalar]

    package init(trace: Int, rows: [Int32], groups: [Group] = [], scalars: [Scalar] = []) {
        self.trace = trace
        self.rows = rows
        self.groups = groups
        self.scalars = scalars
    }
}
