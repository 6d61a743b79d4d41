import PromQLEvaluation
import PrometheusModel

/// Takes samples as the store gives them and puts them in order by series and time.
struct SampleCollector {
    private let samples = SampleBuffer()
    /// Histograms by the place of their sample; seldom there.
    private var histograms: [(place: Int, box: HistogramBox)] = []
    private var labels: [Labels] = []
    private var slotOfLabels: [Labels: Int32] = [:]
    private let startExclusive: Int64
    private let end: Int64
    private let samplesMax: Int

    init(startExclusive: Int64, end: Int64, samplesMax: Int) {
        self.startExclusive = startExclusive
        self.end = end
        self.samplesMax = samplesMax
    }

    var sampleCount: Int { samples.count }

    /// A place for a series.
    mutating func addSlot(_ labels: Labels) -> Int32 {
        self.labels.append(labels)
        return Int32(self.labels.count - 1)
    }

    /// The place for these labels; for series that may have several sources, or come from the samples.
    mutating func slot(for labels: Labels) -> Int32 {
        if let known = slotOfLabels[labels] { return known }
        let made = addSlot(labels)
        slotOfLabels[labels] = made
        return made
    }

    /// - Throws: over the limit of samples, in Prometheus' words.
    func checkLimit() throws {
        guard samples.count <= samplesMax else {
            throw QueryError(
                .execution, "query processing would load too many samples into memory in query execution")
        }
    }

    /// Appends rows of numbers, all of them within the range, those of series that nobody wants left out; times in
    /// nanoseconds.
    func append(
        ids: UnsafeBufferPointer<UInt64>, nanoseconds: UnsafeBufferPointer<Int64>,
        values: UnsafeBufferPointer<Double>, slots: inout SlotTable
    ) {
        samples.reserve(ids.count)
        for row in ids.indices {
            let slot = slots.slot(of: ids[row])
            if slot >= 0 { samples.add(slot, Self.milliseconds(nanoseconds[row]), values[row]) }
        }
    }

    /// Appends one sample, unless it is outside the range.
    func append(_ slot: Int32, time: Int64, value: Double) {
        guard slot >= 0, time > startExclusive, time <= end else { return }
        samples.reserve(1)
        samples.add(slot, time, value)
    }

    mutating func append(_ slot: Int32, time: Int64, histogram: NativeHistogram) {
        guard slot >= 0, time > startExclusive, time <= end else { return }
        // A marker ends the series whatever it was.
        if histogram.isStale { return append(slot, time: time, value: StaleMarker.value) }
        histograms.append((samples.count, HistogramBox(histogram)))
        append(slot, time: time, value: 0)
    }

    /// Rounded down; times before 1970 are rare enough to be slow.
    @inline(__always)
    static func milliseconds(_ nanoseconds: Int64) -> Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000 : (nanoseconds &+ 1) / 1_000_000 - 1
    }

    /// The series that have samples.
    func finish() -> SeriesSet {
        var starts = [Int](repeating: 0, count: labels.count + 1)
        for index in 0..<samples.count { starts[Int(samples.slots[index]) + 1] += 1 }
        for slot in labels.indices { starts[slot + 1] += starts[slot] }
        let (times, values, places) = samples.ordered(by: starts, withPlaces: !histograms.isEmpty)
        var boxes: [HistogramBox?] = []
        if !histograms.isEmpty {
            boxes = Array(repeating: nil, count: times.count)
            for (place, box) in histograms { boxes[places[place]] = box }
        }
        var set = SeriesSet()
        if Self.areStrictlyAscending(times, starts) {
            set.times = times
            set.values = values
            set.histograms = boxes
            for slot in labels.indices where starts[slot + 1] > starts[slot] {
                set.labels.append(labels[slot])
                set.bounds.append(starts[slot + 1])
            }
            return set
        }
        set.times.reserveCapacity(times.count)
        set.values.reserveCapacity(times.count)
        for slot in labels.indices where starts[slot + 1] > starts[slot] {
            // Stable, so that of samples with one time the one that came last stays.
            let order = (starts[slot]..<starts[slot + 1]).sorted { (times[$0], $0) < (times[$1], $1) }
            for (place, index) in order.enumerated() {
                if place + 1 < order.count, times[order[place + 1]] == times[index] { continue }
                set.times.append(times[index])
                set.values.append(values[index])
                if !boxes.isEmpty { set.histograms.append(boxes[index]) }
            }
            set.labels.append(labels[slot])
            set.bounds.append(set.times.count)
        }
        return set
    }

    private static func areStrictlyAscending(_ times: [Int64], _ starts: [Int]) -> Bool {
        times.withUnsafeBufferPointer { times in
            for slot in 0..<(starts.count - 1) where starts[slot + 1] - starts[slot] > 1 {
                for index in starts[slot] + 1..<starts[slot + 1] where times[index] <= times[index - 1] { return false }
            }
            return true
        }
    }
}

/// Samples in the order of their arrival: slot, milliseconds, value.
// Sendable: filled by the one read that made it, and only read after that.
private final class SampleBuffer: @unchecked Sendable {
    private(set) var count = 0
    private var capacity = 0
    private(set) var slots: UnsafeMutablePointer<Int32> = .allocate(capacity: 0)
    private var times: UnsafeMutablePointer<Int64> = .allocate(capacity: 0)
    private var values: UnsafeMutablePointer<Double> = .allocate(capacity: 0)

    deinit {
        slots.deallocate()
        times.deallocate()
        values.deallocate()
    }

    func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(count + more, capacity * 2, 1024)
        slots = Self.grown(slots, count, larger)
        times = Self.grown(times, count, larger)
        values = Self.grown(values, count, larger)
        capacity = larger
    }

    private static func grown<Value: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Value>, _ count: Int, _ capacity: Int
    ) -> UnsafeMutablePointer<Value> {
        let new = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
        new.update(from: old, count: count)
        old.deallocate()
        return new
    }

    /// - Precondition: room was reserved.
    @inline(__always)
    func add(_ slot: Int32, _ time: Int64, _ value: Double) {
        slots[count] = slot
        times[count] = time
        values[count] = value
        count += 1
    }

    /// Times and values by slot, each slot's in the order of arrival; with `withPlaces` also where each sample went.
    func ordered(by starts: [Int], withPlaces: Bool) -> (times: [Int64], values: [Double], places: [Int]) {
        var next = starts
        var newValues: [Double] = []
        var places = [Int](repeating: 0, count: withPlaces ? count : 0)
        let newTimes = [Int64](unsafeUninitializedCapacity: count) { timeTarget, timeCount in
            newValues = [Double](unsafeUninitializedCapacity: count) { valueTarget, valueCount in
                next.withUnsafeMutableBufferPointer { next in
                    for index in 0..<count {
                        let slot = Int(slots[index])
                        let place = next[slot]
                        next[slot] = place + 1
                        timeTarget[place] = times[index]
                        valueTarget[place] = values[index]
                        if withPlaces { places[index] = place }
                    }
                }
                valueCount = count
            }
            timeCount = count
        }
        return (newTimes, newValues, places)
    }
}

/// Slots by the id of a stored series: sorted, because rows come sorted, and open addressing for where they do not.
struct SlotTable {
    private let ids: [UInt64]
    private let slots: [Int32]
    /// Places in `ids` plus one; 0 is free.
    private var table: [Int32]
    private let mask: Int
    /// Where the last id was found.
    private var last = 0

    init(_ pairs: [(id: UInt64, slot: Int32)]) {
        let sorted = pairs.sorted { $0.id < $1.id }
        ids = sorted.map(\.id)
        slots = sorted.map(\.slot)
        var size = 16
        while size < sorted.count * 2 { size *= 2 }
        mask = size - 1
        table = [Int32](repeating: 0, count: size)
        for (place, id) in ids.enumerated() {
            var position = Int(truncatingIfNeeded: id) & mask
            while table[position] != 0 { position = (position + 1) & mask }
            table[position] = Int32(place + 1)
        }
    }

    /// -1 for an id that is not there.
    @inline(__always)
    mutating func slot(of id: UInt64) -> Int32 {
        if last < ids.count {
            if ids[last] == id { return slots[last] }
            if last + 1 < ids.count, ids[last + 1] == id {
                last += 1
                return slots[last]
            }
        }
        return find(id)
    }

    @inline(never)
    private mutating func find(_ id: UInt64) -> Int32 {
        var position = Int(truncatingIfNeeded: id) & mask
        while table[position] != 0 {
            let place = Int(table[position]) - 1
            if ids[place] == id {
                last = place
                return slots[place]
            }
            position = (position + 1) & mask
        }
        return -1
    }
}
