/// Student's distribution.
enum StudentDistribution {
    /// The chance of a value as far from zero as `t`, on either side.
    ///
    /// Spec: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 with 26.5.27.
    static func twoSided(_ t: Double, degreesOfFreedom: Double) -> Double {
        guard t.isFinite, degreesOfFreedom > 0 else { return t.isNaN ? 1 : 0 }
        return IncompleteBeta.regularized(
            degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
    }
}

/// Counts of successes in independent trials.
enum BinomialDistribution {
    /// The chance of at most `count` successes in `trials`, which need not be whole.
    ///
    /// Spec: Abramowitz and Stegun, 26.5.24.
    static func atMost(_ count: Double, trials: Double, probability: Double) -> Double {
        if count < 0 { return 0 }
        if count >= trials { return 1 }
        return IncompleteBeta.regularized(1 - probability, trials - count, count + 1)
    }
}
