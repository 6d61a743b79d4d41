import PrometheusModel

/// `resets`: how often a counter began anew.
struct ResetFunctions: RangeFunction {
    static let bodies: [String: FunctionBody] = ["resets": FunctionTable.windows { ResetFunctions() }]

    func value(_ samples: Samples, _ window: Window) -> Double {
        var count = 0
        for index in window.first + 1..<window.end where samples.values[index] < samples.values[index - 1] {
            count += 1
        }
        return Double(count)
    }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        .float(
            Double(
                MixedSequence.count(samples, window, histograms) { before, after in
                    switch (before, after) {
                    case (.float(let a), .float(let b)): b < a
                    case (.histogram(let a), .histogram(let b)): b.value.detectReset(previous: a.value)
                    default: true
                    }
                }))
    }
}
