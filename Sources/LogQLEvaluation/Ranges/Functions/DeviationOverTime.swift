extension RangeWindows {
    /// `stddev_over_time`: the population's standard deviation; NaN where a value is not finite.
    func deviationOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, VarianceFold.self) { fold, _ in fold.variance.squareRoot() }
    }
}
