import PrometheusModel

extension NativeHistogram {
    /// Positive buckets from `offset` on.
    static func made(
        schema: Int32 = 0, offset: Int32 = 0, _ buckets: [Double] = [], negativeOffset: Int32 = 0,
        negative: [Double] = [], zero: Double = 0, threshold: Double = 0, sum: Double = 0, bounds: [Double] = [],
        counterReset: CounterReset = .unknown
    ) -> NativeHistogram {
        NativeHistogram(
            counterReset: counterReset, schema: schema, zeroThreshold: threshold, zeroCount: zero,
            count: buckets.reduce(0, +) + negative.reduce(0, +) + zero, sum: sum,
            positiveSpans: buckets.isEmpty ? [] : [Span(offset: offset, length: UInt32(buckets.count))],
            negativeSpans: negative.isEmpty ? [] : [Span(offset: negativeOffset, length: UInt32(negative.count))],
            positiveBuckets: buckets, negativeBuckets: negative, customBounds: bounds)
    }

    static func custom(_ bounds: [Double], _ buckets: [Double]) -> NativeHistogram {
        made(schema: customBoundsSchema, buckets, bounds: bounds)
    }

    /// `index:count` of the populated positive buckets.
    var populated: [Int: Double] {
        Dictionary(positiveCounts.filter { $0.count != 0 }.map { ($0.index, $0.count) }, uniquingKeysWith: +)
    }
}
