/// Gives each distinct text a small index, in order of first appearance. Open addressing over the stored bytes: a text
/// that is known costs one hash and one comparison and allocates nothing.
// Sendable: filled by the one task that owns the block, read-only afterwards.
package final class StringInterner: @unchecked Sendable {
    package let values = StringColumn()
    /// Index + 1 of the text in each slot, 0 = free; the length is a power of two.
    private var slots: [Int32]

    package init() {
        slots = [Int32](repeating: 0, count: 64)
    }

    package func index(of text: String) -> Int32 {
        var text = text
        return text.withUTF8 { index(ofUTF8: $0) }
    }

    package func index(ofUTF8 text: UnsafeBufferPointer<UInt8>) -> Int32 {
        var slot = Int(truncatingIfNeeded: hash(text)) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = slots[slot] - 1
            if equal(values.utf8(at: Int(index)), text) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = Int32(values.count)
        values.append(utf8: text)
        slots[slot] = index + 1
        if values.count * 2 > slots.count { rehash() }
        return index
    }

    private func rehash() {
        var larger = [Int32](repeating: 0, count: slots.count * 2)
        for index in 0..<values.count {
            var slot = Int(truncatingIfNeeded: hash(values.utf8(at: index))) & (larger.count - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = Int32(index) + 1
        }
        slots = larger
    }

    private func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }

    /// Reads eight bytes at a time and mixes by multiplication; not meant to withstand chosen keys beyond what linear
    /// probing over a half-empty table does, and a block's table lives for a second only.
    private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
        let raw = UnsafeRawBufferPointer(text)
        var position = 0
        while position + 8 <= raw.count {
            state = mix(state ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var tail: UInt64 = 0
        while position < raw.count {
            tail = tail << 8 | UInt64(raw[position])
            position += 1
        }
        return mix(state ^ tail)
    }

    private func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
