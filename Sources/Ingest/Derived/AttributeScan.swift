import TelemetryModel

/// Finds the values of a few attributes in the rows of a block, by the block's own numbers of its keys.
struct AttributeScan: Sendable {
    /// The attributes that are looked for, each once.
    let keys: [String]
    private let keyBytes: [[UInt8]]
    /// By number of the key in the present block: which of `keys` it is, plus one; 0 for all others.
    private var roles: [UInt8] = []
    /// By place in `keys`: the value's row in the column of values; -1 when the attribute is not there.
    private(set) var found: [Int32]
    private var foundAny = false

    /// Attributes that are looked for; more are cut off.
    static let keysMax = 200

    init(_ keys: [String]) {
        var distinct: [String] = []
        for key in keys where !distinct.contains(key) && distinct.count < Self.keysMax { distinct.append(key) }
        self.keys = distinct
        keyBytes = distinct.map { Array($0.utf8) }
        found = Array(repeating: -1, count: distinct.count)
    }

    /// Nil when it is not looked for.
    func place(of key: String) -> Int? { keys.firstIndex(of: key) }

    mutating func begin(_ columns: AttributeColumns) {
        let texts = columns.text.keys.interner.values
        roles.removeAll(keepingCapacity: true)
        var lengths: UInt64 = 0
        for key in keyBytes { lengths |= 1 << UInt64(min(key.count, 63)) }
        for number in 0..<texts.count {
            let text = texts.utf8(at: number)
            var role = 0
            if lengths & (1 << UInt64(min(text.count, 63))) != 0 {
                let place = keyBytes.firstIndex { $0.withUnsafeBufferPointer { TextIndex.equal($0, text) } }
                role = place.map { $0 + 1 } ?? 0
            }
            roles.append(UInt8(truncatingIfNeeded: role))
        }
    }

    /// Fills `found` with what the row has; of two values of one key the first counts, and an empty one is none.
    @inline(__always)
    mutating func scan(_ row: Int, _ columns: AttributeColumns) {
        if foundAny {
            for place in found.indices { found[place] = -1 }
            foundAny = false
        }
        let offsets = columns.text.offsets
        let (start, end) = (Int(offsets[row]), Int(offsets[row + 1]))
        let numbers = columns.text.keys.indexes.elements
        guard end <= numbers.count else { return }
        for entry in start..<end {
            let role = Int(roles[Int(numbers[entry])])
            if role != 0 { note(role - 1, entry, columns.text.values) }
        }
    }

    private mutating func note(_ place: Int, _ entry: Int, _ values: StringColumn) {
        guard found[place] < 0, !values.utf8(at: entry).isEmpty else { return }
        found[place] = Int32(entry)
        foundAny = true
    }

    /// The first of some attributes that the scanned row has.
    func first(of places: [Int], in columns: AttributeColumns) -> String? {
        for place in places where found[place] >= 0 {
            return SpanText.bounded(columns.text.values.utf8(at: Int(found[place])))
        }
        return nil
    }
}
