/// What an expression outside braces can be; only the whole tells which it is.
struct Operand {
    enum Kind {
        case spansets(SpansetExpression)
        case scalar(ScalarExpression, ScalarShape)
        /// `count() > 1`
        case scalarFilter(ScalarExpression, ComparisonOperator, ScalarExpression, ScalarShape)
        case metrics(MetricsExpression)
    }

    var kind: Kind
    var range: SourceRange
    var depth: Int
    /// A number that was written as a duration, on its own and without a sign or with one.
    var plainDuration: Int64?

    init(_ kind: Kind, _ range: SourceRange, depth: Int, plainDuration: Int64? = nil) {
        self.kind = kind
        self.range = range
        self.depth = depth
        self.plainDuration = plainDuration
    }

    /// For messages.
    var described: String {
        switch kind {
        case .spansets: "spansets"
        case .scalar(_, .constant): "a number"
        case .scalar(_, .aggregate): "an aggregate"
        case .scalar(_, .pipeline): "the number of a pipeline"
        case .scalarFilter: "a comparison"
        case .metrics: "metrics"
        }
    }
}

/// What a number is made of. Numbers of whole pipelines are combined with one another only, as in Tempo.
enum ScalarShape {
    case constant, aggregate, pipeline

    /// Nil where the shapes do not mix.
    static func joined(_ left: ScalarShape, _ right: ScalarShape) -> ScalarShape? {
        switch (left, right) {
        case (.pipeline, .pipeline): .pipeline
        case (.pipeline, _), (_, .pipeline): nil
        case (.constant, .constant): .constant
        case (.aggregate, _), (_, .aggregate): .aggregate
        }
    }
}
