extension RangeWindows {
    /// `min_over_time`; NaN only where nothing else is.
    func minimumOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, MinimumFold.self) { fold, _ in fold.value }
    }
}

struct MinimumFold: SampleFold {
    var value: Double

    init(_ value: Double) { self.value = value }

    mutating func append(_ later: MinimumFold) {
        if later.value < value || value.isNaN { value = later.value }
    }
}
