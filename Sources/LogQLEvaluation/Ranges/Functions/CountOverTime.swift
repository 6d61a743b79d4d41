extension RangeWindows {
    /// `count_over_time`: lines.
    func countOverTime(_ times: [Int64]) -> [Double?] { mapWindows(times) { Double($0.count) } }
}
