import PromQL
import PrometheusModel

extension Evaluator {
    func aggregate(_ plan: AggregationPlan, on times: TimeGrid) throws(QueryError) -> Grid {
        switch plan.operation {
        case .countValues: return try CountValues.result(plan, self, on: times)
        case .topk, .bottomk, .limitk, .limitRatio:
            guard let node = plan.parameter else { return Grid(times) }
            let parameter = try scalar(node, on: times)
            let grid = try vector(plan.node, on: times)
            let members = Grouping(grid, plan).members
            switch plan.operation {
            case .limitk: return try LimitK.result(grid, members, parameter)
            case .limitRatio: return try LimitRatio.result(grid, parameter, &notes, at: node.range)
            default: return try TopK(plan).result(grid, members, parameter, &notes)
            }
        case .quantile:
            guard let node = plan.parameter else { return Grid(times) }
            let parameter = try scalar(node, on: times)
            let grid = try vector(plan.node, on: times)
            return try QuantileAggregation.result(plan, grid, parameter, &notes, &budget)
        case .sum, .avg:
            let grid = try vector(plan.node, on: times)
            if grid.hasHistograms { return try HistogramAggregation(plan).result(grid, &notes, &budget) }
            return plan.operation == .sum
                ? FloatAggregation<SumState>.result(plan, grid) : FloatAggregation<AverageState>.result(plan, grid)
        case .count: return CountAggregation.result(plan, try vector(plan.node, on: times), isGroup: false)
        case .group: return CountAggregation.result(plan, try vector(plan.node, on: times), isGroup: true)
        case .min: return FloatAggregation<MinimumState>.result(plan, try floats(plan, on: times))
        case .max: return FloatAggregation<MaximumState>.result(plan, try floats(plan, on: times))
        case .stddev: return FloatAggregation<DeviationState>.result(plan, try floats(plan, on: times))
        case .stdvar: return FloatAggregation<VarianceState>.result(plan, try floats(plan, on: times))
        }
    }

    /// The floats of the operand; the notes tell of histograms.
    private func floats(_ plan: AggregationPlan, on times: TimeGrid) throws(QueryError) -> Grid {
        var grid = try vector(plan.node, on: times)
        if grid.histograms.contains(where: { $0 != nil }) {
            notes.histogramIgnored(aggregation: plan.operation.rawValue, at: plan.node.range)
        }
        grid.removeHistograms()
        return grid
    }
}
