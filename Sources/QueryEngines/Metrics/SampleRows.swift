import ClickHouse
import PrometheusModel
import TelemetryModel

/// The series that a stored histogram or summary becomes.
struct Family {
    /// Labels of the buckets or quantiles without `le` or `quantile`; nil when they are not asked for.
    var base: Labels?
    /// Slots; -1 for one that is not asked for.
    var sum: Int32 = -1
    var count: Int32 = -1
    /// Where the values of the last row went; bounds seldom change.
    private var lastBounds: [UInt64]?
    private var lastSlots: [Int32] = []
    /// By the bits of the bound: a NaN equals nothing.
    private var slots: [UInt64: Int32] = [:]

    init() {}

    /// Of all buckets or quantiles so far.
    var allSlots: some Collection<Int32> { slots.values }

    /// A slot for each bucket, the last of which has no bound; -1 where `le` does not match.
    mutating func bucketSlots(
        _ bounds: UnsafeBufferPointer<Double>?, _ matchers: [LabelMatcher], _ collector: inout SampleCollector
    ) -> [Int32] {
        let bounds = bounds ?? UnsafeBufferPointer(start: nil, count: 0)
        if let lastBounds, lastBounds.elementsEqual(bounds.lazy.map(\.bitPattern)) { return lastSlots }
        var found = bounds.map { slot($0, "le", matchers, &collector) }
        found.append(slot(.infinity, "le", matchers, &collector))
        lastBounds = bounds.map(\.bitPattern)
        lastSlots = found
        return found
    }

    mutating func quantileSlots(
        _ quantiles: UnsafeBufferPointer<Double>, _ matchers: [LabelMatcher], _ collector: inout SampleCollector
    ) -> [Int32] {
        if let lastBounds, lastBounds.elementsEqual(quantiles.lazy.map(\.bitPattern)) { return lastSlots }
        lastBounds = quantiles.map(\.bitPattern)
        lastSlots = quantiles.map { slot($0, "quantile", matchers, &collector) }
        return lastSlots
    }

    private mutating func slot(
        _ value: Double, _ label: String, _ matchers: [LabelMatcher], _ collector: inout SampleCollector
    ) -> Int32 {
        if let known = slots[value.bitPattern] { return known }
        let text = NumberText.plain(value)
        let isWanted = matchers.allSatisfy { $0.name != label || $0.matches(text) }
        let made = isWanted ? collector.slot(for: (base ?? Labels()).setting(label, text)) : -1
        slots[value.bitPattern] = made
        return made
    }
}

/// The column `total` of a delta series; see `RunningTotals` in the codecs.
struct RunningTotal {
    let value: Double
    /// False for a point of a series that is only sometimes summed up.
    let isSummedUp: Bool

    /// Nil for a late point, which has no sum.
    init?(_ stored: Double) {
        guard !stored.isNaN else { return nil }
        value = stored
        isSummedUp = stored != 0 || stored.sign == .minus
    }

    /// Where a sum begins there is a zero: a millisecond after the point's interval begins, so that it is not at the
    /// time of the last point of an earlier sum.
    static func timeOfZero(start: Int64, time: Int64) -> Int64 {
        let point = SampleCollector.milliseconds(time)
        let begin = SampleCollector.milliseconds(start)
        return begin > 0 && begin + 1 < point ? begin + 1 : point - 1
    }
}

/// The columns of sums of a batch of histograms.
struct HistogramTotals {
    let counts: UnsafeBufferPointer<Double>
    let sums: UnsafeBufferPointer<Double>
    let starts: UnsafeBufferPointer<Int64>
    private let offsets: UnsafePointer<Int32>
    private let items: UnsafeBufferPointer<UInt64>?

    init?(_ columns: [ResultColumn]) {
        guard columns.count > 11, let counts = columns[8].fixed(Double.self), let sums = columns[9].fixed(Double.self),
            let starts = columns[10].fixed(Int64.self), let (offsets, items) = columns[11].list
        else { return nil }
        self.counts = counts
        self.sums = sums
        self.starts = starts
        self.offsets = offsets
        self.items = items.fixed(UInt64.self)
    }

    func buckets(_ row: Int) -> UnsafeBufferPointer<UInt64>? {
        items.map { UnsafeBufferPointer(rebasing: $0[Int(offsets[row])..<Int(offsets[row + 1])]) }
    }
}

/// Rows of `metric_native_histograms`.
struct NativeHistogramRows {
    private let counts: UnsafeBufferPointer<Double>
    private let sums: UnsafeBufferPointer<Double>
    private let schemas: UnsafeBufferPointer<Int32>
    private let zeroThresholds: UnsafeBufferPointer<Double>
    private let zeroCounts: UnsafeBufferPointer<Double>
    private let resets: UnsafeBufferPointer<UInt8>
    private let columns: [ResultColumn]

    init?(_ columns: [ResultColumn]) {
        guard columns.count == 15, let counts = columns[2].fixed(Double.self), let sums = columns[3].fixed(Double.self),
            let schemas = columns[4].fixed(Int32.self), let thresholds = columns[5].fixed(Double.self),
            let zeros = columns[6].fixed(Double.self), let resets = columns[7].fixed(UInt8.self)
        else { return nil }
        self.columns = columns
        self.counts = counts
        self.sums = sums
        self.schemas = schemas
        zeroThresholds = thresholds
        zeroCounts = zeros
        self.resets = resets
    }

    func histogram(_ row: Int) -> NativeHistogram {
        func list<Value: BitwiseCopyable>(_ index: Int, _ type: Value.Type) -> [Value] {
            guard let (offsets, items) = columns[index].list, let values = items.fixed(type) else { return [] }
            return Array(values[Int(offsets[row])..<Int(offsets[row + 1])])
        }
        func spans(_ index: Int) -> [NativeHistogram.Span] {
            zip(list(index, Int32.self), list(index + 1, UInt32.self)).map {
                NativeHistogram.Span(offset: $0, length: $1)
            }
        }
        return NativeHistogram(
            counterReset: .init(rawValue: resets[row]) ?? .unknown, schema: schemas[row],
            zeroThreshold: zeroThresholds[row], zeroCount: zeroCounts[row], count: counts[row], sum: sums[row],
            positiveSpans: spans(8), negativeSpans: spans(11), positiveBuckets: list(10, Double.self),
            negativeBuckets: list(13, Double.self), customBounds: list(14, Double.self))
    }
}
