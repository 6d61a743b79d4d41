extension NativeHistogram {
    /// Whether the two hold the same data: the same schema, layout (empty spans do not matter) and bits of every number.
    /// The counter reset does not count.
    package func equals(_ other: NativeHistogram) -> Bool {
        schema == other.schema && count.bitPattern == other.count.bitPattern && sum.bitPattern == other.sum.bitPattern
            && (!usesCustomBounds || Self.haveSameBits(customBounds, other.customBounds))
            && zeroThreshold == other.zeroThreshold && zeroCount.bitPattern == other.zeroCount.bitPattern
            && Self.haveSameLayout(negativeSpans, other.negativeSpans)
            && Self.haveSameBits(negativeBuckets, other.negativeBuckets)
            && Self.haveSameLayout(positiveSpans, other.positiveSpans)
            && Self.haveSameBits(positiveBuckets, other.positiveBuckets)
    }

    /// Whether the spans mean the same buckets.
    package static func haveSameLayout(_ left: [Span], _ right: [Span]) -> Bool {
        left == right || normalised(left) == normalised(right)
    }

    /// Without spans of no length, and adjacent ones joined.
    private static func normalised(_ spans: [Span]) -> [Span] {
        var result: [Span] = []
        var carried: Int64 = 0
        for span in spans {
            let offset = carried + Int64(span.offset)
            if span.length == 0 {
                carried = offset
            } else if let last = result.indices.last, offset == 0 {
                result[last].length &+= span.length
                carried = 0
            } else {
                result.append(Span(offset: Int32(clamping: offset), length: span.length))
                carried = 0
            }
        }
        return result
    }

    /// Whether the counter that this histogram is a sample of began anew since the one before.
    ///
    /// A known counter reset answers at once. Otherwise it did when any count (of all, of zero, of a bucket) went down,
    /// a populated bucket is gone, the resolution went up, the zero bucket became narrower or ends inside a populated
    /// bucket of the one before, or the bounds are others.
    package func detectReset(previous: NativeHistogram) -> Bool {
        switch counterReset {
        case .reset: return true
        case .notReset: return false
        // Functions for counters may be applied to gauges: they are looked at as counters then.
        case .unknown, .gauge: break
        }
        if count < previous.count { return true }
        guard usesCustomBounds == previous.usesCustomBounds else { return true }
        if usesCustomBounds {
            guard Self.haveSameBits(customBounds, previous.customBounds) else { return true }
        } else {
            if schema > previous.schema || zeroThreshold < previous.zeroThreshold { return true }
            let (previousZeroCount, threshold) = previous.widenedZeroBucket(zeroThreshold)
            if threshold != zeroThreshold || zeroCount < previousZeroCount { return true }
        }
        return hasLostCounts(positiveCounts, since: previous.positiveCounts, ofSchema: previous.schema)
            || hasLostCounts(negativeCounts, since: previous.negativeCounts, ofSchema: previous.schema)
    }

    private func hasLostCounts(
        _ now: IndexedCounts, since before: IndexedCounts, ofSchema previousSchema: Int32
    ) -> Bool {
        var now = now
        var current = now.next()
        let merged = MergedCounts(
            before, from: previousSchema, to: schema, above: usesCustomBounds ? -1 : zeroThreshold)
        for (index, count) in merged {
            while let bucket = current, bucket.index < index { current = now.next() }
            if let bucket = current, bucket.index == index {
                if bucket.count < count { return true }
            } else if count != 0 {
                return true
            }
        }
        return false
    }
}
