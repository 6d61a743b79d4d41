/// `min`: NaN only when there is nothing else.
struct MinimumState: AggregationState {
    private(set) var result: Double

    init(first: Double) { result = first }

    @inline(__always)
    mutating func add(_ value: Double) { if result > value || result.isNaN { result = value } }
}

/// `max`: NaN only when there is nothing else.
struct MaximumState: AggregationState {
    private(set) var result: Double

    init(first: Double) { result = first }

    @inline(__always)
    mutating func add(_ value: Double) { if result < value || result.isNaN { result = value } }
}
