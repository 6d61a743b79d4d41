extension RangeWindows {
    /// `rate`: lines per second of the window.
    func rate(_ times: [Int64]) -> [Double?] {
        let seconds = windowSeconds
        return mapWindows(times) { Double($0.count) / seconds }
    }

    /// `rate` of what was unwrapped: its sum per second of the window.
    func unwrappedRate(_ times: [Int64], _ values: [Double]) -> [Double?] {
        let seconds = windowSeconds
        return foldWindows(times, values, SumFold.self) { fold, _ in fold.sum / seconds }
    }
}
