/// `stddev_over_time` and `stdvar_over_time`: of the population.
struct DeviationOverTime: FloatRangeFunction {
    static let bodies: [String: FunctionBody] = [
        "stddev_over_time": FunctionTable.windows { DeviationOverTime(isVariance: false) },
        "stdvar_over_time": FunctionTable.windows { DeviationOverTime(isVariance: true) },
    ]

    let isVariance: Bool

    func value(_ samples: Samples, _ window: Window) -> Double {
        // Welford's method with compensated sums.
        var (mean, squares) = (Summation(), Summation())
        var count = 0.0
        for index in window.first..<window.end {
            let value = samples.values[index]
            count += 1
            let distance = value - mean.total
            mean.add(distance / count)
            squares.add(distance * (value - mean.total))
        }
        let variance = squares.total / count
        return isVariance ? variance : variance.squareRoot()
    }
}
