/// What `histogram_quantile` gives for a classic histogram.
package struct ClassicQuantile: Sendable {
    package var value: Double
    /// Counts had to be raised because they went down with rising bounds: the query answers with an info.
    package var isForcedMonotonic = false
}

extension ClassicBuckets {
    /// The `q`-quantile of a classic histogram, linear within a bucket.
    ///
    /// - q is NaN: NaN; below 0: -Inf; above 1: +Inf (also without any bucket).
    /// - No `+Inf` bucket, fewer than two buckets, or no observations: NaN.
    /// - In the highest bucket: the bound of the one below it. In the lowest one: from 0, or the bucket's bound when that
    ///   is not above 0.
    /// - Spec: Prometheus 3.5, "Query functions", `histogram_quantile`.
    package static func quantile(_ q: Double, of unordered: [ClassicBucket]) -> ClassicQuantile {
        if q.isNaN { return ClassicQuantile(value: .nan) }
        if q < 0 { return ClassicQuantile(value: -.infinity) }
        if q > 1 { return ClassicQuantile(value: .infinity) }
        guard var histogram = ClassicBuckets(unordered) else { return ClassicQuantile(value: .nan) }
        let isForced = histogram.makeMonotonic()
        let buckets = histogram.buckets, total = histogram.total
        guard buckets.count >= 2, total != 0 else { return ClassicQuantile(value: .nan) }
        let rank = q * total
        var place = 0, behind = buckets.count - 1
        // Counts ascend; counts of NaN are below any rank, so they cannot be looked for one after the other.
        while place < behind {
            let middle = (place + behind) / 2
            if buckets[middle].count >= rank { behind = middle } else { place = middle + 1 }
        }
        let value: Double
        if place == buckets.count - 1 {
            value = buckets[place - 1].upperBound
        } else if place == 0, buckets[0].upperBound <= 0 {
            value = buckets[0].upperBound
        } else {
            let before = place > 0 ? buckets[place - 1] : ClassicBucket(upperBound: 0, count: 0)
            let share = (rank - before.count) / (buckets[place].count - before.count)
            value = before.upperBound + (buckets[place].upperBound - before.upperBound) * share
        }
        return ClassicQuantile(value: value, isForcedMonotonic: isForced)
    }
}
