/// Many comparisons at once: which of them count.
package enum FalseDiscovery {
    /// The p value up to which comparisons are significant when at most `level` of those that are called significant
    /// may be so by chance; 0 when none is. When nothing differs at all, the chance of any is at most `level`.
    ///
    /// Spec: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
    /// Society B 57 (1995): the largest p(i) that is at most i / m · level.
    package static func threshold(_ pValues: [Double], level: Double) -> Double {
        let sorted = pValues.sorted()
        for index in sorted.indices.reversed()
        where sorted[index] <= Double(index + 1) / Double(sorted.count) * level {
            return sorted[index]
        }
        return 0
    }
}
