/// Observations that belong together, for instance the spans of one trace, say less than as many independent ones.
package enum Clusters {
    /// How many times larger than for independent observations the variance of a share is; at least 1.
    ///
    /// Dividing counts by it and going on with tests for independent counts is the method of J. N. K. Rao and A. J.
    /// Scott, "A simple method for the analysis of clustered binary data", Biometrics 48 (1992).
    ///
    /// - Parameters:
    ///   - hits: whether each observation is one that is counted.
    ///   - clusters: what each observation belongs to: numbers from 0, below `count`.
    package static func designEffect(hits: [Bool], clusters: [Int32], count: Int) -> Double {
        let total = hits.count
        guard total > 1, clusters.count == total, count > 1 else { return 1 }
        let share = Double(hits.count { $0 }) / Double(total)
        guard share > 0, share < 1 else { return 1 }
        var residuals = Array(repeating: 0.0, count: count)
        for (hit, cluster) in zip(hits, clusters) where residuals.indices.contains(Int(cluster)) {
            residuals[Int(cluster)] += (hit ? 1 : 0) - share
        }
        let squares = residuals.reduce(0) { $0 + $1 * $1 } * Double(count) / Double(count - 1)
        return max(1, squares / (Double(total) * share * (1 - share)))
    }

    /// How much more than a Poisson count a sum varies that comes in clumps: Σc² / Σc for clumps that come
    /// independently (a compound Poisson process; W. Feller, An Introduction to Probability Theory, XII.2).
    package static func dispersion(clumps: some Sequence<Int>) -> Double {
        var (sum, squares) = (0.0, 0.0)
        for clump in clumps {
            sum += Double(clump)
            squares += Double(clump) * Double(clump)
        }
        return sum > 0 ? max(1, squares / sum) : 1
    }

    /// So many consecutive parts of a run are compared with one another, to notice noise that comes in bursts.
    package static let batches = 20

    /// Numbers of equal consecutive parts ("batch means"; A. M. Law, Simulation Modeling and Analysis, 9.5.3).
    package static func batchNumbers(_ observations: Int) -> [Int32] {
        (0..<observations).map { Int32(truncatingIfNeeded: $0 * batches / observations) }
    }
}
