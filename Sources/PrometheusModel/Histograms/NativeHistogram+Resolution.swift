extension NativeHistogram {
    /// One side's counts in a lower resolution: each run of buckets that fall into one is a single item.
    struct MergedCounts: Sequence, IteratorProtocol {
        private var counts: IndexedCounts
        private let schema: Int32
        private let shift: Int
        /// Buckets up to here are left out; negative when none are any more.
        private var threshold: Double
        private var pending: (index: Int, count: Double)?

        /// - Parameter threshold: the first buckets that end at or below it are left out, since a zero bucket of that
        ///   width counts them already. They are so before they are merged: a merged bucket may reach beyond it.
        init(_ counts: IndexedCounts, from schema: Int32, to target: Int32, above threshold: Double = -1) {
            self.counts = counts
            self.schema = schema
            self.threshold = threshold
            shift = Int(schema) - Int(target)
        }

        private mutating func nextAboveThreshold() -> (index: Int, count: Double)? {
            while let bucket = counts.next() {
                if threshold < 0 { return bucket }
                if BucketBounds.upper(bucket.index, schema: schema) <= threshold { continue }
                threshold = -1
                return bucket
            }
            return nil
        }

        mutating func next() -> (index: Int, count: Double)? {
            guard shift > 0 else { return nextAboveThreshold() }
            var merged = pending
            pending = nil
            while let (source, count) = nextAboveThreshold() {
                // Bucket 1 of a schema begins at 1, as bucket 1 of every schema does; so the shift is of what is behind.
                let index = ((source &- 1) >> shift) &+ 1
                if let current = merged, current.index != index {
                    pending = (index, count)
                    return current
                }
                merged = (index, (merged?.count ?? 0) + count)
            }
            return merged
        }
    }

    /// Merges buckets into those of a lower resolution. Without effect for custom bounds, and when `target` is not below
    /// the histogram's schema.
    package mutating func reduceResolution(to target: Int32) {
        guard !usesCustomBounds, target < schema, target != Self.customBoundsSchema else { return }
        func reduced(_ counts: IndexedCounts) -> BucketBuilder {
            var builder = BucketBuilder()
            for (index, count) in MergedCounts(counts, from: schema, to: target) { builder.append(count, at: index) }
            return builder
        }
        let positive = reduced(positiveCounts), negative = reduced(negativeCounts)
        positiveSpans = positive.spans
        positiveBuckets = positive.counts
        negativeSpans = negative.spans
        negativeBuckets = negative.counts
        schema = target
    }

    /// In a lower resolution; the counter reset is unknown then. Itself when `target` is not below the histogram's schema.
    package func copied(toSchema target: Int32) -> NativeHistogram {
        guard target < schema else { return self }
        var copy = self
        copy.reduceResolution(to: target)
        copy.counterReset = .unknown
        return copy
    }

    /// Drops empty buckets where a span begins and ends and where more than `maxEmpty` follow one another; spans not
    /// further apart than that become one.
    package mutating func compact(maxEmpty: Int) {
        Self.compact(&positiveSpans, &positiveBuckets, maxEmpty: maxEmpty)
        Self.compact(&negativeSpans, &negativeBuckets, maxEmpty: maxEmpty)
    }

    package func compacted(maxEmpty: Int = 0) -> NativeHistogram {
        var copy = self
        copy.compact(maxEmpty: maxEmpty)
        return copy
    }

    private static func compact(_ spans: inout [Span], _ buckets: inout [Double], maxEmpty: Int) {
        let maxEmpty = max(0, maxEmpty)
        let isCompact =
            !buckets.contains(0) && spans.allSatisfy { $0.length > 0 }
            && spans.dropFirst().allSatisfy {
                $0.offset > maxEmpty
            }
        if isCompact { return }
        var builder = BucketBuilder(capacity: buckets.count)
        for (index, count) in IndexedCounts(spans: spans, counts: buckets) where count != 0 {
            if !builder.isEmpty, index &- builder.gapStart <= maxEmpty { builder.fill(upTo: index) }
            builder.append(count, at: index)
        }
        spans = builder.spans
        buckets = builder.counts
    }
}
