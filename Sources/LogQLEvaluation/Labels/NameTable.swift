/// Names of labels by number, so that a line's labels are compared by number. Names that the query itself says come
/// first; those are never forgotten.
struct NameTable {
    /// No name: of a key that nothing is left of, or that nobody asks for.
    static let none: Int32 = -1
    /// Keys as they stand in lines that are remembered with their names.
    private static let keysMax = 1 << 16

    struct Entry {
        let text: ByteSlice
        let hash: UInt64
        /// The number of `<name>_extracted`.
        var extracted = NameTable.none
        /// Whether the outcome depends on it; see `LabelHints`.
        var isRequired = false
    }

    private struct Key {
        let text: ByteSlice
        let hash: UInt64
        let name: Int32
    }

    private(set) var entries: [Entry] = []
    private var buckets: [Int32]
    private var keys: [Key] = []
    private var keyBuckets: [Int32]
    private let arena = ByteArena()
    /// When it is false, names that are not here yet are of no interest: `find` and `name(ofKey:)` add none.
    var learnsKeys = true

    init() {
        buckets = [Int32](repeating: -1, count: 256)
        keyBuckets = [Int32](repeating: -1, count: 256)
    }

    var count: Int { entries.count }

    func text(_ name: Int32) -> String { entries[Int(name)].text.text }

    mutating func require(_ name: Int32) { entries[Int(name)].isRequired = true }

    mutating func intern(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { intern($0) }
    }

    mutating func intern(_ text: ByteSlice) -> Int32 {
        let hash = ByteHash.hash(text)
        if let found = find(text, hash) { return found }
        let number = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(text: arena.copy(text), hash: hash))
        if entries.count * 2 > buckets.count {
            buckets = Self.rebuilt(buckets.count * 2, entries.lazy.map(\.hash))
        } else {
            Self.insert(number, hash, &buckets)
        }
        return number
    }

    /// The number of a name that is there.
    func find(_ text: ByteSlice) -> Int32? { find(text, ByteHash.hash(text)) }

    private func find(_ text: ByteSlice, _ hash: UInt64) -> Int32? {
        let mask = buckets.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while buckets[place] >= 0 {
            let number = buckets[place]
            let entry = entries[Int(number)]
            if entry.hash == hash, entry.text.isSame(as: text) { return number }
            place = (place + 1) & mask
        }
        return nil
    }

    /// `<name>_extracted`
    mutating func extracted(_ name: Int32) -> Int32 {
        let known = entries[Int(name)].extracted
        if known >= 0 { return known }
        let number = intern(Array(entries[Int(name)].text) + Array("_extracted".utf8))
        entries[Int(name)].extracted = number
        return number
    }

    private mutating func intern(_ bytes: [UInt8]) -> Int32 { bytes.withUnsafeBufferPointer { intern($0) } }

    /// A sanitised text as a name: added when names are learned, else only looked for.
    mutating func name(sanitized text: ByteSlice) -> Int32 {
        if text.isEmpty { return Self.none }
        return learnsKeys ? intern(text) : (find(text) ?? Self.none)
    }

    // MARK: Keys

    /// The name that a key of a line makes, `none` when it makes none.
    ///
    /// - Returns: also the key's own number, by which `isKey` knows it again, -1 when it is not remembered.
    mutating func name(ofKey key: ByteSlice, _ scratch: ByteArena) -> (name: Int32, key: Int32) {
        let hash = ByteHash.hash(key)
        let mask = keyBuckets.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while keyBuckets[place] >= 0 {
            let number = keyBuckets[place]
            let entry = keys[Int(number)]
            if entry.hash == hash, entry.text.isSame(as: key) { return (entry.name, number) }
            place = (place + 1) & mask
        }
        let name = name(sanitized: LabelNameText.sanitized(key, scratch))
        guard keys.count < Self.keysMax else { return (name, -1) }
        let number = Int32(truncatingIfNeeded: keys.count)
        keys.append(Key(text: arena.copy(key), hash: hash, name: name))
        if keys.count * 2 > keyBuckets.count {
            keyBuckets = Self.rebuilt(keyBuckets.count * 2, keys.lazy.map(\.hash))
        } else {
            Self.insert(number, hash, &keyBuckets)
        }
        return (name, number)
    }

    /// The name of a key by its number, when this is the key.
    @inline(__always)
    func name(ofKey key: ByteSlice, guess: Int32) -> Int32? {
        let entry = keys[Int(guess)]
        return entry.text.isSame(as: key) ? entry.name : nil
    }

    private static func insert(_ number: Int32, _ hash: UInt64, _ buckets: inout [Int32]) {
        let mask = buckets.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while buckets[place] >= 0 { place = (place + 1) & mask }
        buckets[place] = number
    }

    private static func rebuilt(_ count: Int, _ hashes: some Sequence<UInt64>) -> [Int32] {
        var buckets = [Int32](repeating: -1, count: count)
        for (number, hash) in hashes.enumerated() { insert(Int32(truncatingIfNeeded: number), hash, &buckets) }
        return buckets
    }
}
