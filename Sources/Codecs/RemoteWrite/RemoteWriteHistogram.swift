import PrometheusModel

extension RemoteWriteOutput {
    /// `TimeSeries.histograms`: a native histogram in its form with floating point counts, which are absolute.
    ///
    /// The count and the count of zeros stand in a `oneof` and are written even when they are 0: their presence says
    /// which form it is.
    mutating func histogram(_ histogram: NativeHistogram, time: Int64, startTime: Int64) {
        // What is written for certain, then the lists; each at most this many bytes.
        let buckets = histogram.positiveBuckets.count + histogram.negativeBuckets.count
        let spans = histogram.positiveSpans.count + histogram.negativeSpans.count
        var content = RemoteWriteOutput()
        content.reserve(96 + 8 * (buckets + histogram.customBounds.count) + 14 * spans)
        content.alwaysDouble(2, histogram.count)
        content.double(3, histogram.sum)
        content.signed(4, histogram.schema)
        content.double(5, histogram.zeroThreshold)
        content.alwaysDouble(7, histogram.zeroCount)
        content.spans(8, histogram.negativeSpans)
        content.doubles(10, histogram.negativeBuckets)
        content.spans(11, histogram.positiveSpans)
        content.doubles(13, histogram.positiveBuckets)
        content.integer(14, Int64(histogram.counterReset.rawValue))
        content.integer(15, time)
        content.doubles(16, histogram.customBounds)
        content.integer(17, startTime)
        message(3, content)
    }

    private mutating func signed(_ number: UInt64, _ value: Int32) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(Self.zigzag(Int64(value)))
    }

    private mutating func spans(_ number: UInt64, _ spans: [NativeHistogram.Span]) {
        for span in spans {
            var size = 0
            if span.offset != 0 { size += 1 + Self.size(Self.zigzag(Int64(span.offset))) }
            if span.length != 0 { size += 1 + Self.size(UInt64(span.length)) }
            tag(number, .bytes)
            varint(UInt64(size))
            signed(1, span.offset)
            integer(2, Int64(span.length))
        }
    }

    private mutating func doubles(_ number: UInt64, _ values: [Double]) {
        guard !values.isEmpty else { return }
        tag(number, .bytes)
        varint(UInt64(8 * values.count))
        for value in values { raw(value) }
    }
}
