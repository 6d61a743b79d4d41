import PrometheusModel

/// `histogram_quantile`
enum HistogramQuantileFunction {
    static let bodies: [String: FunctionBody] = [
        "histogram_quantile": { (evaluator, call, times) throws(QueryError) in
            let quantiles = try evaluator.scalar(call.arguments[0], on: times)
            let grid = try evaluator.vector(call.arguments[1], on: times)
            for quantile in quantiles where quantile.isNaN || quantile < 0 || quantile > 1 {
                evaluator.notes.invalidQuantile(quantile, at: call.place(0))
            }
            let vector = HistogramVector(grid, at: call.place(1))
            return .vector(
                try vector.numbers(
                    &evaluator.notes, &evaluator.budget,
                    native: { histogram, metric, step, notes in
                        let result = histogram.quantile(quantiles[step])
                        switch result.note {
                        case .isNaN: notes.quantileOfNaNs(metric: metric, at: call.place(0))
                        case .isSkewed: notes.quantileSkewedByNaNs(metric: metric, at: call.place(0))
                        case nil: break
                        }
                        return result.value
                    },
                    classic: { buckets, step, notes in
                        let result = ClassicBuckets.quantile(quantiles[step], of: buckets)
                        if result.isForcedMonotonic { notes.forcedMonotonicity(metric: "", at: call.place(1)) }
                        return result.value
                    }))
        }
    ]
}
