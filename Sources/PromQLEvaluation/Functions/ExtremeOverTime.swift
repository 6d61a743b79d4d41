/// `min_over_time` and `max_over_time`
enum ExtremeOverTime {
    static let bodies: [String: FunctionBody] = [
        "min_over_time": FunctionTable.windows { MinimumOverTime() },
        "max_over_time": FunctionTable.windows { MaximumOverTime() },
    ]
}

/// NaN only when there is nothing else.
struct MinimumOverTime: FloatRangeFunction {
    func value(_ samples: Samples, _ window: Window) -> Double {
        var least = samples.values[window.first]
        for index in window.first + 1..<window.end {
            let value = samples.values[index]
            if value < least || least.isNaN { least = value }
        }
        return least
    }
}

/// NaN only when there is nothing else.
struct MaximumOverTime: FloatRangeFunction {
    func value(_ samples: Samples, _ window: Window) -> Double {
        var greatest = samples.values[window.first]
        for index in window.first + 1..<window.end {
            let value = samples.values[index]
            if value > greatest || greatest.isNaN { greatest = value }
        }
        return greatest
    }
}
