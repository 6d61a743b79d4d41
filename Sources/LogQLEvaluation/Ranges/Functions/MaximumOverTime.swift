extension RangeWindows {
    /// `max_over_time`; NaN only where nothing else is.
    func maximumOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, MaximumFold.self) { fold, _ in fold.value }
    }
}

struct MaximumFold: SampleFold {
    var value: Double

    init(_ value: Double) { self.value = value }

    mutating func append(_ later: MaximumFold) {
        if later.value > value || value.isNaN { value = later.value }
    }
}
