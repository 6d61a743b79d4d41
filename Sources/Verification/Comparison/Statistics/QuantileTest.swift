/// Whether a quantile differs between two samples, without any assumption about the distribution.
///
/// The median test of A. M. Mood (Introduction to the Theory of Statistics, 1950) for any quantile: values above the
/// quantile of both samples together are counted on each side, and the two shares are compared by Fisher's exact test.
/// Counts are divided by the design effect before.
package enum QuantileTest {
    package struct Result: Sendable, Equatable {
        package var pValue: Double
        /// The smallest p value that samples of this size can give.
        package var smallestPValue: Double
        package var designEffects: (Double, Double)

        package static func == (one: Result, two: Result) -> Bool {
            one.pValue == two.pValue && one.smallestPValue == two.smallestPValue
                && one.designEffects == two.designEffects
        }
    }

    /// - Parameters:
    ///   - first, second: not empty.
    ///   - fraction: between 0 and 1.
    package static func compare(_ fraction: Double, _ first: Observations, _ second: Observations) -> Result {
        let pooled = (first.sorted + second.sorted).sorted()
        let bound = QuantileInterval.quantile(fraction, sorted: pooled)
        let (one, two) = (first.values.map { $0 > bound }, second.values.map { $0 > bound })
        let effects = (first.designEffect(hits: one), second.designEffect(hits: two))
        let trials = (scaled(one.count, effects.0), scaled(two.count, effects.1))
        let hits = (scaled(one.count { $0 }, effects.0), scaled(two.count { $0 }, effects.1))
        return Result(
            pValue: ExactTest.fisher(first: hits.0, of: trials.0, second: hits.1, of: trials.1),
            smallestPValue: ExactTest.fisherSmallest(successes: hits.0 + hits.1, of: trials.0, trials.1),
            designEffects: effects)
    }

    private static func scaled(_ count: Int, _ effect: Double) -> Int { Int((Double(count) / effect).rounded()) }
}
