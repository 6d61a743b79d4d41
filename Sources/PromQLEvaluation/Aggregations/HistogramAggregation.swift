import PromQL
import PrometheusModel

/// `sum` and `avg` where there are histograms.
struct HistogramAggregation {
    let plan: AggregationPlan

    init(_ plan: AggregationPlan) { self.plan = plan }

    func result(
        _ grid: Grid, _ notes: inout Annotations, _ budget: inout SampleBudget
    ) throws(QueryError) -> Grid {
        let grouping = Grouping(grid, plan)
        var result = grouping.emptyResult(for: grid)
        for (group, members) in grouping.members.enumerated() {
            for step in 0..<grid.steps {
                try budget.spend(64 * members.count)
                aggregate(grid, members, step, into: &result, at: group * grid.steps + step, &notes)
            }
        }
        return result
    }

    /// A group with floats and histograms has no result, nor has one whose histograms do not go together.
    private func aggregate(
        _ grid: Grid, _ members: [Int], _ step: Int, into result: inout Grid, at target: Int,
        _ notes: inout Annotations
    ) {
        var floats: (sum: SumState, average: AverageState)?
        var mean: HistogramMean?
        var sum: NativeHistogram?
        var hasHistogram = false
        var count = 0.0
        for series in members {
            let slot = series * grid.steps + step
            guard let box = grid.histogram(slot) else {
                let value = grid.values[slot]
                if isAbsent(value) { continue }
                count += 1
                if floats == nil {
                    floats = (SumState(first: value), AverageState(first: value))
                } else {
                    floats?.sum.add(value)
                    floats?.average.add(value)
                }
                continue
            }
            count += 1
            hasHistogram = true
            do throws(HistogramError) {
                if plan.operation == .sum {
                    if sum == nil { sum = box.value } else { try sum?.add(box.value) }
                } else {
                    if mean == nil {
                        mean = HistogramMean(first: box.value)
                    } else {
                        try mean?.add(box.value, count: count)
                    }
                }
            } catch {
                notes.incompatible(error, metric: grid.labels[series].metricName, at: plan.node.range)
                // What comes later changes nothing any more; a float before it does.
                if floats != nil { notes.mixedFloatsAndHistogramsInAggregation(at: plan.node.range) }
                return
            }
        }
        if floats != nil && hasHistogram {
            notes.mixedFloatsAndHistogramsInAggregation(at: plan.node.range)
        } else if let floats {
            result.values[target] = plan.operation == .sum ? floats.sum.result : floats.average.result
        } else if var histogram = sum ?? mean?.value {
            histogram.compact(maxEmpty: 0)
            result.set(target, HistogramBox(histogram))
        }
    }
}
