import PrometheusModel
import TelemetryModel

/// Label sets by their keys, each with a slot: a small number that stays as long as the label set lives.
///
/// - Bound: `limit` slots. A label set beyond it is refused, until others were idle for long enough to be removed.
struct SlotTable: Sendable {
    struct Slot: Sendable {
        var isUsed = false
        var hash: UInt64 = 0
        var key: [UInt8] = []
        var labels = LabelTemplate()
        /// What it was before the first change since the last emission has been kept.
        var hasBefore = false
        /// One bit for each metric of which a sample was emitted.
        var emitted: UInt16 = 0
        /// The same before the last emission.
        var emittedBefore: UInt16 = 0
        /// Time of the last emission of this slot, milliseconds; 0 for none.
        var lastEmission: Int64 = 0
        /// Time of the last emission that found a change.
        var lastChange: Int64 = 0
    }

    /// What an emission does with a slot.
    enum Visit {
        case skip
        case emit
        /// The last sample: the slot is removed then.
        case end
    }

    let limit: Int
    private(set) var slots: [Slot] = []
    private(set) var usedCount = 0
    /// Apart from the slots, because it is written for each span.
    private var changed: [Bool] = []
    private var free: [Int32] = []
    /// Slots whose keys are not ASCII only, by labels: texts that Unicode takes for the same in spite of other bytes
    /// are one label set, as they are to whoever compares labels.
    private var unicode: [Labels: Int] = [:]
    /// Slot + 1 by hash, 0 = empty; the length is a power of two.
    private var index = [Int32](repeating: 0, count: 256)

    /// Differs in each process, so that a sender cannot choose keys that all fall into one place.
    private static let seed = UInt64.random(in: .min ... .max)

    init(limit: Int) {
        self.limit = max(0, min(limit, 1 << 24))
    }

    static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(seed)
        hash.combine(UnsafeRawBufferPointer(key))
        return hash.finalize()
    }

    func find(_ key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int? {
        let mask = index.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while index[place] != 0 {
            let number = Int(index[place] - 1)
            if slots[number].hash == hash, slots[number].key.count == key.count,
                slots[number].key.withUnsafeBufferPointer({ TextIndex.equal($0, key) })
            {
                return number
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// A slot for a key that was not found; nil when there are too many.
    mutating func insert(
        _ key: UnsafeBufferPointer<UInt8>, hash: UInt64, labels: LabelTemplate
    ) -> (slot: Int, isNew: Bool)? {
        let isUnicode = key.contains { $0 >= 0x80 }
        if isUnicode, let known = unicode[labels.plain] { return (known, false) }
        guard usedCount < limit else { return nil }
        usedCount += 1
        let number: Int
        if let reused = free.popLast() {
            number = Int(reused)
        } else {
            number = slots.count
            slots.append(Slot())
            changed.append(false)
        }
        slots[number] = Slot(isUsed: true, hash: hash, key: Array(key), labels: labels)
        changed[number] = false
        if isUnicode { unicode[labels.plain] = number }
        if usedCount * 2 > index.count { rebuildIndex(index.count * 2) } else { place(number) }
        return (number, true)
    }

    /// True when this is the first change since the last emission; after a pause then, what it was before is needed to
    /// say when the change was, and the caller keeps it.
    @inline(__always)
    mutating func touch(_ slot: Int, lastTick: Int64) -> Bool {
        if changed[slot] { return false }
        return noteChange(slot, lastTick)
    }

    @inline(never)
    private mutating func noteChange(_ slot: Int, _ lastTick: Int64) -> Bool {
        changed[slot] = true
        guard slots[slot].lastEmission != 0, slots[slot].lastEmission < lastTick else { return false }
        slots[slot].hasBefore = true
        return true
    }

    /// Milliseconds.
    mutating func visit(_ slot: Int, tick: Int64, repeatAfter: Int64, endAfter: Int64) -> Visit {
        guard slots[slot].isUsed else { return .skip }
        if changed[slot] {
            slots[slot].lastChange = tick
            return .emit
        }
        if tick - slots[slot].lastChange >= endAfter { return .end }
        return tick - slots[slot].lastEmission >= repeatAfter ? .emit : .skip
    }

    mutating func wasEmitted(_ slot: Int, tick: Int64, metrics: UInt16) {
        changed[slot] = false
        slots[slot].hasBefore = false
        slots[slot].lastEmission = tick
        slots[slot].emittedBefore = slots[slot].emitted
        slots[slot].emitted |= metrics
    }

    /// The samples of an emission were not taken: their slots come with the next one.
    mutating func takeBack(_ range: Range<Int>, tick: Int64) {
        for slot in range where slots[slot].isUsed && slots[slot].lastEmission == tick {
            slots[slot].emitted = slots[slot].emittedBefore
            changed[slot] = true
        }
    }

    mutating func remove(_ slot: Int) {
        unplace(slot)
        if slots[slot].key.contains(where: { $0 >= 0x80 }) { unicode[slots[slot].labels.plain] = nil }
        slots[slot] = Slot()
        free.append(Int32(slot))
        usedCount -= 1
    }

    // MARK: Index

    private mutating func place(_ slot: Int) {
        let mask = index.count - 1
        var place = Int(truncatingIfNeeded: slots[slot].hash) & mask
        while index[place] != 0 { place = (place + 1) & mask }
        index[place] = Int32(slot + 1)
    }

    private mutating func rebuildIndex(_ length: Int) {
        index = [Int32](repeating: 0, count: length)
        for slot in slots.indices where slots[slot].isUsed { place(slot) }
    }

    /// Removes by moving those behind it up, so that a search ends at an empty place.
    private mutating func unplace(_ slot: Int) {
        let mask = index.count - 1
        var hole = Int(truncatingIfNeeded: slots[slot].hash) & mask
        while index[hole] != Int32(slot + 1) { hole = (hole + 1) & mask }
        index[hole] = 0
        var place = (hole + 1) & mask
        while index[place] != 0 {
            let home = Int(truncatingIfNeeded: slots[Int(index[place] - 1)].hash) & mask
            if (place - home) & mask >= (place - hole) & mask {
                index[hole] = index[place]
                index[place] = 0
                hole = place
            }
            place = (place + 1) & mask
        }
    }
}

/// The labels of a slot, with places for the metric's name and the bound of a bucket.
struct LabelTemplate: Sendable {
    /// With a name that stands for all.
    let plain: Labels
    private let withBound: [Label]
    private let namePlace: Int
    private let boundedNamePlace: Int
    private let boundPlace: Int

    init() { self.init([]) }

    /// - Parameter labels: in any order; of two with one name the later stays, an empty value is no label.
    init(_ labels: [Label]) {
        plain = Labels(labels + [Label(Labels.nameLabel, "-")])
        withBound = Labels(labels + [Label(Labels.nameLabel, "-"), Label("le", "-")]).entries
        namePlace = plain.entries.firstIndex { $0.name == Labels.nameLabel } ?? 0
        boundedNamePlace = withBound.firstIndex { $0.name == Labels.nameLabel } ?? 0
        boundPlace = withBound.firstIndex { $0.name == "le" } ?? 0
    }

    func named(_ name: Label) -> Labels {
        var labels = plain.entries
        labels[namePlace] = name
        return Labels(sorted: labels)
    }

    func named(_ name: Label, bound: Label) -> Labels {
        var labels = withBound
        labels[boundedNamePlace] = name
        labels[boundPlace] = bound
        return Labels(sorted: labels)
    }
}
