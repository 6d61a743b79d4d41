/// An expression whose value is a set of time series.
package indirect enum MetricsExpression: Sendable, Equatable {
    /// `{ … } | rate() by (x)`
    case pipeline(Pipeline, MetricsFunction)
    /// A number among series: `({ } | rate()) * 100`.
    case number(Double)
    case arithmetic(MetricsExpression, ArithmeticOperator, MetricsExpression)
    /// `… | topk(5)`
    case ranked(MetricsExpression, Ranking)
    /// `… > 10`: keeps the samples for which it is true.
    case filtered(MetricsExpression, ComparisonOperator, Double)
}

package enum Ranking: Hashable, Sendable {
    case top(Int)
    case bottom(Int)
}

/// The last stage of a metrics pipeline.
package struct MetricsFunction: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Spans per second.
        case rate
        case countOverTime
        case minimumOverTime(FieldExpression)
        case maximumOverTime(FieldExpression)
        case averageOverTime(FieldExpression)
        case sumOverTime(FieldExpression)
        case quantileOverTime(FieldExpression, [Double])
        /// Counts per power of two.
        case histogramOverTime(FieldExpression)
        /// `compare({selection}, topN, start, end)`; times are nanoseconds, 0 for the whole range.
        case compare(SpansetExpression, top: Int, start: Int64, end: Int64)
    }

    package var kind: Kind
    /// `by (…)`, at most five in Tempo; we take as many as are written.
    package var groups: [Attribute]

    package init(kind: Kind, groups: [Attribute] = []) {
        self.kind = kind
        self.groups = groups
    }
}
