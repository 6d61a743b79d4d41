/// `deriv` and `predict_linear`: the least-squares line through the samples of a window.
enum TrendFunctions {
    static let bodies: [String: FunctionBody] = [
        "deriv": FunctionTable.windows { Slope() },
        "predict_linear": { (evaluator, call, times) throws(QueryError) in
            let source = try evaluator.windowSource(call.arguments[0], on: times)
            var function = LinearPrediction(seconds: try evaluator.scalar(call.arguments[1], on: times))
            return .vector(try evaluator.slide(&function, over: source, on: times))
        },
    ]
}

struct Slope: FloatRangeFunction {
    func value(_ samples: Samples, _ window: Window) -> Double {
        guard window.count > 1 else { return absent }
        // Seconds count from the first sample: large numbers would cost digits.
        return Regression(samples, window, from: samples.times[window.first]).slope
    }
}

struct LinearPrediction: FloatRangeFunction {
    /// How far ahead, for each step.
    let seconds: [Double]

    func value(_ samples: Samples, _ window: Window) -> Double {
        guard window.count > 1 else { return absent }
        let line = Regression(samples, window, from: window.time)
        return line.slope * seconds[window.step] + line.intercept
    }
}

/// A line through samples; its intercept is the value at `origin`, its slope is per second.
struct Regression {
    private(set) var slope = 0.0
    private(set) var intercept = 0.0

    init(_ samples: Samples, _ window: Window, from origin: Int64) {
        var (x, y, xy, xx) = (Summation(), Summation(), Summation(), Summation())
        let first = samples.values[window.first]
        var isConstant = true
        for index in window.first..<window.end {
            let value = samples.values[index]
            if value != first && index > window.first { isConstant = false }
            let seconds = Double(samples.times[index] &- origin) / 1000
            x.add(seconds)
            y.add(value)
            xy.add(seconds * value)
            xx.add(seconds * seconds)
        }
        if isConstant {
            slope = first.isInfinite ? .nan : 0
            intercept = first.isInfinite ? .nan : first
            return
        }
        let count = Double(window.count)
        let covariance = xy.total - x.total * y.total / count
        let variance = xx.total - x.total * x.total / count
        slope = covariance / variance
        intercept = y.total / count - slope * x.total / count
    }
}
