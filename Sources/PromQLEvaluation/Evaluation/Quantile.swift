/// Quantiles of a set of values, linear between neighbours.
enum Quantile {
    /// - No values, or q is NaN: NaN; q below 0: -Inf; above 1: +Inf. NaN values count as the least.
    static func value(_ q: Double, of values: inout [Double]) -> Double {
        if values.isEmpty || q.isNaN { return .nan }
        if q < 0 { return -.infinity }
        if q > 1 { return .infinity }
        values.sort { $0.isNaN ? !$1.isNaN : $0 < $1 }
        let rank = q * Double(values.count - 1)
        let lower = max(0, Int(rank.rounded(.down)))
        let upper = min(values.count - 1, lower + 1)
        let weight = rank - rank.rounded(.down)
        return values[lower] * (1 - weight) + values[upper] * weight
    }
}
