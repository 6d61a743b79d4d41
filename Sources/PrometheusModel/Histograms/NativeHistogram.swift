/// A native histogram with absolute bucket counts as floating point (Prometheus `histogram.FloatHistogram`): buckets of
/// exponential schemas (-4 to 8, bounds 2^(2^-schema·index)) or custom bounds (schema -53).
///
/// A value type with storage of its own per array; what computes with it stands in the files beside this one.
package struct NativeHistogram: Hashable, Sendable {
    /// Whether the sample before it may have had larger counts.
    package enum CounterReset: UInt8, Sendable {
        case unknown = 0
        case reset = 1
        case notReset = 2
        case gauge = 3
    }

    /// A run of adjacent buckets: `offset` is the gap to the run before it, or the index of the first bucket.
    package struct Span: Hashable, Sendable {
        package var offset: Int32
        package var length: UInt32

        package init(offset: Int32, length: UInt32) {
            self.offset = offset
            self.length = length
        }
    }

    /// Schema of custom bounds ("NHCB").
    package static let customBoundsSchema: Int32 = -53

    package var counterReset: CounterReset = .unknown
    package var schema: Int32
    package var zeroThreshold: Double
    package var zeroCount: Double
    package var count: Double
    package var sum: Double
    package var positiveSpans: [Span]
    package var negativeSpans: [Span]
    /// Absolute counts, one for each bucket of the spans.
    package var positiveBuckets: [Double]
    package var negativeBuckets: [Double]
    /// Upper bounds of the buckets of schema -53, ascending, without +Inf.
    package var customBounds: [Double]

    package init(
        counterReset: CounterReset = .unknown, schema: Int32 = 0, zeroThreshold: Double = 0, zeroCount: Double = 0,
        count: Double = 0, sum: Double = 0, positiveSpans: [Span] = [], negativeSpans: [Span] = [],
        positiveBuckets: [Double] = [], negativeBuckets: [Double] = [], customBounds: [Double] = []
    ) {
        self.counterReset = counterReset
        self.schema = schema
        self.zeroThreshold = zeroThreshold
        self.zeroCount = zeroCount
        self.count = count
        self.sum = sum
        self.positiveSpans = positiveSpans
        self.negativeSpans = negativeSpans
        self.positiveBuckets = positiveBuckets
        self.negativeBuckets = negativeBuckets
        self.customBounds = customBounds
    }

    package var usesCustomBounds: Bool { schema == Self.customBoundsSchema }
}
