import PrometheusModel

/// `histogram_count`, `histogram_sum`, `histogram_avg`, `histogram_stddev` and `histogram_stdvar`: of native histograms;
/// floats are left out.
enum HistogramFunctions {
    static let bodies: [String: FunctionBody] = [
        "histogram_count": body { $0.count },
        "histogram_sum": body { $0.sum },
        "histogram_avg": body { $0.average },
        "histogram_stddev": body { $0.standardDeviation },
        "histogram_stdvar": body { $0.variance },
    ]

    private static func body(_ number: @escaping @Sendable (NativeHistogram) -> Double) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            var grid = try evaluator.vector(call.arguments[0], on: times)
            for slot in grid.values.indices {
                grid.values[slot] = grid.histogram(slot).map { number($0.value) } ?? absent
            }
            grid.removeHistograms()
            grid.dropNames()
            return .vector(grid)
        }
    }
}
