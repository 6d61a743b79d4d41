extension RangeWindows {
    /// `last_over_time`: the value of the newest sample, whatever it is; of several at one time the last.
    func lastOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        mapWindows(times) { values[$0.upperBound - 1] }
    }
}
