/// `sum`
struct SumState: AggregationState {
    private var summation: Summation

    init(first: Double) { summation = Summation(sum: first) }

    @inline(__always)
    mutating func add(_ value: Double) { summation.add(value) }

    var result: Double { summation.total }
}
