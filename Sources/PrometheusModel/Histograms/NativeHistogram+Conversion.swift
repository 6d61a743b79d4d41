extension NativeHistogram {
    /// Half width of the zero bucket of what comes from OTLP without one.
    package static let otlpZeroThreshold = 1e-128
    /// Buckets of one OTLP data point that are looked at; each costs memory whether it counts something or not.
    package static let otlpBucketsMax = 100_000

    /// One side of an OTLP exponential histogram: `counts[i]` is of values in `(base^(offset+i), base^(offset+i+1)]`.
    package struct DenseBuckets: Sendable {
        package var offset: Int32
        package var counts: [UInt64]

        package init(offset: Int32 = 0, counts: [UInt64] = []) {
            self.offset = offset
            self.counts = counts
        }
    }

    /// From an OTLP exponential histogram. A scale above 8 is reduced to 8.
    ///
    /// An OTLP bucket is named by its lower bound, one of Prometheus by its upper: hence one more than the offset.
    ///
    /// - Throws: when the scale is below -4, or there are more than `otlpBucketsMax` buckets.
    package init(
        scale: Int32, positive: DenseBuckets, negative: DenseBuckets, zeroCount: UInt64, count: UInt64, sum: Double?,
        zeroThreshold: Double = NativeHistogram.otlpZeroThreshold, counterReset: CounterReset = .unknown
    ) throws(HistogramError) {
        guard scale >= BucketBounds.schemas.lowerBound else {
            throw HistogramError(
                .unsupportedScale,
                "cannot convert exponential to native histogram. Scale must be >= \(BucketBounds.schemas.lowerBound), "
                    + "was \(scale)")
        }
        guard positive.counts.count <= Self.otlpBucketsMax, negative.counts.count <= Self.otlpBucketsMax else {
            throw HistogramError(
                .unsupportedScale,
                "exponential histogram has \(max(positive.counts.count, negative.counts.count)) buckets, limit is "
                    + "\(Self.otlpBucketsMax)")
        }
        let schema = min(scale, BucketBounds.schemas.upperBound)
        let shift = Int(min(63, Int64(scale) - Int64(schema)))
        func side(_ dense: DenseBuckets) -> ([Span], [Double]) {
            var builder = BucketBuilder(capacity: dense.counts.count)
            var current: (index: Int, count: Double)?
            func flush() {
                guard let done = current, done.count != 0 else { return }
                // Up to two empty buckets in a row cost less than another span.
                if !builder.isEmpty, done.index - builder.gapStart <= 2 { builder.fill(upTo: done.index) }
                builder.append(done.count, at: done.index)
            }
            for (place, count) in dense.counts.enumerated() {
                let index = ((Int(dense.offset) + place) >> shift) + 1
                if current?.index == index {
                    current?.count += Double(count)
                } else {
                    flush()
                    current = (index, Double(count))
                }
            }
            flush()
            return (builder.spans, builder.counts)
        }
        let (positiveSpans, positiveBuckets) = side(positive)
        let (negativeSpans, negativeBuckets) = side(negative)
        self.init(
            counterReset: counterReset, schema: schema, zeroThreshold: zeroThreshold, zeroCount: Double(zeroCount),
            count: Double(count), sum: sum ?? 0, positiveSpans: positiveSpans, negativeSpans: negativeSpans,
            positiveBuckets: positiveBuckets, negativeBuckets: negativeBuckets)
    }

    /// A histogram that only says that its series ends.
    package static func staleMarker() -> NativeHistogram {
        NativeHistogram(count: StaleMarker.value, sum: StaleMarker.value)
    }

    /// A histogram is a stale marker when its sum is one.
    package var isStale: Bool { StaleMarker.isStale(sum) }

    /// From the buckets of a classic histogram (`le` and cumulative count, in any order): custom bounds, and counts of
    /// each bucket alone.
    ///
    /// - Parameter count: of all observations; nil takes the highest bucket's.
    /// - Throws: when counts are negative, do not go up with the bounds, or the `+Inf` bucket's is not `count`.
    package init(
        classicBuckets: [(upperBound: Double, cumulativeCount: Double)], count: Double?, sum: Double,
        counterReset: CounterReset = .unknown
    ) throws(HistogramError) {
        var sorted = classicBuckets.filter { !$0.upperBound.isNaN }
        sorted.sort { $0.upperBound < $1.upperBound }
        let total = count ?? sorted.last?.cumulativeCount ?? 0
        if total < 0 {
            throw HistogramError(.negativeCount, "count must be non-negative: count=\(NumberText.general(total))")
        }
        if sorted.last?.upperBound != .infinity { sorted.append((.infinity, total)) }
        var bounds: [Double] = []
        var counts: [Double] = []
        var before = 0.0
        var lastBound = Double.nan
        for (bound, cumulative) in sorted where bound != lastBound {
            if cumulative < 0 {
                throw HistogramError(
                    .negativeBucketCount,
                    "bucket count must be non-negative: le=\(NumberText.general(bound)), "
                        + "count=\(NumberText.general(cumulative))")
            }
            if cumulative < before {
                throw HistogramError(
                    .notCumulative,
                    "count is not cumulative: \(NumberText.general(cumulative)) < \(NumberText.general(before))")
            }
            counts.append(cumulative - before)
            if bound != .infinity { bounds.append(bound) }
            before = cumulative
            lastBound = bound
        }
        if total != before {
            throw HistogramError(
                .countMismatch,
                "count mismatch: count=\(NumberText.general(total)) != le=+Inf count=\(NumberText.general(before))")
        }
        self.init(
            counterReset: counterReset, schema: Self.customBoundsSchema, count: total, sum: sum,
            positiveSpans: [Span(offset: 0, length: UInt32(clamping: counts.count))], positiveBuckets: counts,
            customBounds: bounds)
        compact(maxEmpty: 2)
    }
}

extension Double {
    /// The zero threshold that the sender said, or what Prometheus takes when it said none.
    package static func zeroThreshold(ofOTLP value: Double) -> Double {
        value > 0 ? value : NativeHistogram.otlpZeroThreshold
    }
}
