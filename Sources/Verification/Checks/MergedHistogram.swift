import Recordings

/// Histograms of several series taken together: of a cumulative series the last point, of deltas all points.
struct MergedHistogram {
    private struct Bucket {
        var lower: Double
        var upper: Double
        var count: Double
    }

    private(set) var count: UInt64 = 0
    private var sum: Double? = 0
    private var least: Double?
    private var greatest: Double?
    private var buckets: [Bucket] = []
    /// Of a summary, when it is the only series.
    private var quantiles: [(quantile: Double, value: Double)] = []

    /// nil when no series has a histogram or a summary.
    init?(_ series: [RecordedSeries]) {
        var found = 0
        var tellsLeast = true
        var tellsGreatest = true
        for one in series {
            let points = one.temporality == .delta ? one.points[...] : one.points.suffix(1)
            for point in points {
                switch point.value {
                case .histogram(let histogram):
                    found += 1
                    add(histogram)
                    if histogram.count > 0 {
                        tellsLeast = tellsLeast && histogram.min != nil
                        tellsGreatest = tellsGreatest && histogram.max != nil
                    }
                case .summary(let count, let total, let quantiles):
                    found += 1
                    self.count = Self.add(self.count, count)
                    sum = sum.map { $0 + total }
                    self.quantiles = quantiles
                    tellsLeast = false
                    tellsGreatest = false
                case .int, .double, .none: break
                }
            }
        }
        guard found > 0 else { return nil }
        if found > 1 { quantiles = [] }
        if !tellsLeast { least = nil }
        if !tellsGreatest { greatest = nil }
        buckets.sort { ($0.upper, $0.lower) < ($1.upper, $1.lower) }
    }

    /// nil when the points do not tell it.
    func figure(_ name: String) -> Number? {
        switch name {
        case "count": return Number(clamping: count)
        case "sum": return sum.map { .double($0) }
        case "mean":
            guard count > 0, let sum else { return nil }
            return .double(sum / Double(count))
        case "min": return least.map { .double($0) }
        case "max": return greatest.map { .double($0) }
        default:
            guard let fraction = Vocabulary.percentileFractions.first(where: { $0.name == name })?.fraction else {
                return nil
            }
            return percentile(fraction).map { .double($0) }
        }
    }

    /// An estimate: within its bucket the observations are taken to be spread evenly, as PromQL's histogram_quantile
    /// does.
    private func percentile(_ fraction: Double) -> Double? {
        if let told = quantiles.first(where: { ($0.quantile - fraction).magnitude < 1e-9 }) { return told.value }
        let total = buckets.reduce(0) { $0 + $1.count }
        guard total > 0 else { return nil }
        let rank = fraction * total
        var below = 0.0
        for bucket in buckets where bucket.count > 0 {
            if below + bucket.count >= rank {
                guard bucket.upper.isFinite else { return greatest ?? (bucket.lower.isFinite ? bucket.lower : nil) }
                guard bucket.lower.isFinite else { return bucket.upper }
                return bucket.lower + (bucket.upper - bucket.lower) * (rank - below) / bucket.count
            }
            below += bucket.count
        }
        return greatest ?? buckets.last { $0.count > 0 && $0.upper.isFinite }?.upper
    }

    private mutating func add(_ histogram: RecordedPoint.Histogram) {
        count = Self.add(count, histogram.count)
        if histogram.count > 0 { sum = sum.flatMap { sum in histogram.sum.map { sum + $0 } } }
        if let value = histogram.min { least = min(least ?? value, value) }
        if let value = histogram.max { greatest = max(greatest ?? value, value) }
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            let upper = histogram.bounds.indices.contains(index) ? histogram.bounds[index] : .infinity
            let lower: Double =
                if index > 0, histogram.bounds.indices.contains(index - 1) {
                    histogram.bounds[index - 1]
                } else {
                    histogram.min.map { min($0, upper) } ?? (upper > 0 ? 0 : -.infinity)
                }
            buckets.append(Bucket(lower: lower, upper: upper, count: Double(count)))
        }
    }

    private static func add(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
