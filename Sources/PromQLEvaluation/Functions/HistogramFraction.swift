import PrometheusModel

/// `histogram_fraction`
enum HistogramFractionFunction {
    static let bodies: [String: FunctionBody] = [
        "histogram_fraction": { (evaluator, call, times) throws(QueryError) in
            let lower = try evaluator.scalar(call.arguments[0], on: times)
            let upper = try evaluator.scalar(call.arguments[1], on: times)
            let vector = HistogramVector(try evaluator.vector(call.arguments[2], on: times), at: call.place(2))
            return .vector(
                try vector.numbers(
                    &evaluator.notes, &evaluator.budget,
                    native: { histogram, metric, step, notes in
                        let result = histogram.fraction(from: lower[step], to: upper[step])
                        if result.excludesNaN { notes.fractionWithoutNaNs(metric: metric, at: call.place(0)) }
                        return result.value
                    },
                    classic: { buckets, step, _ in
                        ClassicBuckets.fraction(from: lower[step], to: upper[step], of: buckets)
                    }))
        }
    ]
}
