extension ClassicBuckets {
    /// The share of a classic histogram's observations between two values, linear within a bucket.
    ///
    /// - No `+Inf` bucket, no observations, or a bound that is NaN: NaN. `lower` not below `upper`: 0.
    /// - The lowest bucket begins at 0 when its bound is above 0, else at -Inf. Within a bucket that is open to infinity
    ///   nothing is known of the place of its observations: they are all below a value in the lowest bucket, and all
    ///   above one in the highest.
    /// - Spec: Prometheus 3.5, "Query functions", `histogram_fraction`.
    package static func fraction(from lower: Double, to upper: Double, of unordered: [ClassicBucket]) -> Double {
        guard let histogram = ClassicBuckets(unordered), !lower.isNaN, !upper.isNaN else { return .nan }
        let total = histogram.total
        if total == 0 { return .nan }
        if lower >= upper { return 0 }
        var begin = (histogram.buckets.first?.upperBound ?? 0) > 0 ? 0 : -Double.infinity
        var search = RankSearch(lower: lower, upper: upper)
        for bucket in histogram.buckets {
            let from = begin, before = search.rank
            search.visit(from: from, to: bucket.upperBound, rankBehind: bucket.count) { value in
                if from == -.infinity { return bucket.count }
                return before + (bucket.count - before) * (value - from) / (bucket.upperBound - from)
            }
            if search.isDone { break }
            begin = bucket.upperBound
        }
        return search.fraction(below: total, of: total)
    }
}
