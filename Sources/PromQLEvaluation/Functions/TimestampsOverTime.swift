/// `ts_of_last_over_time`, `ts_of_min_over_time` and `ts_of_max_over_time`: when, in seconds.
enum TimestampsOverTime {
    static let bodies: [String: FunctionBody] = [
        "ts_of_last_over_time": FunctionTable.windows { TimestampOfLast() },
        "ts_of_min_over_time": FunctionTable.windows { TimestampOfExtreme(isMaximum: false) },
        "ts_of_max_over_time": FunctionTable.windows { TimestampOfExtreme(isMaximum: true) },
    ]
}

struct TimestampOfLast: RangeFunction {
    func value(_ samples: Samples, _ window: Window) -> Double { Double(samples.times[window.end - 1]) / 1000 }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        let floatTime = window.count > 0 ? samples.times[window.end - 1] : .min
        return .float(Double(max(floatTime, histograms.times.last ?? .min)) / 1000)
    }
}

/// Of the latest of equal values.
struct TimestampOfExtreme: FloatRangeFunction {
    let isMaximum: Bool

    func value(_ samples: Samples, _ window: Window) -> Double {
        var extreme = samples.values[window.first]
        var time = samples.times[window.first]
        for index in window.first..<window.end {
            let value = samples.values[index]
            if extreme.isNaN || (isMaximum ? value >= extreme : value <= extreme) {
                extreme = value
                time = samples.times[index]
            }
        }
        return Double(time) / 1000
    }
}
