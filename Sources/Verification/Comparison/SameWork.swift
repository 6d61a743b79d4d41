/// Whether two runs did the same work, as two runs of one test do: then what one of them has and the other has not is
/// no accident.
///
/// It shows in how often their root operations ran: equally often, which random arrivals hardly ever are. Runs that
/// have no root operation in common are not two samples of one load, so they count as such, too.
enum SameWork {
    /// So unlikely are as many equal counts as there are, if the counts are random.
    private static let level = 0.001
    /// Root operations that are looked at.
    private static let rootsMax = 500

    /// - Parameter counts: how often each root operation that both have ran in either.
    static func isLikely(_ counts: some Sequence<(Int, Int)>) -> Bool {
        let counts = Array(counts.prefix(rootsMax))
        let equal = counts.count { $0.0 == $0.1 }
        if equal == counts.count { return true }
        guard 2 * equal >= counts.count else { return false }
        return chance(ofEqual: equal, counts) <= level
    }

    /// The chance that at least so many pairs of Poisson counts are equal.
    ///
    /// Two with mean m are equal with the chance exp(-2m) I₀(2m) (J. G. Skellam, "The frequency distribution of the
    /// difference between two Poisson variates", Journal of the Royal Statistical Society 109, 1946), about
    /// 1 / √(4πm + 1).
    static func chance(ofEqual wanted: Int, _ counts: [(Int, Int)]) -> Double {
        // Chances of 0, 1, 2, … equal pairs.
        var chances = [1.0]
        for (one, two) in counts {
            let mean = (Double(one) + Double(two)) / 2
            let equal = 1 / (4 * Double.pi * mean + 1).squareRoot()
            var next = Array(repeating: 0.0, count: chances.count + 1)
            for (number, chance) in chances.enumerated() {
                next[number] += chance * (1 - equal)
                next[number + 1] += chance * equal
            }
            chances = next
        }
        return wanted < chances.count ? chances[wanted...].reduce(0, +) : 0
    }
}
