/// Finds a series' slot by a hash: open addressing with linear probing, at most half full.
///
/// Growing moves 24 bytes for each entry and hashes nothing, so that even with 100,000 entries it takes about a
/// millisecond: the receiving thread cannot be away for longer.
struct SeriesIndex: Sendable {
    struct Entry: BitwiseCopyable {
        var high: UInt64 = 0
        var low: UInt64 = 0
        /// Below zero: a free place.
        var slot: Int32 = -1
        var generation: UInt32 = 0
    }

    private static let sizeMin = 1024

    private(set) var count = 0
    private var entries: [Entry]
    private var mask: Int

    init() {
        entries = [Entry](repeating: Entry(), count: Self.sizeMin)
        mask = Self.sizeMin - 1
    }

    /// The entry with this hash, whatever its generation; nil when there is none.
    @inline(__always)
    func find(_ hash: LineHash.Value) -> (slot: Int32, generation: UInt32)? {
        var place = Int(truncatingIfNeeded: hash.low) & mask
        while true {
            let entry = entries[place]
            if entry.slot < 0 { return nil }
            if entry.high == hash.high, entry.low == hash.low { return (entry.slot, entry.generation) }
            place = (place + 1) & mask
        }
    }

    /// Adds an entry, or gives the one with this hash another slot.
    mutating func set(_ hash: LineHash.Value, slot: Int32, generation: UInt32) {
        if count * 2 >= entries.count { grow() }
        put(Entry(high: hash.high, low: hash.low, slot: slot, generation: generation))
    }

    mutating func remove(_ hash: LineHash.Value) {
        var place = Int(truncatingIfNeeded: hash.low) & mask
        while true {
            let entry = entries[place]
            if entry.slot < 0 { return }
            if entry.high == hash.high, entry.low == hash.low { break }
            place = (place + 1) & mask
        }
        count -= 1
        // Entries after it move back, so that no probe ends at a hole before what it looks for.
        var hole = place
        var next = (hole + 1) & mask
        while entries[next].slot >= 0 {
            let home = Int(truncatingIfNeeded: entries[next].low) & mask
            if (next - home) & mask >= (next - hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        entries[hole] = Entry()
    }

    mutating func removeAll() { self = SeriesIndex() }

    private mutating func put(_ entry: Entry) {
        var place = Int(truncatingIfNeeded: entry.low) & mask
        while entries[place].slot >= 0 {
            if entries[place].high == entry.high, entries[place].low == entry.low {
                entries[place] = entry
                return
            }
            place = (place + 1) & mask
        }
        entries[place] = entry
        count += 1
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: old.count * 2)
        mask = entries.count - 1
        count = 0
        for entry in old where entry.slot >= 0 { put(entry) }
    }
}
