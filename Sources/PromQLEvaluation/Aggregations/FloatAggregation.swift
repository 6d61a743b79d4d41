import PromQL
import PrometheusModel

/// What an aggregation keeps of the values of one group at one time.
protocol AggregationState {
    init(first: Double)
    mutating func add(_ value: Double)
    var result: Double { get }
}

/// Aggregates floats value by value.
enum FloatAggregation<State: AggregationState> {
    /// - Cost: each value is looked at once, in the order of memory; a state for each group and time.
    static func result(
        _ plan: AggregationPlan, _ grid: Grid, _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        let grouping = Grouping(grid, plan)
        var result = grouping.emptyResult(for: grid)
        let steps = grid.steps
        guard grid.seriesCount > 0, steps > 0 else { return result }
        var states = Array(repeating: State(first: 0), count: result.values.count)
        var isSeen = Array(repeating: false, count: result.values.count)
        try grid.values.withUnsafeBufferPointer { (values) throws(QueryError) in
            try states.withUnsafeMutableBufferPointer { (states) throws(QueryError) in
                try isSeen.withUnsafeMutableBufferPointer { (isSeen) throws(QueryError) in
                    for (series, group) in grouping.groups.enumerated() {
                        try budget.spend(steps)
                        let row = series * steps, target = group * steps
                        for step in 0..<steps {
                            let value = values[row + step]
                            if isAbsent(value) { continue }
                            if isSeen[target + step] {
                                states[target + step].add(value)
                            } else {
                                isSeen[target + step] = true
                                states[target + step] = State(first: value)
                            }
                        }
                    }
                }
            }
        }
        for slot in states.indices where isSeen[slot] { result.values[slot] = states[slot].result }
        return result
    }
}
