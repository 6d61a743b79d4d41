/// `avg`
struct AverageState: AggregationState {
    private var mean: Mean

    init(first: Double) { mean = Mean(first: first) }

    @inline(__always)
    mutating func add(_ value: Double) { mean.add(value) }

    var result: Double { mean.value }
}
