extension RangeWindows {
    /// `bytes_rate`: bytes of lines per second of the window.
    func bytesRate(_ times: [Int64], _ values: [Double]) -> [Double?] {
        let seconds = windowSeconds
        return foldWindows(times, values, SumFold.self) { fold, _ in fold.sum / seconds }
    }
}
