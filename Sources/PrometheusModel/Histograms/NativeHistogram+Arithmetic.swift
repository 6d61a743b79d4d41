extension NativeHistogram {
    /// What an addition has to tell besides its result.
    package struct AddOutcome: Hashable, Sendable {
        /// One said that it begins anew, the other that it goes on.
        package var isCounterResetCollision = false

        package init() {}
    }

    /// Adds the other's counts and sum. Differing resolutions end in the lower one, differing zero buckets in one that
    /// holds both; buckets of the other that this one does not have are inserted, and empty ones stay.
    ///
    /// The result is a gauge when either is, and its counter reset is unknown when they disagree otherwise.
    ///
    /// - Throws: for an exponential schema with custom bounds, and for two lists of custom bounds that differ; this
    ///   histogram is then as it was.
    @discardableResult
    package mutating func add(_ other: NativeHistogram) throws(HistogramError) -> AddOutcome {
        try checkCompatible(other)
        var outcome = AddOutcome()
        if counterReset != other.counterReset {
            switch (counterReset, other.counterReset) {
            case (.gauge, _), (_, .gauge): counterReset = .gauge
            case (.unknown, _), (_, .unknown): counterReset = .unknown
            default:
                counterReset = .unknown
                outcome.isCounterResetCollision = true
            }
        }
        combine(other, isSubtraction: false)
        return outcome
    }

    /// Subtracts as `add` adds; counts may become negative. The counter reset stays what it was.
    @discardableResult
    package mutating func subtract(_ other: NativeHistogram) throws(HistogramError) -> AddOutcome {
        try checkCompatible(other)
        var outcome = AddOutcome()
        switch (counterReset, other.counterReset) {
        case (.reset, .notReset), (.notReset, .reset): outcome.isCounterResetCollision = true
        default: break
        }
        combine(other, isSubtraction: true)
        return outcome
    }

    /// Multiplies all counts and the sum.
    package mutating func scale(by factor: Double) {
        zeroCount *= factor
        count *= factor
        sum *= factor
        for place in positiveBuckets.indices { positiveBuckets[place] *= factor }
        for place in negativeBuckets.indices { negativeBuckets[place] *= factor }
    }

    /// Divides all counts and the sum; a division by zero leaves no buckets, as what they would hold means nothing.
    package mutating func divide(by divisor: Double) {
        zeroCount /= divisor
        count /= divisor
        sum /= divisor
        if divisor == 0 {
            positiveBuckets = []
            positiveSpans = []
            negativeBuckets = []
            negativeSpans = []
            return
        }
        for place in positiveBuckets.indices { positiveBuckets[place] /= divisor }
        for place in negativeBuckets.indices { negativeBuckets[place] /= divisor }
    }

    private func checkCompatible(_ other: NativeHistogram) throws(HistogramError) {
        guard usesCustomBounds == other.usesCustomBounds else { throw .incompatibleSchema }
        if usesCustomBounds, !Self.haveSameBits(customBounds, other.customBounds) { throw .incompatibleBounds }
    }

    private mutating func combine(_ other: NativeHistogram, isSubtraction: Bool) {
        let sign: Double = isSubtraction ? -1 : 1
        if !usesCustomBounds {
            let otherZeroCount = reconcileZeroBucket(with: other)
            zeroCount += sign * otherZeroCount
        }
        count += sign * other.count
        sum += sign * other.sum
        let target = usesCustomBounds ? schema : min(schema, other.schema)
        let rules = SideRules(
            own: schema, others: other.schema, target: target, threshold: usesCustomBounds ? -1 : zeroThreshold,
            sign: sign)
        Self.combine(
            &positiveSpans, &positiveBuckets, with: other.positiveSpans, other.positiveBuckets, rules)
        Self.combine(
            &negativeSpans, &negativeBuckets, with: other.negativeSpans, other.negativeBuckets, rules)
        schema = target
    }

    /// How one side is combined with another.
    private struct SideRules {
        /// The schemas of the two, and of the result.
        let own: Int32
        let others: Int32
        let target: Int32
        /// The other's first buckets that end at or below this are in its zero count already; negative for none.
        let threshold: Double
        let sign: Double
    }

    private static func combine(
        _ spans: inout [Span], _ buckets: inout [Double], with otherSpans: [Span], _ otherBuckets: [Double],
        _ rules: SideRules
    ) {
        if otherBuckets.isEmpty, rules.own == rules.target { return }
        // The usual case: samples of one series have one layout.
        if rules.own == rules.others, buckets.count == otherBuckets.count, let first = otherSpans.first,
            spans == otherSpans, first.length > 0,
            rules.threshold <= 0 || BucketBounds.upper(Int(first.offset), schema: rules.own) > rules.threshold
        {
            for place in buckets.indices { buckets[place] += rules.sign * otherBuckets[place] }
            return
        }
        var own = MergedCounts(
            IndexedCounts(spans: spans, counts: buckets), from: rules.own, to: rules.target)
        var added = MergedCounts(
            IndexedCounts(spans: otherSpans, counts: otherBuckets), from: rules.others, to: rules.target,
            above: rules.threshold)
        var next = added.next()
        var builder = BucketBuilder(capacity: max(buckets.count, otherBuckets.count))
        while let mine = own.next() {
            while let bucket = next, bucket.index < mine.index {
                builder.append(rules.sign * bucket.count, at: bucket.index)
                next = added.next()
            }
            if let bucket = next, bucket.index == mine.index {
                builder.append(mine.count + rules.sign * bucket.count, at: mine.index)
                next = added.next()
            } else {
                builder.append(mine.count, at: mine.index)
            }
        }
        while let bucket = next {
            builder.append(rules.sign * bucket.count, at: bucket.index)
            next = added.next()
        }
        spans = builder.spans
        buckets = builder.counts
    }

    static func haveSameBits(_ left: [Double], _ right: [Double]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern }
    }
}
