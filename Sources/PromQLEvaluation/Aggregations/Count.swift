import PromQL

/// `count` and `group`, of floats and histograms alike.
enum CountAggregation {
    static func result(
        _ plan: AggregationPlan, _ grid: Grid, isGroup: Bool, _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        let grouping = Grouping(grid, plan)
        var result = grouping.emptyResult(for: grid)
        for (series, group) in grouping.groups.enumerated() {
            try budget.spend(grid.steps)
            let target = group * grid.steps
            for (step, slot) in grid.slots(of: series).enumerated() where grid.isPresent(slot) {
                let known = result.values[target + step]
                result.values[target + step] = isGroup || isAbsent(known) ? 1 : known + 1
            }
        }
        return result
    }
}
