/// Numbers for 64-bit names, such as ids, in the order in which they are given.
///
/// Open addressing over flat memory: what is known costs some nanoseconds and allocates nothing.
struct NumberTable {
    /// Pairs of name and number; a number of -1 marks a free place. The count of pairs is a power of two.
    private var names: [UInt64]
    private var numbers: [Int32]
    private(set) var count = 0

    init() {
        names = [UInt64](repeating: 0, count: 64)
        numbers = [Int32](repeating: -1, count: 64)
    }

    func number(of name: UInt64) -> Int32? {
        let mask = names.count - 1
        var place = Self.place(name, mask)
        while numbers[place] >= 0 {
            if names[place] == name { return numbers[place] }
            place = (place + 1) & mask
        }
        return nil
    }

    /// - Parameter name: one that has no number.
    mutating func insert(_ name: UInt64, _ number: Int32) {
        if count * 2 >= names.count { grow() }
        put(name, number)
        count += 1
    }

    /// Gives a name that has a number another one.
    mutating func replace(_ name: UInt64, _ number: Int32) {
        let mask = names.count - 1
        var place = Self.place(name, mask)
        while numbers[place] >= 0 {
            if names[place] == name {
                numbers[place] = number
                return
            }
            place = (place + 1) & mask
        }
    }

    mutating func removeAll() {
        guard count > 0 else { return }
        if names.count > 1 << 16 {
            self = NumberTable()
        } else {
            for place in numbers.indices { numbers[place] = -1 }
            count = 0
        }
    }

    private mutating func grow() {
        let (oldNames, oldNumbers) = (names, numbers)
        names = [UInt64](repeating: 0, count: oldNames.count * 2)
        numbers = [Int32](repeating: -1, count: oldNames.count * 2)
        for place in oldNames.indices where oldNumbers[place] >= 0 { put(oldNames[place], oldNumbers[place]) }
    }

    private mutating func put(_ name: UInt64, _ number: Int32) {
        let mask = names.count - 1
        var place = Self.place(name, mask)
        while numbers[place] >= 0 { place = (place + 1) & mask }
        names[place] = name
        numbers[place] = number
    }

    /// Names are hashes, but some share their upper bits.
    @inline(__always)
    private static func place(_ name: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (name &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }
}
