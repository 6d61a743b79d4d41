/// One bucket of a classic histogram: how many observations are at or below a bound.
package struct ClassicBucket: Hashable, Sendable {
    package var upperBound: Double
    package var count: Double

    package init(upperBound: Double, count: Double) {
        self.upperBound = upperBound
        self.count = count
    }
}

/// The buckets of one classic histogram at one time, put in order: by bound, each bound once, the highest `+Inf`.
package struct ClassicBuckets: Sendable {
    package private(set) var buckets: [ClassicBucket]

    /// Relative difference of two neighbours' counts that is taken for an artefact of floating point.
    static let smallDifference = 1e-12

    /// Nil without a `+Inf` bucket: then it is unknown how many observations there are. Counts of one bound are added,
    /// as `0.1` and `1e-1` are two series and one bucket.
    package init?(_ unordered: [ClassicBucket]) {
        let sorted = unordered.sorted { $0.upperBound < $1.upperBound }
        guard sorted.last?.upperBound == .infinity else { return nil }
        buckets = []
        buckets.reserveCapacity(sorted.count)
        for bucket in sorted {
            if let last = buckets.indices.last, buckets[last].upperBound == bucket.upperBound {
                buckets[last].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
    }

    /// All observations.
    package var total: Double { buckets.last?.count ?? 0 }

    /// Takes away every decrease of counts from bucket to bucket. Small differences, up or down, are evened out first.
    ///
    /// - Returns: whether a count that was no small difference had to be raised.
    mutating func makeMonotonic() -> Bool {
        var isForced = false
        guard var before = buckets.first?.count else { return false }
        for place in buckets.indices.dropFirst() {
            let count = buckets[place].count
            if count == before { continue }
            if Self.areAlmostEqual(before, count) {
                buckets[place].count = before
            } else if count < before {
                buckets[place].count = before
                isForced = true
            } else {
                before = count
            }
        }
        return isForced
    }

    /// As the reference compares: relative to the sum of both, absolute near zero.
    private static func areAlmostEqual(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
        if left == right { return true }
        let sum = abs(left) + abs(right), difference = abs(left - right)
        let smallest = Double.leastNormalMagnitude
        if left == 0 || right == 0 || sum < smallest { return difference < smallDifference * smallest }
        return difference / min(sum, .greatestFiniteMagnitude) < smallDifference
    }
}
