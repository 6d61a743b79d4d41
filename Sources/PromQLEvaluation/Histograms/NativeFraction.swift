package import PrometheusModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `histogram_fraction` gives for a native histogram.
package struct NativeFraction: Sendable {
    package var value: Double
    /// There were observations of NaN, which are between no two values; the query answers with an info.
    package var excludesNaN = false
}

extension NativeHistogram {
    /// The share of observations between two values: the inverse of `quantile`, with the same interpolation.
    ///
    /// - No observations, or a bound that is NaN: NaN. `lower` not below `upper`: 0.
    /// - Spec: Prometheus 3.5, "Query functions", `histogram_fraction`.
    package func fraction(from lower: Double, to upper: Double) -> NativeFraction {
        if count == 0 || lower.isNaN || upper.isNaN { return NativeFraction(value: .nan) }
        if lower >= upper { return NativeFraction(value: 0) }
        let buckets = allBuckets
        var search = RankSearch(lower: lower, upper: upper)
        for bucket in buckets {
            var bucket = bucket
            let holdsZero = bucket.lower <= 0 && bucket.upper >= 0
            if holdsZero {
                if negativeBuckets.isEmpty, !positiveBuckets.isEmpty {
                    bucket.lower = 0
                } else if positiveBuckets.isEmpty, !negativeBuckets.isEmpty {
                    bucket.upper = 0
                }
            }
            let before = search.rank, isLinear = usesCustomBounds || holdsZero
            search.visit(from: bucket.lower, to: bucket.upper, rankBehind: before + bucket.count) { value in
                isLinear ? before + linear(value, in: bucket) : before + bucket.count * share(of: value, in: bucket)
            }
            if search.isDone { break }
        }
        var limit = count
        var excludesNaN = false
        if sum.isNaN {
            limit = buckets.reduce(0) { $0 + $1.count }
            excludesNaN = limit < count
        }
        return NativeFraction(value: search.fraction(below: limit, of: count), excludesNaN: excludesNaN)
    }

    private func linear(_ value: Double, in bucket: Bucket) -> Double {
        // Open below: nothing is known of where its observations are, so they count as below the value.
        bucket.lower == -.infinity
            ? bucket.count : bucket.count * (value - bucket.lower) / (bucket.upper - bucket.lower)
    }

    /// How much of an exponential bucket lies below a value.
    private func share(of value: Double, in bucket: Bucket) -> Double {
        let lower = log2(abs(bucket.lower)), upper = log2(abs(bucket.upper)), place = log2(abs(value))
        return value > 0 ? (place - lower) / (upper - lower) : 1 - (place - upper) / (lower - upper)
    }
}
