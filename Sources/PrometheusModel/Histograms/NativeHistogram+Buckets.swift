extension NativeHistogram {
    /// One bucket with its bounds.
    package struct Bucket: Hashable, Sendable {
        package var lower: Double
        package var upper: Double
        package var lowerInclusive: Bool
        package var upperInclusive: Bool
        package var count: Double
        /// Place in its schema and sign; 0 for the zero bucket.
        package var index: Int

        package init(
            lower: Double, upper: Double, lowerInclusive: Bool, upperInclusive: Bool, count: Double, index: Int
        ) {
            self.lower = lower
            self.upper = upper
            self.lowerInclusive = lowerInclusive
            self.upperInclusive = upperInclusive
            self.count = count
            self.index = index
        }

        /// Which bounds belong to the bucket, as the HTTP API writes it: 0 `(lower, upper]`, 1 `[lower, upper)`,
        /// 2 neither, 3 both.
        package var boundaryRule: Int {
            switch (lowerInclusive, upperInclusive) {
            case (false, true): 0
            case (true, false): 1
            case (false, false): 2
            case (true, true): 3
            }
        }
    }

    /// One side's buckets as index and count, without their bounds, which cost more.
    ///
    /// Ends at the last bucket or at the last span, whichever is first: spans and buckets of a histogram that was never
    /// validated may disagree.
    package struct IndexedCounts: Sequence, IteratorProtocol {
        private let spans: [Span]
        private let counts: [Double]
        private var span = 0
        private var inSpan: UInt32 = 0
        private var place = 0
        private var index = 0

        package init(spans: [Span], counts: [Double]) {
            self.spans = spans
            self.counts = counts
            if let first = spans.first { index = Int(first.offset) }
        }

        package mutating func next() -> (index: Int, count: Double)? {
            guard place < counts.count else { return nil }
            while span < spans.count, inSpan >= spans[span].length {
                span += 1
                inSpan = 0
                if span < spans.count { index &+= Int(spans[span].offset) }
            }
            guard span < spans.count else { return nil }
            defer {
                place += 1
                inSpan += 1
                index &+= 1
            }
            return (index, counts[place])
        }
    }

    /// Buckets of one side with bounds, away from zero.
    package struct SideBuckets: Sequence, IteratorProtocol {
        private var counts: IndexedCounts
        private let schema: Int32
        private let isNegative: Bool
        private let customBounds: [Double]

        fileprivate init(_ counts: IndexedCounts, schema: Int32, isNegative: Bool, customBounds: [Double]) {
            self.counts = counts
            self.schema = schema
            self.isNegative = isNegative
            self.customBounds = customBounds
        }

        package mutating func next() -> Bucket? {
            guard let (index, count) = counts.next() else { return nil }
            let far = bound(index), near = bound(index - 1)
            if isNegative {
                return Bucket(
                    lower: -far, upper: -near, lowerInclusive: true, upperInclusive: false, count: count, index: index)
            }
            // The lowest bucket of custom bounds begins at -Inf and counts it.
            let isLowest = schema == NativeHistogram.customBoundsSchema && index == 0
            return Bucket(
                lower: near, upper: far, lowerInclusive: isLowest, upperInclusive: true, count: count, index: index)
        }

        private func bound(_ index: Int) -> Double {
            guard schema == NativeHistogram.customBoundsSchema else {
                return BucketBounds.upper(index, schema: schema)
            }
            if index < 0 { return -.infinity }
            return index < customBounds.count ? customBounds[index] : .infinity
        }
    }

    package var positiveCounts: IndexedCounts { IndexedCounts(spans: positiveSpans, counts: positiveBuckets) }
    package var negativeCounts: IndexedCounts { IndexedCounts(spans: negativeSpans, counts: negativeBuckets) }

    /// Upwards from the zero bucket (of custom bounds: from the lowest).
    package var positiveSide: SideBuckets {
        SideBuckets(positiveCounts, schema: schema, isNegative: false, customBounds: customBounds)
    }

    /// Downwards from the zero bucket.
    package var negativeSide: SideBuckets {
        SideBuckets(negativeCounts, schema: schema, isNegative: true, customBounds: [])
    }

    package var zeroBucket: Bucket {
        Bucket(
            lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount,
            index: 0)
    }

    /// Negative, zero and positive buckets from the lowest up, empty ones of the spans among them; the zero bucket only
    /// when it counts something. A bucket that reaches into the zero bucket begins (or ends) at the zero threshold.
    package var allBuckets: [Bucket] {
        var buckets = negativeSide.map(clippedAtZeroThreshold)
        buckets.reverse()
        if zeroCount > 0, !usesCustomBounds { buckets.append(zeroBucket) }
        for bucket in positiveSide { buckets.append(clippedAtZeroThreshold(bucket)) }
        return buckets
    }

    private func clippedAtZeroThreshold(_ bucket: Bucket) -> Bucket {
        var bucket = bucket
        if bucket.upper < 0, bucket.upper > -zeroThreshold {
            bucket.upper = -zeroThreshold
        } else if bucket.lower > 0, bucket.lower < zeroThreshold {
            bucket.lower = zeroThreshold
        }
        return bucket
    }
}
