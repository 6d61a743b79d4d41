import PromQLEvaluation
import PrometheusModel

/// Takes samples as the store gives them, many series at once in runs, and puts them in order by series and time.
struct SampleCollector {
    /// Samples of one series that came one after the other.
    private struct Run {
        var slot: Int32
        var start: Int
        var count: Int
    }

    /// Milliseconds.
    private var times: [Int64] = []
    private var values: [Double] = []
    /// Empty until the first histogram comes; then as long as `times`.
    private var histograms: [HistogramBox?] = []
    private var runs: [Run] = []
    private var labels: [Labels] = []
    private let startExclusive: Int64
    private let end: Int64
    private let samplesMax: Int

    init(startExclusive: Int64, end: Int64, samplesMax: Int) {
        self.startExclusive = startExclusive
        self.end = end
        self.samplesMax = samplesMax
    }

    var sampleCount: Int { times.count }

    /// A place for a series.
    mutating func addSlot(_ labels: Labels) -> Int32 {
        self.labels.append(labels)
        return Int32(self.labels.count - 1)
    }

    /// - Throws: over the limit of samples, in Prometheus' words.
    func checkLimit() throws {
        guard times.count <= samplesMax else {
            throw QueryError(
                .execution, "query processing would load too many samples into memory in query execution")
        }
    }

    /// Appends samples of one series; times in nanoseconds, all of them within the range.
    mutating func append(
        _ slot: Int32, nanoseconds: UnsafeBufferPointer<Int64>, values new: UnsafeBufferPointer<Double>
    ) {
        addRun(slot, count: new.count)
        for time in nanoseconds { times.append(Self.milliseconds(time)) }
        values.append(contentsOf: new)
        if !histograms.isEmpty { histograms.append(contentsOf: repeatElement(nil, count: new.count)) }
    }

    /// Appends one sample, unless it is outside the range.
    mutating func append(_ slot: Int32, time: Int64, value: Double) {
        guard slot >= 0, time > startExclusive, time <= end else { return }
        addRun(slot, count: 1)
        times.append(time)
        values.append(value)
        if !histograms.isEmpty { histograms.append(nil) }
    }

    mutating func append(_ slot: Int32, time: Int64, histogram: NativeHistogram) {
        guard slot >= 0, time > startExclusive, time <= end else { return }
        // A marker ends the series whatever it was.
        if histogram.isStale { return append(slot, time: time, value: StaleMarker.value) }
        if histograms.isEmpty { histograms = Array(repeating: nil, count: times.count) }
        addRun(slot, count: 1)
        times.append(time)
        values.append(0)
        histograms.append(HistogramBox(histogram))
    }

    private mutating func addRun(_ slot: Int32, count: Int) {
        if let last = runs.indices.last, runs[last].slot == slot {
            runs[last].count += count
        } else {
            runs.append(Run(slot: slot, start: times.count, count: count))
        }
    }

    /// Rounded down; times before 1970 are rare enough to be slow.
    @inline(__always)
    static func milliseconds(_ nanoseconds: Int64) -> Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000 : (nanoseconds &+ 1) / 1_000_000 - 1
    }

    /// The series that have samples.
    consuming func finish() -> SeriesSet {
        var counts = [Int](repeating: 0, count: labels.count)
        for run in runs { counts[Int(run.slot)] += run.count }
        var starts = [Int](repeating: 0, count: labels.count)
        var total = 0
        for slot in labels.indices {
            starts[slot] = total
            total += counts[slot]
        }
        var set = SeriesSet()
        let isInOrder = zip(runs, runs.dropFirst()).allSatisfy { $0.slot < $1.slot }
        var sortedTimes: [Int64]
        var sortedValues: [Double]
        var sortedHistograms: [HistogramBox?] = []
        if isInOrder {
            (sortedTimes, sortedValues, sortedHistograms) = (times, values, histograms)
        } else {
            var next = starts
            var positions = [Int](repeating: 0, count: runs.count)
            for (index, run) in runs.enumerated() {
                positions[index] = next[Int(run.slot)]
                next[Int(run.slot)] += run.count
            }
            sortedTimes = Self.scatter(times, runs, positions)
            sortedValues = Self.scatter(values, runs, positions)
            if !histograms.isEmpty {
                sortedHistograms = Array(repeating: nil, count: total)
                for (run, position) in zip(runs, positions) {
                    for index in 0..<run.count { sortedHistograms[position + index] = histograms[run.start + index] }
                }
            }
        }
        var isStrict = true
        sortedTimes.withUnsafeBufferPointer { times in
            for slot in labels.indices where counts[slot] > 1 {
                for index in starts[slot] + 1..<starts[slot] + counts[slot] where times[index] <= times[index - 1] {
                    isStrict = false
                    return
                }
            }
        }
        if isStrict {
            set.times = sortedTimes
            set.values = sortedValues
            set.histograms = sortedHistograms
            for slot in labels.indices where counts[slot] > 0 {
                set.labels.append(labels[slot])
                set.bounds.append(starts[slot] + counts[slot])
            }
            return set
        }
        set.times.reserveCapacity(total)
        set.values.reserveCapacity(total)
        for slot in labels.indices where counts[slot] > 0 {
            let range = starts[slot]..<starts[slot] + counts[slot]
            // Stable, so that of samples with one time the one that came last stays.
            let order = range.sorted { (sortedTimes[$0], $0) < (sortedTimes[$1], $1) }
            for (place, index) in order.enumerated() {
                if place + 1 < order.count, sortedTimes[order[place + 1]] == sortedTimes[index] { continue }
                set.times.append(sortedTimes[index])
                set.values.append(sortedValues[index])
                if !sortedHistograms.isEmpty { set.histograms.append(sortedHistograms[index]) }
            }
            set.labels.append(labels[slot])
            set.bounds.append(set.times.count)
        }
        return set
    }

    private static func scatter<Value: BitwiseCopyable>(
        _ source: [Value], _ runs: [Run], _ positions: [Int]
    ) -> [Value] {
        [Value](unsafeUninitializedCapacity: source.count) { target, count in
            source.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for (run, position) in zip(runs, positions) {
                    (to + position).update(from: from + run.start, count: run.count)
                }
            }
            count = source.count
        }
    }
}

/// Slots by the id of a stored series: open addressing over a power of two.
struct SlotTable {
    private var keys: [UInt64]
    private var slots: [Int32]
    private let mask: Int
    private var zeroSlot: Int32 = -1

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = [UInt64](repeating: 0, count: size)
        slots = [Int32](repeating: -1, count: size)
        mask = size - 1
    }

    mutating func insert(_ id: UInt64, _ slot: Int32) {
        guard id != 0 else { return zeroSlot = slot }
        var place = Int(truncatingIfNeeded: id) & mask
        while keys[place] != 0, keys[place] != id { place = (place + 1) & mask }
        keys[place] = id
        slots[place] = slot
    }

    /// -1 for an id that is not there.
    @inline(__always)
    func slot(of id: UInt64) -> Int32 {
        guard id != 0 else { return zeroSlot }
        var place = Int(truncatingIfNeeded: id) & mask
        while keys[place] != 0 {
            if keys[place] == id { return slots[place] }
            place = (place + 1) & mask
        }
        return -1
    }
}
