/// How a query is evaluated, and what bounds it.
package struct EvaluationOptions: Sendable {
    /// How far an instant selector looks back, milliseconds; a sample exactly that old is outside.
    package var lookback: Int64 = 300_000
    /// Step of a subquery that names none, milliseconds.
    package var defaultSubqueryStep: Int64 = 60_000
    /// Samples held at once (as `query.max-samples` of Prometheus).
    package var samplesMax: Int = 50_000_000
    /// Functions and aggregations that are experimental in 3.5.
    package var experimental: Bool = true
    /// Longest evaluation.
    package var timeout: Duration = .seconds(120)

    package init() {}
}
