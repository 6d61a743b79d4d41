extension RangeWindows {
    /// `stdvar_over_time`: the population's variance; NaN where a value is not finite.
    func varianceOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, VarianceFold.self) { fold, _ in fold.variance }
    }
}

/// Squared distances from the mean, by the method of Welford, joined by that of Chan, Golub and LeVeque.
struct VarianceFold: SampleFold {
    private var count: Double = 1
    private var mean: Double
    private var squares: Double

    init(_ value: Double) {
        mean = value
        squares = value.isFinite ? 0 : .nan
    }

    var variance: Double { squares / count }

    mutating func append(_ later: VarianceFold) {
        let total = count + later.count
        let distance = later.mean - mean
        mean += distance * (later.count / total)
        squares += later.squares + distance * distance * (count * later.count / total)
        count = total
    }
}
