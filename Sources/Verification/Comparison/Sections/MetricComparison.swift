/// Metrics: new and missing names, definitions, increases, values, percentiles of histograms.
enum MetricComparison {
    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        let names = Set(context.a.metrics.keys).union(context.b.metrics.keys).sorted {
            ($0.service, $0.name) < ($1.service, $1.name)
        }
        return names.flatMap { name -> [Candidate] in
            guard let one = context.a.metrics[name], let two = context.b.metrics[name] else {
                return [presence(name, context)]
            }
            return definition(name, one, two) + increases(name, one, two, context) + values(name, one, two, context)
                + percentiles(name, one, two, context)
        }
    }

    private static func presence(_ name: MetricName, _ context: ComparisonContext) -> Candidate {
        let (one, two) = (context.a.metrics[name], context.b.metrics[name])
        var finding = ComparisonFinding(
            one == nil ? .newMetric : .missingMetric, service: name.service, name: name.name)
        finding.unit = .count
        finding.a = .init(Double(one?.points ?? 0))
        finding.b = .init(Double(two?.points ?? 0))
        finding.reason = "points"
        // A counter comes into being with the first event, which may be rare; other metrics are there or are not.
        guard let present = one ?? two, !present.increases.isEmpty, present.isCount, !context.isSameWork else {
            return Candidate(finding: finding, pValue: 0, isLarge: true, isCertain: true, isPresence: true)
        }
        let events = Int(min(present.increase, 1e9))
        let pValue = one == nil ? ExactTest.poisson(0, events) : ExactTest.poisson(events, 0)
        finding.reason = "\(events) counted"
        return Candidate(finding: finding, pValue: pValue, isLarge: true, isPresence: true)
    }

    private static func definition(_ name: MetricName, _ one: MetricProfile, _ two: MetricProfile) -> [Candidate] {
        [
            ("kind", one.kinds, two.kinds), ("unit", one.units, two.units),
            ("temporality", one.temporalities, two.temporalities),
        ].map { detail, first, second in
            var finding = ComparisonFinding(
                .metricDefinition, service: name.service, name: name.name, detail: detail)
            finding.aText = text(first)
            finding.bText = text(second)
            return Candidate(
                finding: finding, pValue: first == second ? 1 : 0, isLarge: first != second,
                isCertain: first != second)
        }
    }

    private static func text(_ values: Set<String>) -> String {
        values.sorted().map { $0.isEmpty ? "none" : $0 }.joined(separator: ", ")
    }

    private static func finding(
        _ name: MetricName, _ detail: String, _ first: Double, _ second: Double
    ) -> ComparisonFinding {
        var finding = ComparisonFinding(
            second >= first ? .metricHigher : .metricLower, service: name.service, name: name.name, detail: detail)
        finding.unit = .own
        finding.a = .init(first)
        finding.b = .init(second)
        return finding
    }

    /// Sums: counts of things as counts, all else by what was added at each time of collection.
    private static func increases(
        _ name: MetricName, _ one: MetricProfile, _ two: MetricProfile, _ context: ComparisonContext
    ) -> [Candidate] {
        guard !one.increases.isEmpty, !two.increases.isEmpty else { return [] }
        let (first, second) = (one.increase, two.increase)
        var found = finding(name, "increase", first, second)
        let minimum = context.options.metricRelativeMin
        if one.isCount, two.isCount, first < 1e9, second < 1e9 {
            let dispersion = max(dispersion(one.increaseValues), dispersion(two.increaseValues))
            let test = context.countTest(Int(first), Int(second), dispersion: dispersion)
            if test.change != 0 { found.kind = test.change > 0 ? .metricHigher : .metricLower }
            context.setCounts(Int(first), Int(second), in: &found)
            return [Candidate(finding: found, pValue: test.pValue, isLarge: abs(test.change) >= minimum)]
        }
        let test = LocationTest.compare(
            Observations(values: one.increaseValues), Observations(values: two.increaseValues))
        let exposures = context.exposures
        let changes = [
            ComparisonContext.change(first, second),
            ComparisonContext.change(first / exposures.0, second / exposures.1),
        ]
        let isLarge = changes.allSatisfy { abs($0) >= minimum } && changes[0].sign == changes[1].sign
        return [
            Candidate(
                finding: found, pValue: test.pValue, smallestPValue: test.smallestPValue,
                isLarge: isLarge && (test.superiority > 0.5) == (second > first))
        ]
    }

    /// Of fewer times, the variance says nothing: the last is often shorter than the others.
    private static let timesMin = 5

    /// Variance by mean over the times of collection: 1 for Poisson counts.
    private static func dispersion(_ values: [Double]) -> Double {
        guard values.count >= timesMin else { return 1 }
        let mean = values.reduce(0, +) / Double(values.count)
        guard mean > 0 else { return 1 }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return max(1, squares / Double(values.count - 1) / mean)
    }

    /// Gauges, and sums that also fall.
    private static func values(
        _ name: MetricName, _ one: MetricProfile, _ two: MetricProfile, _ context: ComparisonContext
    ) -> [Candidate] {
        guard !one.values.isEmpty, !two.values.isEmpty else { return [] }
        let (first, second) = (Observations(values: one.values), Observations(values: two.values))
        let medians = (
            QuantileInterval.quantile(0.5, sorted: first.sorted), QuantileInterval.quantile(0.5, sorted: second.sorted)
        )
        let test = LocationTest.compare(first, second)
        let change = abs(medians.1 - medians.0)
        return [
            Candidate(
                finding: finding(name, "median", medians.0, medians.1), pValue: test.pValue,
                smallestPValue: test.smallestPValue,
                isLarge: change > 0
                    && change >= context.options.metricRelativeMin * min(abs(medians.0), abs(medians.1))
                    && (test.superiority > 0.5) == (medians.1 > medians.0))
        ]
    }

    /// A percentile of a histogram lies in a bucket; the shares above the bucket are compared.
    private static func percentiles(
        _ name: MetricName, _ one: MetricProfile, _ two: MetricProfile, _ context: ComparisonContext
    ) -> [Candidate] {
        let (first, second) = (one.distribution, two.distribution)
        guard let a = BucketQuantiles(first), let b = BucketQuantiles(second) else { return [] }
        // Percentiles of different buckets differ by their bounds.
        guard Set(first.map(\.bound)).isSubset(of: second.map(\.bound)) || first.count > 1 && second.count > 1 else {
            return []
        }
        return [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")].map { fraction, detail in
            let values = (a.quantile(fraction), b.quantile(fraction))
            let bound = max(min(a.bound(of: fraction), b.bound(of: fraction)), -.greatestFiniteMagnitude)
            let hits = (a.count(above: bound), b.count(above: bound))
            var candidate = Candidate(
                finding: finding(name, detail, values.0, values.1),
                pValue: ExactTest.fisher(first: hits.0, of: a.count, second: hits.1, of: b.count),
                smallestPValue: ExactTest.fisherSmallest(successes: hits.0 + hits.1, of: a.count, b.count),
                isLarge: false)
            let change = abs(values.1 - values.0)
            candidate.isLarge =
                change > 0 && change >= context.options.metricRelativeMin * min(abs(values.0), abs(values.1))
            return candidate
        }
    }
}

/// Quantiles of values of which only buckets are known.
struct BucketQuantiles {
    /// More would not change a verdict.
    private static let countMax = 1_000_000_000.0

    private let buckets: [(bound: Double, count: Double)]
    let count: Int

    init?(_ buckets: [(bound: Double, count: Double)]) {
        let total = buckets.reduce(0) { $0 + $1.count }
        guard total >= 1 else { return nil }
        self.buckets = buckets
        count = Int(min(total, Self.countMax))
    }

    /// The upper bound of the bucket that the quantile lies in.
    func bound(of fraction: Double) -> Double { position(fraction).bound }

    /// Straight between the bounds of the bucket, as PromQL's `histogram_quantile`; of the last, infinite bucket its
    /// lower bound.
    func quantile(_ fraction: Double) -> Double {
        let (bound, lower, share) = position(fraction)
        guard bound.isFinite else { return lower }
        return lower + (bound - lower) * share
    }

    func count(above bound: Double) -> Int {
        min(count, Int(min(buckets.reduce(0) { $0 + ($1.bound > bound ? $1.count : 0) }, Self.countMax)))
    }

    private func position(_ fraction: Double) -> (bound: Double, lower: Double, share: Double) {
        let wanted = fraction * buckets.reduce(0) { $0 + $1.count }
        var passed = 0.0
        var lower = min(0, buckets.first?.bound ?? 0)
        for bucket in buckets {
            if passed + bucket.count >= wanted {
                return (bucket.bound, lower, bucket.count > 0 ? (wanted - passed) / bucket.count : 1)
            }
            passed += bucket.count
            lower = bucket.bound
        }
        return (buckets.last?.bound ?? 0, lower, 1)
    }
}
