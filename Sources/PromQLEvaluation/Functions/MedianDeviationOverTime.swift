/// `mad_over_time`: the median of the distances from the median.
struct MedianDeviationOverTime: FloatRangeFunction {
    static let bodies: [String: FunctionBody] = ["mad_over_time": FunctionTable.windows { MedianDeviationOverTime() }]

    private var values: [Double] = []

    mutating func value(_ samples: Samples, _ window: Window) -> Double {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: samples.values[window.first..<window.end])
        let median = Quantile.value(0.5, of: &values)
        for index in values.indices { values[index] = (values[index] - median).magnitude }
        return Quantile.value(0.5, of: &values)
    }
}
