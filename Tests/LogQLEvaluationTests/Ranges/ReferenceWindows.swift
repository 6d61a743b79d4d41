import LogQL

/// Range aggregations as their definitions have them: each window by itself, in time samples × steps.
enum ReferenceWindows {
    static func evaluate(
        _ operation: RangeAggregation.Operation, parameter: Double, hasUnwrap: Bool, start: Int64, end: Int64,
        step: Int64, window: Int64, offset: Int64, times: [Int64], values: [Double]
    ) -> [Double?] {
        var result: [Double?] = []
        var time = start
        while time <= end {
            let upper = time - offset
            let indexes = times.indices.filter { times[$0] > upper - window && times[$0] <= upper }
            result.append(
                indexes.isEmpty
                    ? nil
                    : value(
                        operation, parameter, hasUnwrap, indexes.map { times[$0] }, indexes.map { values[$0] }, upper,
                        window))
            time += step
        }
        return result
    }

    private static func value(
        _ operation: RangeAggregation.Operation, _ parameter: Double, _ hasUnwrap: Bool, _ times: [Int64],
        _ values: [Double], _ upper: Int64, _ window: Int64
    ) -> Double {
        let seconds = Double(window) / 1e9
        let count = Double(values.count)
        switch operation {
        case .countOverTime: return count
        case .rate: return (hasUnwrap ? values.reduce(0, +) : count) / seconds
        case .bytesOverTime, .sumOverTime: return values.reduce(0, +)
        case .bytesRate: return values.reduce(0, +) / seconds
        case .averageOverTime: return values.reduce(0, +) / count
        case .minimumOverTime: return values.filter { !$0.isNaN }.min() ?? .nan
        case .maximumOverTime: return values.filter { !$0.isNaN }.max() ?? .nan
        case .varianceOverTime, .deviationOverTime:
            let mean = values.reduce(0, +) / count
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
            return operation == .varianceOverTime ? variance : variance.squareRoot()
        case .quantileOverTime:
            let sorted = values.sorted { $0.isNaN ? !$1.isNaN : $0 < $1 }
            let rank = parameter * (count - 1)
            let lower = Int(rank)
            let weight = rank - Double(lower)
            return sorted[lower] * (1 - weight) + sorted[min(lower + 1, sorted.count - 1)] * weight
        case .firstOverTime: return values[0]
        case .lastOverTime: return values[values.count - 1]
        case .absentOverTime: return 1
        case .rateCounter: return rateCounter(times, values, upper, window)
        }
    }

    private static func rateCounter(_ times: [Int64], _ values: [Double], _ upper: Int64, _ window: Int64) -> Double {
        guard values.count > 1 else { return 0 }
        var increase = values[values.count - 1] - values[0]
        for index in 1..<values.count where values[index] < values[index - 1] { increase += values[index - 1] }
        let sampled = Double(times[times.count - 1] - times[0]) / 1e9
        let mean = sampled / Double(times.count - 1)
        var before = Double(times[0] - (upper - window)) / 1e9
        var after = Double(upper - times[times.count - 1]) / 1e9
        if before >= mean * 1.1 { before = mean / 2 }
        if after >= mean * 1.1 { after = mean / 2 }
        if increase > 0, values[0] >= 0 { before = min(before, sampled * values[0] / increase) }
        return increase * (sampled + before + after) / sampled / (Double(window) / 1e9)
    }
}
