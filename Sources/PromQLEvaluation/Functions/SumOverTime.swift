import PrometheusModel

/// `sum_over_time`
struct SumOverTime: RangeFunction {
    static let bodies: [String: FunctionBody] = ["sum_over_time": FunctionTable.windows { SumOverTime() }]

    func value(_ samples: Samples, _ window: Window) -> Double {
        var summation = Summation()
        for index in window.first..<window.end { summation.add(samples.values[index]) }
        return summation.sum.isInfinite ? summation.sum : summation.total
    }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        if histograms.boxes.isEmpty { return WindowValue(value(samples, window)) }
        guard window.count == 0, let first = histograms.boxes.first else {
            notes.mixedFloatsAndHistograms(metric: histograms.metric, at: histograms.place)
            return .none
        }
        var sum = first.value
        do throws(HistogramError) {
            for box in histograms.boxes.dropFirst() { try sum.add(box.value) }
        } catch {
            notes.incompatible(error, metric: histograms.metric, at: histograms.place)
            return .none
        }
        return .histogram(sum)
    }
}
