/// Why histograms do not go together, or one is malformed. The messages are those of Prometheus 3.5.
package struct HistogramError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case incompatibleSchema
        case incompatibleBounds
        case countNotBigEnough
        case countMismatch
        case negativeCount
        case negativeBucketCount
        case negativeSpanOffset
        case spansBucketsMismatch
        case tooFewBounds
        case unorderedBounds
        case infiniteBound
        case notOfSchema
        case unsupportedScale
        case notCumulative
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    static let incompatibleSchema = HistogramError(
        .incompatibleSchema,
        "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas")
    static let incompatibleBounds = HistogramError(
        .incompatibleBounds,
        "cannot apply this operation on custom buckets histograms with different custom bounds")
}
