extension RangeWindows {
    /// `first_over_time`: the value of the oldest sample, whatever it is; of several at one time the first.
    func firstOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        mapWindows(times) { values[$0.lowerBound] }
    }
}
