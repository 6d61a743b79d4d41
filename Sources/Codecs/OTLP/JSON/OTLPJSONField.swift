/// The fields of one message: an enum whose case names are the keys of the JSON mapping, `startTimeUnixNano`.
///
/// The cases break Swift's naming of acronyms (`traceId`), because they are the wire format.
protocol OTLPJSONField: CaseIterable, Hashable, RawRepresentable, Sendable where RawValue == String {
    static var table: OTLPJSONFieldTable<Self> { get }
}

/// Finds the field of a key from the key's bytes, without making a string.
///
/// A small hash table with linear probing. The hash looks at three bytes only, since the comparison decides.
struct OTLPJSONFieldTable<Field: OTLPJSONField>: Sendable {
    struct Match {
        let field: Field
        /// The field's own bit in a set of fields.
        let bit: UInt64
        /// Whether the key was spelled as in the proto file: `start_time_unix_nano`.
        let isProtoName: Bool
    }

    private struct Slot {
        let key: [UInt8]
        let match: Match
    }

    /// Four slots for each field, so that with both of its spellings at least half of them are free.
    private let slots: [Slot?]

    init() {
        precondition(Field.allCases.count <= UInt64.bitWidth, "each field needs a bit of its own")
        var slots = [Slot?](repeating: nil, count: max(4, Field.allCases.count * 4))
        func insert(_ key: [UInt8], _ match: Match) {
            var index = key.withUnsafeBufferPointer { Self.hash(of: $0) } % slots.count
            while slots[index] != nil {
                index = (index + 1) % slots.count
            }
            slots[index] = Slot(key: key, match: match)
        }
        for (index, field) in Field.allCases.enumerated() {
            let bit = UInt64(1) << UInt64(index)
            let key = Array(field.rawValue.utf8)
            let protoName = Self.protoName(of: key)
            insert(key, Match(field: field, bit: bit, isProtoName: false))
            if protoName != key {
                insert(protoName, Match(field: field, bit: bit, isProtoName: true))
            }
        }
        self.slots = slots
    }

    func match(_ key: UnsafeBufferPointer<UInt8>) -> Match? {
        guard !key.isEmpty else { return nil }
        var index = Self.hash(of: key) % slots.count
        while let slot = slots[index] {
            if slot.key.count == key.count, slot.key.elementsEqual(key) { return slot.match }
            index += 1
            if index == slots.count { index = 0 }
        }
        return nil
    }

    /// `key` is not empty.
    private static func hash(of key: UnsafeBufferPointer<UInt8>) -> Int {
        key.count &+ 3 &* Int(key[0]) &+ 7 &* Int(key[key.count - 1]) &+ 13 &* Int(key[key.count / 2])
    }

    /// `startTimeUnixNano` → `start_time_unix_nano`, the inverse of what the proto3 JSON mapping does to field names.
    private static func protoName(of key: [UInt8]) -> [UInt8] {
        var name: [UInt8] = []
        for byte in key {
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
                name.append(UInt8(ascii: "_"))
                name.append(byte | 0x20)
            } else {
                name.append(byte)
            }
        }
        return name
    }
}
