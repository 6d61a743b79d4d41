import TelemetryModel

/// Finds the first row of a span id: open addressing over the column of ids, 4 bytes a slot.
///
/// A dictionary of a million ids would need four times the memory and time. Ids are chosen by senders, so the hash is
/// keyed with this process's random seed: nobody can choose ids that all fall into one place.
struct SpanIDTable {
    private static let empty = UInt32.max

    private let mask: Int
    private let seed: UInt64
    private var slots: [UInt32]

    /// - Parameter each: called with each row that is not the first of its id.
    /// - Cost: linear on average. A zero id stands for "none" and is left out.
    init(_ ids: [SpanID], eachDuplicate each: (Int) -> Void) {
        var capacity = 16
        while capacity < ids.count * 2 { capacity *= 2 }
        mask = capacity - 1
        var hasher = Hasher()
        hasher.combine(capacity)
        seed = UInt64(bitPattern: Int64(hasher.finalize()))
        slots = Array(repeating: Self.empty, count: capacity)
        for row in ids.indices where !ids[row].isZero {
            var slot = place(of: ids[row])
            while slots[slot] != Self.empty, ids[Int(slots[slot])] != ids[row] { slot = (slot + 1) & mask }
            if slots[slot] == Self.empty {
                slots[slot] = UInt32(truncatingIfNeeded: row)
            } else {
                each(row)
            }
        }
    }

    /// - Parameter ids: the column that the table was made of.
    func row(of id: SpanID, in ids: [SpanID]) -> Int? {
        var slot = place(of: id)
        while slots[slot] != Self.empty {
            let row = Int(slots[slot])
            if ids[row] == id { return row }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func place(of id: SpanID) -> Int {
        let product = (id.value ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let mixed = (product.high ^ product.low) &* (seed | 1)
        return Int(truncatingIfNeeded: mixed >> 20) & mask
    }
}
