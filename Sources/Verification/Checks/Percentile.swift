/// Percentiles by the nearest rank: the smallest value that a fraction of all are not above. It is a value that
/// occurred, and over few values it is not a number between two of them that nobody measured.
enum Percentile {
    /// - Parameter sorted: ascending, not empty; 0 when it is.
    static func nearestRank<Value: Numeric>(_ fraction: Double, of sorted: [Value]) -> Value {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(rank(fraction, of: sorted.count), sorted.count) - 1]
    }

    /// From 1. The product is rounded first, so that 0.95 × 20 is 19 and not a hair above.
    static func rank(_ fraction: Double, of count: Int) -> Int {
        let exact = fraction * Double(count)
        return max(1, Int(((exact * 1e9).rounded() / 1e9).rounded(.up)))
    }
}
