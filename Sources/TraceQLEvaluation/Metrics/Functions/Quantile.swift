/// `quantile_over_time`: exact, by linear interpolation between the closest ranks. (Tempo estimates from buckets of
/// powers of two.)
package enum Quantile {
    /// - Parameter sorted: ascending.
    /// - Returns: NaN when there are no values.
    package static func value(_ quantile: Double, of sorted: ArraySlice<Double>) -> Double {
        guard let first = sorted.first, let last = sorted.last else { return .nan }
        let position = min(max(quantile, 0), 1) * Double(sorted.count - 1)
        guard position.isFinite else { return .nan }
        let below = position.rounded(.down)
        let place = sorted.startIndex + Int(below)
        guard place + 1 < sorted.endIndex else { return last }
        if position <= 0 { return first }
        let low = sorted[place]
        let high = sorted[place + 1]
        return low == high ? low : low + (position - below) * (high - low)
    }
}
