package import PrometheusModel

extension NativeHistogram {
    /// `histogram_avg`
    package var average: Double { sum / count }

    /// `histogram_stdvar`: the variance, each observation taken for the middle of its bucket.
    ///
    /// The middle is the geometric mean of an exponential bucket's bounds, the arithmetic one of custom bounds, and 0 of
    /// the zero bucket.
    package var variance: Double {
        let mean = average
        // Neumaier's sum, as all sums of the evaluation are.
        var total = 0.0, compensation = 0.0
        for bucket in allBuckets where bucket.count != 0 {
            let deviation = middle(of: bucket) - mean
            let part = bucket.count * deviation * deviation
            let next = total + part
            if next.isInfinite {
                compensation = 0
            } else if abs(total) >= abs(part) {
                compensation += (total - next) + part
            } else {
                compensation += (part - next) + total
            }
            total = next
        }
        return (total + compensation) / count
    }

    /// `histogram_stddev`
    package var standardDeviation: Double { variance.squareRoot() }

    private func middle(of bucket: Bucket) -> Double {
        if usesCustomBounds { return (bucket.upper + bucket.lower) / 2 }
        if bucket.lower <= 0, bucket.upper >= 0 { return 0 }
        let mean = (bucket.upper * bucket.lower).squareRoot()
        return bucket.upper < 0 ? -mean : mean
    }
}
