package import PrometheusModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `histogram_quantile` gives for a native histogram.
package struct NativeQuantile: Sendable {
    /// What observations of NaN did to the result; the query answers with an info.
    package enum Note: Sendable {
        /// "result is NaN"
        case isNaN
        /// "result is skewed higher"
        case isSkewed
    }

    package var value: Double
    package var note: Note?
}

extension NativeHistogram {
    /// The `q`-quantile of a native histogram.
    ///
    /// Linear within a bucket of custom bounds and within the zero bucket; within an exponential bucket as if its
    /// observations were spread evenly over the buckets of a higher resolution, that is, linear in the logarithm. The
    /// zero bucket begins at 0 when all else is positive, and ends there when all else is negative.
    ///
    /// - No observations, or q is NaN: NaN; below 0: -Inf; above 1: +Inf.
    /// - Custom bounds: the bound next to infinity stands for a value in a bucket open to it (in the lowest: 0 is its
    ///   lower bound when the upper one is above 0).
    /// - Observations of NaN count as above all others.
    /// - Spec: Prometheus 3.5, "Query functions", `histogram_quantile`.
    package func quantile(_ q: Double) -> NativeQuantile {
        if q < 0 { return NativeQuantile(value: -.infinity) }
        if q > 1 { return NativeQuantile(value: .infinity) }
        if count == 0 || q.isNaN { return NativeQuantile(value: .nan) }

        // From the nearer end, so that less is lost by adding. NaN is in no bucket: only from below are ranks right then.
        let isUpwards = sum.isNaN || q < 0.5
        let buckets = allBuckets
        var rank = isUpwards ? q * count : (1 - q) * count
        var found = Bucket(lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0, index: 0)
        var reached = 0.0
        var place = 0
        while place < buckets.count {
            found = buckets[isUpwards ? place : buckets.count - 1 - place]
            place += 1
            if found.count == 0 { continue }
            reached += found.count
            if reached >= rank { break }
        }
        if usesCustomBounds {
            if found.lower == -.infinity {
                if found.upper <= 0 { return NativeQuantile(value: found.upper) }
                found.lower = 0
            } else if found.upper == .infinity {
                return NativeQuantile(value: found.lower)
            }
        } else {
            narrowToOneSign(&found)
        }
        // Adding up may have gone beyond the count by an error of floating point.
        if reached > count { reached = count }
        if reached < rank {
            if sum.isNaN { return NativeQuantile(value: .nan, note: .isNaN) }
            return NativeQuantile(value: found.upper)
        }
        rank = isUpwards ? rank - (reached - found.count) : reached - rank
        var result = NativeQuantile(value: interpolate(in: found, share: rank / found.count))
        if sum.isNaN {
            // The sum is also NaN after both -Inf and +Inf; then no observation is missing from the buckets.
            for bucket in buckets[min(place, buckets.count)...] { reached += bucket.count }
            if reached < count { result.note = .isSkewed }
        }
        return result
    }

    private func interpolate(in bucket: Bucket, share: Double) -> Double {
        if usesCustomBounds || (bucket.lower <= 0 && bucket.upper >= 0) {
            return bucket.lower + (bucket.upper - bucket.lower) * share
        }
        let lower = log2(abs(bucket.lower)), upper = log2(abs(bucket.upper))
        return bucket.lower > 0
            ? exp2(lower + (upper - lower) * share) : -exp2(upper + (lower - upper) * (1 - share))
    }

    /// Of the zero bucket: only the half where there are buckets at all.
    func narrowToOneSign(_ bucket: inout Bucket) {
        guard bucket.lower < 0, bucket.upper > 0 else { return }
        if negativeBuckets.isEmpty, !positiveBuckets.isEmpty {
            bucket.lower = 0
        } else if positiveBuckets.isEmpty, !negativeBuckets.isEmpty {
            bucket.upper = 0
        }
    }
}
