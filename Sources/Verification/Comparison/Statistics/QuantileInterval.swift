/// Quantiles with the interval in which the true one lies.
package enum QuantileInterval {
    /// The smallest value that is not below a fraction of all (the nearest rank).
    ///
    /// - Parameter sorted: ascending, not empty.
    package static func quantile(_ fraction: Double, sorted: [Double]) -> Double {
        let rank = Int((fraction * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    /// The interval between two order statistics that holds the true quantile with at least the confidence; nil when
    /// there are too few values for that.
    ///
    /// Distribution-free: how many values lie below the true quantile is binomial.
    /// Spec: W. J. Conover, Practical Nonparametric Statistics, 3.2. With a design effect the ranks are those of a
    /// sample that is smaller by it (R. S. Woodruff, "Confidence intervals for medians and other position measures",
    /// Journal of the American Statistical Association 47, 1952).
    ///
    /// - Parameter sorted: ascending.
    package static func interval(
        _ fraction: Double, sorted: [Double], confidence: Double = 0.95, designEffect: Double = 1
    ) -> ClosedRange<Double>? {
        guard !sorted.isEmpty, fraction > 0, fraction < 1 else { return nil }
        let count = Double(sorted.count) / max(1, designEffect)
        let tail = (1 - confidence) / 2
        guard let ranks = ranks(fraction, count: count, tail: tail) else { return nil }
        let scale = Double(sorted.count) / count
        let low = max(1, Int((ranks.lowerBound * scale).rounded(.down)))
        let high = min(sorted.count, Int((ranks.upperBound * scale).rounded(.up)))
        guard low <= high else { return nil }
        return sorted[low - 1]...max(sorted[low - 1], sorted[high - 1])
    }

    /// Ranks, from 1, of the two order statistics.
    static func ranks(_ fraction: Double, count: Double, tail: Double) -> ClosedRange<Double>? {
        // The largest rank r with P(B ≤ r - 1) ≤ tail, the smallest with P(B ≥ r) ≤ tail.
        var low = 0
        var (from, to) = (0, Int(count))
        while from <= to {
            let middle = (from + to) / 2
            if BinomialDistribution.atMost(Double(middle - 1), trials: count, probability: fraction) <= tail {
                low = middle
                from = middle + 1
            } else {
                to = middle - 1
            }
        }
        var high = Int(count) + 1
        (from, to) = (1, Int(count))
        while from <= to {
            let middle = (from + to) / 2
            if 1 - BinomialDistribution.atMost(Double(middle - 1), trials: count, probability: fraction) <= tail {
                high = middle
                to = middle - 1
            } else {
                from = middle + 1
            }
        }
        guard low >= 1, high <= Int(count) else { return nil }
        return Double(low)...Double(high)
    }
}
