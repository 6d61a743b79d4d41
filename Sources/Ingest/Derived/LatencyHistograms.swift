import TelemetryModel

/// The histograms of one metric, one for each slot of a `SlotTable`.
struct LatencyHistograms: Sendable {
    /// The latest span of a bucket since the last emission.
    struct Example: Sendable {
        var trace: TraceWords = .none
        /// Nanoseconds.
        var duration: Int64 = 0
        /// Nanoseconds since the Unix epoch.
        var time: Int64 = 0
    }

    let buckets: LatencyBuckets
    /// Not cumulative; `buckets.count` a slot.
    private(set) var counts: [UInt64] = []
    /// Seconds.
    private(set) var sums: [Double] = []
    private(set) var examples: [Example] = []
    /// What it was before the first change since the last emission, where that matters (`SlotTable.touch`).
    private(set) var countsBefore: [UInt64] = []
    private(set) var sumsBefore: [Double] = []

    init(_ buckets: LatencyBuckets) {
        self.buckets = buckets
    }

    /// Room for as many slots.
    mutating func grow(to slots: Int) {
        let more = slots * buckets.count - counts.count
        guard more > 0 else { return }
        counts.append(contentsOf: repeatElement(0, count: more))
        countsBefore.append(contentsOf: repeatElement(0, count: more))
        examples.append(contentsOf: repeatElement(Example(), count: more))
        sums.append(contentsOf: repeatElement(0, count: slots - sums.count))
        sumsBefore.append(contentsOf: repeatElement(0, count: slots - sumsBefore.count))
    }

    /// - Parameter duration: nanoseconds, not negative.
    @inline(__always)
    mutating func add(_ duration: Int64, to slot: Int, trace: TraceWords, time: Int64) {
        let cell = slot &* buckets.count &+ buckets.index(of: duration)
        counts[cell] &+= 1
        sums[slot] += LatencyBuckets.seconds(duration)
        examples[cell] = Example(trace: trace, duration: duration, time: time)
    }

    func cells(_ slot: Int) -> Range<Int> { slot * buckets.count..<(slot + 1) * buckets.count }

    func count(_ slot: Int) -> UInt64 { counts[cells(slot)].reduce(0, &+) }

    func countBefore(_ slot: Int) -> UInt64 { countsBefore[cells(slot)].reduce(0, &+) }

    mutating func keep(_ slot: Int) {
        for cell in cells(slot) { countsBefore[cell] = counts[cell] }
        sumsBefore[slot] = sums[slot]
    }

    mutating func clear(_ slot: Int) {
        for cell in cells(slot) {
            counts[cell] = 0
            examples[cell] = Example()
        }
        sums[slot] = 0
    }

    /// The example of a cell, which is forgotten.
    mutating func takeExample(_ cell: Int) -> Example? {
        guard !examples[cell].trace.isNone else { return nil }
        defer { examples[cell] = Example() }
        return examples[cell]
    }
}

/// Counters of one metric, one for each slot of a `SlotTable`.
struct SlotCounters: Sendable {
    private(set) var values: [UInt64] = []
    private(set) var before: [UInt64] = []

    mutating func grow(to slots: Int) {
        guard slots > values.count else { return }
        values.append(contentsOf: repeatElement(0, count: slots - values.count))
        before.append(contentsOf: repeatElement(0, count: slots - before.count))
    }

    mutating func add(to slot: Int) { values[slot] &+= 1 }
    mutating func keep(_ slot: Int) { before[slot] = values[slot] }
    mutating func clear(_ slot: Int) { values[slot] = 0 }
}

/// A trace id as two words in the order of memory.
struct TraceWords: Sendable, Equatable {
    var first: UInt64
    var second: UInt64

    static let none = TraceWords(first: 0, second: 0)

    var isNone: Bool { first | second == 0 }

    var hex: String {
        Hex.encode(withUnsafeBytes(of: first) { Array($0) } + withUnsafeBytes(of: second) { Array($0) })
    }
}
