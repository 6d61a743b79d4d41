import PrometheusModel

/// `double_exponential_smoothing`, before version 3 `holt_winters`.
enum SmoothingFunctions {
    static let bodies: [String: FunctionBody] = ["double_exponential_smoothing": body]

    private static let body: FunctionBody = { (evaluator, call, times) throws(QueryError) in
        let source = try evaluator.windowSource(call.arguments[0], on: times)
        var function = DoubleExponentialSmoothing(
            smoothing: try evaluator.scalar(call.arguments[1], on: times),
            trend: try evaluator.scalar(call.arguments[2], on: times))
        let grid = try evaluator.slide(&function, over: source, on: times)
        if let failure = function.failure { throw failure }
        return .vector(grid)
    }
}

/// Smooths a window's samples, taking a trend in them into account.
struct DoubleExponentialSmoothing: FloatRangeFunction {
    /// Factors between 0 and 1, for each step.
    let smoothing: [Double]
    let trend: [Double]
    private(set) var failure: QueryError?

    init(smoothing: [Double], trend: [Double]) {
        self.smoothing = smoothing
        self.trend = trend
    }

    mutating func value(_ samples: Samples, _ window: Window) -> Double {
        let smoothing = smoothing[window.step], trend = trend[window.step]
        guard check(smoothing, "smoothing"), check(trend, "trend"), window.count > 1 else { return absent }
        var before = 0.0
        var level = samples.values[window.first]
        var slope = samples.values[window.first + 1] - level
        for index in window.first + 1..<window.end {
            if index > window.first + 1 { slope = trend * (level - before) + (1 - trend) * slope }
            (before, level) = (level, smoothing * samples.values[index] + (1 - smoothing) * (level + slope))
        }
        return level
    }

    private mutating func check(_ factor: Double, _ name: String) -> Bool {
        // As in Prometheus, NaN gets through.
        guard factor <= 0 || factor >= 1 else { return true }
        let text = name == "smoothing" ? "sf" : "tf"
        failure = QueryError(
            .execution,
            "invalid \(name) factor. Expected: 0 < \(text) < 1, got: \(GoText.fixed(factor))")
        return false
    }
}
