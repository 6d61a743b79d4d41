/// `last_over_time`, which keeps the metric's name: it selects, it does not compute.
struct LastOverTime: RangeFunction {
    static let bodies: [String: FunctionBody] = [
        "last_over_time": { (evaluator, call, times) throws(QueryError) in
            let source = try evaluator.windowSource(call.arguments[0], on: times)
            var function = LastOverTime()
            return .vector(try evaluator.slide(&function, over: source, on: times, keepsName: true))
        }
    ]

    func value(_ samples: Samples, _ window: Window) -> Double { samples.values[window.end - 1] }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        guard let box = histograms.boxes.last, let time = histograms.times.last else {
            return .float(value(samples, window))
        }
        if window.count > 0, samples.times[window.end - 1] > time { return .float(value(samples, window)) }
        return .box(box)
    }
}
