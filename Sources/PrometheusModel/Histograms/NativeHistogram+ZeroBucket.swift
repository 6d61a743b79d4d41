extension NativeHistogram {
    /// The zero bucket widened to at least `threshold`, which must not lie inside a populated bucket: it then ends
    /// where that one does.
    ///
    /// - Precondition: `threshold` is not below the histogram's.
    func widenedZeroBucket(_ threshold: Double) -> (count: Double, threshold: Double) {
        guard threshold > zeroThreshold else { return (zeroCount, threshold) }
        var threshold = threshold
        while true {
            var count = zeroCount
            for bucket in positiveSide {
                if bucket.lower >= threshold { break }
                count += bucket.count
                if bucket.upper > threshold {
                    if bucket.count != 0 { threshold = bucket.upper }
                    break
                }
            }
            var isWidened = false
            for bucket in negativeSide {
                if bucket.upper <= -threshold { break }
                count += bucket.count
                if bucket.lower < -threshold {
                    // A wider zero bucket may reach further positive ones, so all is counted again. It ends, since the
                    // threshold goes up to another bucket's bound each time.
                    if bucket.count != 0 {
                        threshold = -bucket.lower
                        isWidened = true
                    }
                    break
                }
            }
            if !isWidened { return (count, threshold) }
        }
    }

    /// Widens this histogram's zero bucket until both could have it, and returns what the other's would count then.
    mutating func reconcileZeroBucket(with other: NativeHistogram) -> Double {
        var otherCount = other.zeroCount
        var otherThreshold = other.zeroThreshold
        // Each turn takes the larger of two thresholds upwards. A threshold that is no number compares as neither.
        while otherThreshold < zeroThreshold || zeroThreshold < otherThreshold {
            if otherThreshold < zeroThreshold {
                (otherCount, otherThreshold) = other.widenedZeroBucket(zeroThreshold)
            }
            if zeroThreshold < otherThreshold {
                (zeroCount, zeroThreshold) = widenedZeroBucket(otherThreshold)
                dropBucketsInZeroBucket()
            }
        }
        return otherCount
    }

    /// Empties what the zero bucket counts already.
    private mutating func dropBucketsInZeroBucket() {
        let positive = positiveSide.prefix { $0.lower < zeroThreshold }.count
        for place in 0..<positive { positiveBuckets[place] = 0 }
        let negative = negativeSide.prefix { $0.upper > -zeroThreshold }.count
        for place in 0..<negative { negativeBuckets[place] = 0 }
        compact(maxEmpty: 0)
    }
}
