extension RangeWindows {
    /// `avg_over_time`. An infinity outweighs all finite values; infinities of both signs, and NaN, give NaN.
    func averageOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, SumFold.self) { fold, samples in
            let sum = fold.sum
            if sum.isFinite { return sum / Double(samples.count) }
            // Finite values may add up to more than a double holds, though their mean is one.
            guard values[samples].allSatisfy(\.isFinite) else { return sum }
            var mean: Double = 0
            var count: Double = 0
            for value in values[samples] {
                count += 1
                mean += value / count - mean / count
            }
            return mean
        }
    }
}
