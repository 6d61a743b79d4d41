extension NativeHistogram {
    /// Checks that spans, buckets and bounds belong together and that no bucket's count is negative.
    ///
    /// - Parameter hasIntegerCounts: counts were sent as integers: then they also have to add up to the count of all
    ///   (or less, when the sum is no number: observations of NaN are in no bucket). Floating-point counts are not held
    ///   to that, since rounding makes them differ.
    package func validate(hasIntegerCounts: Bool = false) throws(HistogramError) {
        if usesCustomBounds {
            try checkCustomBounds()
            if zeroCount != 0 { throw HistogramError(.notOfSchema, "custom buckets: must have zero count of 0") }
            if zeroThreshold != 0 {
                throw HistogramError(.notOfSchema, "custom buckets: must have zero threshold of 0")
            }
            if !negativeSpans.isEmpty {
                throw HistogramError(.notOfSchema, "custom buckets: must not have negative spans")
            }
            if !negativeBuckets.isEmpty {
                throw HistogramError(.notOfSchema, "custom buckets: must not have negative buckets")
            }
        } else {
            try Self.checkSpans(positiveSpans, positiveBuckets.count, side: "positive side")
            try Self.checkSpans(negativeSpans, negativeBuckets.count, side: "negative side")
            try Self.checkCounts(negativeBuckets, side: "negative side")
            if !customBounds.isEmpty {
                throw HistogramError(
                    .notOfSchema, "histogram with exponential schema must not have custom bounds")
            }
        }
        try Self.checkCounts(positiveBuckets, side: "positive side")
        if hasIntegerCounts { try checkTotal() }
    }

    private func checkTotal() throws(HistogramError) {
        let total = negativeBuckets.reduce(0, +) + positiveBuckets.reduce(0, +) + zeroCount
        let found =
            "\(NumberText.plain(total)) observations found in buckets, but the Count field is \(NumberText.plain(count))"
        if sum.isNaN {
            if total > count {
                throw HistogramError(
                    .countNotBigEnough,
                    "\(found): histogram's observation count should be at least the number of observations found in "
                        + "the buckets")
            }
        } else if total != count {
            throw HistogramError(
                .countMismatch,
                "\(found): histogram's observation count should equal the number of observations found in the buckets "
                    + "(in absence of NaN)")
        }
    }

    private static func checkSpans(_ spans: [Span], _ buckets: Int, side: String) throws(HistogramError) {
        for (place, span) in spans.enumerated().dropFirst() where span.offset < 0 {
            throw negativeOffset(place, span, side)
        }
        try checkLengths(spans, buckets, side: side)
    }

    private static func checkLengths(_ spans: [Span], _ buckets: Int, side: String) throws(HistogramError) {
        let needed = spans.reduce(0) { $0 &+ Int($1.length) }
        guard needed == buckets else {
            throw HistogramError(
                .spansBucketsMismatch,
                "\(side): spans need \(needed) buckets, have \(buckets) buckets: histogram spans specify different "
                    + "number of buckets than provided")
        }
    }

    private static func negativeOffset(_ place: Int, _ span: Span, _ side: String) -> HistogramError {
        HistogramError(
            .negativeSpanOffset,
            "\(side): span number \(place + 1) with offset \(span.offset): histogram has a span whose offset is negative"
        )
    }

    private static func checkCounts(_ buckets: [Double], side: String) throws(HistogramError) {
        for (place, count) in buckets.enumerated() where count < 0 {
            throw HistogramError(
                .negativeBucketCount,
                "\(side): bucket number \(place + 1) has observation count of \(NumberText.general(count)): histogram "
                    + "has a bucket whose observation count is negative")
        }
    }

    private func checkCustomBounds() throws(HistogramError) {
        let side = "custom buckets"
        var previous = -Double.infinity
        for bound in customBounds {
            // Written so that NaN fails, too.
            guard bound > previous else {
                throw HistogramError(
                    .unorderedBounds,
                    "\(side): previous bound is \(NumberText.plain(previous)) and current is "
                        + "\(NumberText.plain(bound)): histogram custom bounds must be in strictly increasing order")
            }
            previous = bound
        }
        if previous == .infinity {
            throw HistogramError(
                .infiniteBound,
                "\(side): last +Inf bound must not be explicitly defined: histogram custom bounds must be finite")
        }
        var reach = 0
        for (place, span) in positiveSpans.enumerated() {
            if span.offset < 0 { throw Self.negativeOffset(place, span, side) }
            reach = reach &+ Int(span.offset) &+ Int(span.length)
        }
        try Self.checkLengths(positiveSpans, positiveBuckets.count, side: side)
        if customBounds.count + 1 < reach {
            throw HistogramError(
                .tooFewBounds,
                "\(side): only \(customBounds.count) custom bounds defined which is insufficient to cover total span "
                    + "length of \(reach): histogram custom bounds are too few")
        }
    }
}
