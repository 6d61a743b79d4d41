/// `stdvar`: the variance of the population, by Welford's method.
struct VarianceState: AggregationState {
    private var count = 1.0
    private var mean: Double
    private var squares: Double

    init(first: Double) {
        mean = first
        squares = first.isFinite ? 0 : .nan
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / count
        squares += distance * (value - mean)
    }

    var result: Double { squares / count }
}

/// `stddev`
struct DeviationState: AggregationState {
    private var variance: VarianceState

    init(first: Double) { variance = VarianceState(first: first) }

    @inline(__always)
    mutating func add(_ value: Double) { variance.add(value) }

    var result: Double { variance.result.squareRoot() }
}
