/// Remembers to which template the lines of a shape belong: an open-addressing table that forgets all when it is full.
struct ShapeCache {
    private var keys: [UInt64]
    private var values: [Int32]
    private var count = 0
    private let countMax: Int

    init(countMax: Int) {
        self.countMax = max(countMax, 1)
        keys = [UInt64](repeating: 0, count: 1 << 10)
        values = [Int32](repeating: 0, count: 1 << 10)
    }

    /// - Parameter hash: any; 0 stands for an empty place and is taken as 1.
    subscript(hash: UInt64) -> Int? {
        let hash = max(hash, 1)
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: hash >> 20) & mask
        while keys[place] != 0 {
            if keys[place] == hash { return Int(values[place]) }
            place = (place + 1) & mask
        }
        return nil
    }

    mutating func insert(_ hash: UInt64, _ value: Int) {
        if count >= countMax { removeAll() }
        if count * 2 >= keys.count { grow() }
        put(max(hash, 1), Int32(value))
    }

    mutating func removeAll() {
        for place in keys.indices { keys[place] = 0 }
        count = 0
    }

    private mutating func put(_ hash: UInt64, _ value: Int32) {
        let mask = keys.count - 1
        var place = Int(truncatingIfNeeded: hash >> 20) & mask
        while keys[place] != 0, keys[place] != hash { place = (place + 1) & mask }
        if keys[place] == 0 { count += 1 }
        keys[place] = hash
        values[place] = value
    }

    private mutating func grow() {
        let old = (keys, values)
        keys = [UInt64](repeating: 0, count: old.0.count * 2)
        values = [Int32](repeating: 0, count: old.0.count * 2)
        count = 0
        for place in old.0.indices where old.0[place] != 0 { put(old.0[place], old.1[place]) }
    }
}
