import PrometheusModel

/// `avg_over_time`
struct AverageOverTime: RangeFunction {
    static let bodies: [String: FunctionBody] = ["avg_over_time": FunctionTable.windows { AverageOverTime() }]

    func value(_ samples: Samples, _ window: Window) -> Double {
        var mean = Mean(first: samples.values[window.first])
        for index in window.first + 1..<window.end { mean.add(samples.values[index]) }
        return mean.value
    }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        if histograms.boxes.isEmpty { return WindowValue(value(samples, window)) }
        guard window.count == 0, let first = histograms.boxes.first else {
            notes.mixedFloatsAndHistograms(metric: histograms.metric, at: histograms.place)
            return .none
        }
        var mean = HistogramMean(first: first.value)
        do throws(HistogramError) {
            for box in histograms.boxes.dropFirst() { try mean.add(box.value) }
        } catch {
            notes.incompatible(error, metric: histograms.metric, at: histograms.place)
            return .none
        }
        return .histogram(mean.value)
    }
}

/// The mean of histograms, moved from one to the next: sums of many could overflow.
struct HistogramMean {
    private(set) var value: NativeHistogram
    private var count = 1.0

    init(first: NativeHistogram) { value = first }

    mutating func add(_ histogram: NativeHistogram) throws(HistogramError) {
        try add(histogram, count: count + 1)
    }

    /// - Parameter count: how many there are with this one.
    mutating func add(_ histogram: NativeHistogram, count: Double) throws(HistogramError) {
        self.count = count
        var step = histogram
        step.divide(by: count)
        var share = value
        share.divide(by: count)
        try step.subtract(share)
        try value.add(step)
    }
}
