import PrometheusModel

/// `quantile_over_time`
struct QuantileOverTime: FloatRangeFunction {
    static let bodies: [String: FunctionBody] = [
        "quantile_over_time": { (evaluator, call, times) throws(QueryError) in
            let quantiles = try evaluator.scalar(call.arguments[0], on: times)
            let source = try evaluator.windowSource(call.arguments[1], on: times)
            var function = QuantileOverTime(quantiles: quantiles)
            let grid = try evaluator.slide(&function, over: source, on: times)
            for quantile in function.invalid { evaluator.notes.invalidQuantile(quantile, at: call.place(0)) }
            return .vector(grid)
        }
    ]

    /// For each step.
    let quantiles: [Double]
    /// Those outside of 0 to 1 that were asked of some window.
    private(set) var invalid: [Double] = []
    private var values: [Double] = []

    init(quantiles: [Double]) { self.quantiles = quantiles }

    mutating func value(_ samples: Samples, _ window: Window) -> Double {
        let quantile = quantiles[window.step]
        if quantile.isNaN || quantile < 0 || quantile > 1,
            !invalid.contains(where: { $0.bitPattern == quantile.bitPattern })
        {
            invalid.append(quantile)
        }
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: samples.values[window.first..<window.end])
        return Quantile.value(quantile, of: &values)
    }
}
