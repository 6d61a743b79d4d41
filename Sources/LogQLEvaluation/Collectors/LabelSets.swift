import PrometheusModel

/// Distinct sets of labels, numbered as they come. Two levels: by bytes, where one set may stand several times in
/// different orders and from different streams, and by text.
struct LabelSets {
    struct Part {
        let name: Int32
        let value: ByteSlice
    }

    private struct Known {
        let hash: UInt64
        let stream: Int32
        let parts: Range<Int>
        let set: Int32
    }

    /// Sorted by name.
    private(set) var sets: [[Label]] = []
    private var numbers: [[Label]: Int32] = [:]
    private var known: [Known] = []
    private var parts: [Part] = []
    private var buckets = [Int32](repeating: -1, count: 1024)
    private var arena = ByteArena()

    /// Orders and streams that are remembered at most; then it starts afresh.
    private static let knownMax = 1 << 20

    /// The number of a set.
    ///
    /// - Parameters:
    ///   - stream: whose labels all belong to the set, -1 for none.
    ///   - added: the other labels, each name once.
    ///   - hash: of stream and labels; labels of one set in another order may have another one.
    ///   - labels: the set, made when it is new.
    @inline(__always)
    mutating func number(
        stream: Int32, added: [Part], hash: UInt64, labels: () -> [Label]
    ) -> Int32 {
        let mask = buckets.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while buckets[place] >= 0 {
            let entry = known[Int(buckets[place])]
            if entry.hash == hash, entry.stream == stream, isSame(entry.parts, added) { return entry.set }
            place = (place + 1) & mask
        }
        return add(stream: stream, added: added, hash: hash, labels())
    }

    @inline(__always)
    private func isSame(_ range: Range<Int>, _ added: [Part]) -> Bool {
        guard range.count == added.count else { return false }
        for (index, part) in added.enumerated() {
            let other = parts[range.lowerBound + index]
            guard other.name == part.name, other.value.isSame(as: part.value) else { return false }
        }
        return true
    }

    private mutating func add(stream: Int32, added: [Part], hash: UInt64, _ labels: [Label]) -> Int32 {
        let number: Int32
        if let old = numbers[labels] {
            number = old
        } else {
            number = Int32(truncatingIfNeeded: sets.count)
            sets.append(labels)
            numbers[labels] = number
        }
        if known.count >= Self.knownMax { forget() }
        let start = parts.count
        for part in added { parts.append(Part(name: part.name, value: arena.copy(part.value))) }
        known.append(Known(hash: hash, stream: stream, parts: start..<parts.count, set: number))
        if known.count * 2 > buckets.count {
            buckets = [Int32](repeating: -1, count: buckets.count * 2)
            for (index, entry) in known.enumerated() { insert(Int32(truncatingIfNeeded: index), entry.hash) }
        } else {
            insert(Int32(truncatingIfNeeded: known.count - 1), hash)
        }
        return number
    }

    private mutating func insert(_ index: Int32, _ hash: UInt64) {
        let mask = buckets.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while buckets[place] >= 0 { place = (place + 1) & mask }
        buckets[place] = index
    }

    private mutating func forget() {
        known.removeAll()
        parts.removeAll()
        buckets = [Int32](repeating: -1, count: 1024)
        arena = ByteArena()
    }
}
