/// How a query is evaluated, and what bounds it.
package struct EvaluationOptions: Sendable {
    /// How far an instant selector looks back, milliseconds; a sample exactly that old is outside.
    package var lookback: Int64 = 300_000
    /// Step of a subquery that names none, milliseconds.
    package var defaultSubqueryStep: Int64 = 60_000
    /// Samples held at once (as `query.max-samples` of Prometheus).
    package var samplesMax: Int = 50_000_000
    /// Times at which one expression within a query is evaluated: a subquery with a small step has many. Each costs
    /// memory and time also where there are no samples.
    package var stepsMax: Int = 1_000_000
    /// Queries in work at a time (as `query.max-concurrency` of Prometheus); others wait. Of meaning when an engine is
    /// made: what is made of it by `with` shares its capacity.
    package var queriesMax: Int = 20
    /// Functions and aggregations that are experimental in 3.5.
    package var experimental: Bool = true
    /// Longest time for a query, waiting included.
    package var timeout: Duration = .seconds(120)

    package init() {}
}
