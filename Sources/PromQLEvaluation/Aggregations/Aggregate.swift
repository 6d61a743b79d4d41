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
            case .limitk: return try LimitK.result(grid, members, parameter, &budget)
            case .limitRatio: return try LimitRatio.result(grid, parameter, &notes, at: node.range, &budget)
            default: return try TopK(plan).result(grid, members, parameter, &notes, &budget)
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
                ? try FloatAggregation<SumState>.result(plan, grid, &budget)
                : try FloatAggregation<AverageState>.result(plan, grid, &budget)
        case .count, .group:
            let grid = try vector(plan.node, on: times)
            return try CountAggregation.result(plan, grid, isGroup: plan.operation == .group, &budget)
        case .min, .max, .stddev, .stdvar:
            let grid = try floats(plan, on: times)
            switch plan.operation {
            case .min: return try FloatAggregation<MinimumState>.result(plan, grid, &budget)
            case .max: return try FloatAggregation<MaximumState>.result(plan, grid, &budget)
            case .stddev: return try FloatAggregation<DeviationState>.result(plan, grid, &budget)
            default: return try FloatAggregation<VarianceState>.result(plan, grid, &budget)
            }
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
