import PromQL

/// `quantile`
enum QuantileAggregation {
    /// - Parameter parameter: the quantile at each time.
    static func result(
        _ plan: AggregationPlan, _ grid: Grid, _ parameter: [Double], _ notes: inout Annotations,
        _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        let place = plan.parameter?.range ?? plan.range
        if parameter.contains(where: \.isNaN) { notes.invalidQuantile(.nan, at: place) }
        let numbers = parameter.filter { !$0.isNaN }
        if let greatest = numbers.max(), greatest > 1 { notes.invalidQuantile(greatest, at: place) }
        if let least = numbers.min(), least < 0 { notes.invalidQuantile(least, at: place) }
        if grid.histograms.contains(where: { $0 != nil }) {
            notes.histogramIgnored(aggregation: "quantile", at: plan.node.range)
        }
        let grouping = Grouping(grid, plan)
        var result = grouping.emptyResult(for: grid)
        let steps = grid.steps
        var values: [Double] = []
        for (group, members) in grouping.members.enumerated() {
            for step in 0..<steps {
                try budget.spend(8 * members.count)
                values.removeAll(keepingCapacity: true)
                for series in members {
                    let value = grid.values[series * steps + step]
                    if !isAbsent(value) { values.append(value) }
                }
                guard !values.isEmpty else { continue }
                result.values[group * steps + step] = Quantile.value(parameter[step], of: &values)
            }
        }
        return result
    }
}
