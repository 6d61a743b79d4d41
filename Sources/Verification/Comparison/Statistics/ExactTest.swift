/// Two-sided exact tests of counts.
///
/// The p value is the chance of all outcomes that are at most as likely as the one observed (Fisher's "principle of
/// minimum likelihood"). Only ratios of neighbouring outcomes are needed: the walk starts at the most likely outcome
/// and goes outwards until nothing is left to add, some forty standard deviations at most.
package enum ExactTest {
    /// Ratios that rounding makes of two equally likely outcomes.
    private static let tie = 1 + 1e-9

    /// Whether the share of successes differs between two samples.
    ///
    /// Spec: R. A. Fisher, "On the interpretation of χ² from contingency tables, and the calculation of P", Journal of
    /// the Royal Statistical Society 85 (1922): given both margins, the count is hypergeometric.
    ///
    /// - Parameters:
    ///   - first, second: successes; not negative and at most the number of trials.
    package static func fisher(first: Int, of firstTrials: Int, second: Int, of secondTrials: Int) -> Double {
        let successes = first + second
        let (lowest, highest) = (max(0, successes - secondTrials), min(firstTrials, successes))
        guard lowest < highest, lowest <= first, first <= highest else { return 1 }
        let (r, m, n) = (Double(successes), Double(firstTrials), Double(secondTrials))
        let mode = Int((r + 1) * (m + 1) / (m + n + 2))
        return pValue(of: first, in: lowest...highest, mode: mode) { count in
            let k = Double(count)
            return (m - k) * (r - k) / ((k + 1) * (n - r + k + 1))
        }
    }

    /// The smallest p value that Fisher's test can give with these margins: above the wanted level, the samples are too
    /// small to show anything, whatever comes.
    package static func fisherSmallest(successes: Int, of firstTrials: Int, _ secondTrials: Int) -> Double {
        let (lowest, highest) = (max(0, successes - secondTrials), min(firstTrials, successes))
        guard lowest < highest else { return 1 }
        return min(
            fisher(first: lowest, of: firstTrials, second: successes - lowest, of: secondTrials),
            fisher(first: highest, of: firstTrials, second: successes - highest, of: secondTrials))
    }

    /// Whether two Poisson counts, each observed over an exposure, come from different rates.
    ///
    /// Spec: J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson series",
    /// Biometrika 31 (1940): given the sum, the first count is binomial with the share of its exposure.
    package static func poisson(_ first: Int, _ second: Int, exposures: (Double, Double) = (1, 1)) -> Double {
        let total = first + second
        guard total > 0, exposures.0 > 0, exposures.1 > 0 else { return 1 }
        let share = exposures.0 / (exposures.0 + exposures.1)
        let odds = exposures.0 / exposures.1
        return pValue(of: first, in: 0...total, mode: Int(Double(total + 1) * share)) { count in
            Double(total - count) / Double(count + 1) * odds
        }
    }

    /// The chance of all outcomes that are at most as likely as `observed`.
    ///
    /// - Parameter ratio: how much more likely than `k` the outcome `k + 1` is.
    private static func pValue(
        of observed: Int, in range: ClosedRange<Int>, mode: Int, ratio: (Int) -> Double
    ) -> Double {
        // Below this, relative to the mode, nothing changes the sums.
        let negligible = 1e-290
        let mode = min(max(mode, range.lowerBound), range.upperBound)
        var weights: [(outcome: Int, weight: Double)] = [(mode, 1)]
        var observedWeight = observed == mode ? 1.0 : 0
        var weight = 1.0
        var outcome = mode
        while outcome < range.upperBound {
            weight *= ratio(outcome)
            outcome += 1
            guard weight > negligible else { break }
            if outcome == observed { observedWeight = weight }
            weights.append((outcome, weight))
        }
        weight = 1
        outcome = mode
        while outcome > range.lowerBound {
            let step = ratio(outcome - 1)
            guard step > 0 else { break }
            weight /= step
            outcome -= 1
            guard weight > negligible else { break }
            if outcome == observed { observedWeight = weight }
            weights.append((outcome, weight))
        }
        // Added from the smallest, so that many small ones are not lost beside a large one.
        weights.sort { $0.weight < $1.weight }
        var all = 0.0
        var extreme = 0.0
        for entry in weights {
            all += entry.weight
            if entry.weight <= observedWeight * tie { extreme += entry.weight }
        }
        return min(1, max(extreme / all, negligible))
    }
}
