/// Makes spans and buckets of one side out of counts in ascending order of their indexes.
struct BucketBuilder {
    private(set) var spans: [NativeHistogram.Span] = []
    private(set) var counts: [Double] = []
    /// Index behind the last bucket.
    private var end = 0

    init(capacity: Int = 0) { counts.reserveCapacity(capacity) }

    /// - Precondition: `index` is above that of the bucket before.
    mutating func append(_ count: Double, at index: Int) {
        if !spans.isEmpty, index == end {
            spans[spans.count - 1].length &+= 1
        } else {
            spans.append(NativeHistogram.Span(offset: Int32(clamping: spans.isEmpty ? index : index &- end), length: 1))
        }
        counts.append(count)
        end = index &+ 1
    }

    /// Fills the gap before `index` with empty buckets.
    mutating func fill(upTo index: Int) {
        while end < index { append(0, at: end) }
    }

    var isEmpty: Bool { counts.isEmpty }
    var gapStart: Int { end }
}
