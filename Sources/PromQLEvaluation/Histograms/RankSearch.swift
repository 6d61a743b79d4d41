/// Finds how many observations lie below each of two values, going through buckets from the lowest up.
struct RankSearch {
    let lower: Double
    let upper: Double
    /// Observations of the buckets that were visited.
    private(set) var rank = 0.0
    private var lowerRank: Double?
    private var upperRank: Double?

    init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    var isDone: Bool { lowerRank != nil && upperRank != nil }

    /// - Parameters:
    ///   - rankBehind: observations up to the end of this bucket.
    ///   - interpolate: observations below a value within this bucket.
    mutating func visit(from begin: Double, to end: Double, rankBehind: Double, interpolate: (Double) -> Double) {
        if lowerRank == nil, begin >= lower { lowerRank = rank }
        if upperRank == nil, begin >= upper { upperRank = rank }
        if isDone { return }
        if lowerRank == nil, begin < lower, end > lower { lowerRank = interpolate(lower) }
        if upperRank == nil, begin < upper, end > upper { upperRank = interpolate(upper) }
        if isDone { return }
        rank = rankBehind
    }

    /// - Parameters:
    ///   - limit: the rank of a value above all buckets.
    ///   - total: what the share is of.
    func fraction(below limit: Double, of total: Double) -> Double {
        func bounded(_ rank: Double?) -> Double {
            guard let rank, !(rank > limit) else { return limit }
            return rank
        }
        return (bounded(upperRank) - bounded(lowerRank)) / total
    }
}
