/// Compares how many of all have something: spans with errors, with an attribute, traces of a shape.
enum ShareTest {
    /// - Parameters:
    ///   - dispersion: how much more shares vary than those of independent items.
    ///   - all: whether "all here, none there" is a difference even of one item, since the runs did the same work.
    static func candidate(
        _ finding: ComparisonFinding, _ one: (Int, of: Int), _ two: (Int, of: Int), dispersion: Double = 1,
        sameWork: Bool, shareMin: Double
    ) -> Candidate {
        var finding = finding
        let shares = (
            one.of > 0 ? Double(one.0) / Double(one.of) : 0, two.of > 0 ? Double(two.0) / Double(two.of) : 0
        )
        finding.unit = .share
        finding.a = .init(shares.0)
        finding.b = .init(shares.1)
        let scale = max(1, dispersion)
        func scaled(_ count: Int) -> Int { Int((Double(count) / scale).rounded()) }
        let (hits, trials) = ((scaled(one.0), scaled(two.0)), (scaled(one.of), scaled(two.of)))
        return Candidate(
            finding: finding,
            pValue: ExactTest.fisher(
                first: min(hits.0, trials.0), of: trials.0, second: min(hits.1, trials.1), of: trials.1),
            smallestPValue: ExactTest.fisherSmallest(
                successes: min(hits.0, trials.0) + min(hits.1, trials.1), of: trials.0, trials.1),
            isLarge: shares.0 != shares.1 && abs(shares.0 - shares.1) >= shareMin,
            isCertain: sameWork && (shares == (0, 1) || shares == (1, 0)),
            isPresence: one.0 == 0 || two.0 == 0)
    }
}
