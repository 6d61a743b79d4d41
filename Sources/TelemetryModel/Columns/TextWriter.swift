/// The end of a `StringColumn`: a handle like `GrowableBuffer`, valid as long as the column.
package struct TextWriter: Sendable {
    package let offsets: GrowableBuffer<Int32>
    package let bytes: GrowableBuffer<UInt8>

    @inlinable package init(offsets: GrowableBuffer<Int32>, bytes: GrowableBuffer<UInt8>) {
        self.offsets = offsets
        self.bytes = bytes
    }

    @inlinable @inline(__always) package func append(utf8 text: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: text)
        closeRow()
    }

    /// Ends a row whose text was written to the end of `bytes`.
    @inlinable @inline(__always) package func closeRow() {
        // The texts of a block come from bodies within the ingest memory budget, far below 2 GiB, so an offset fits.
        offsets.append(Int32(bytes.count))
    }

    @inlinable @inline(__always) package var count: Int { offsets.count - 1 }

    @inlinable @inline(__always) package func utf8(at row: Int) -> UnsafeBufferPointer<UInt8> {
        let start = Int(offsets[row])
        return UnsafeBufferPointer(rebasing: bytes.elements[start..<Int(offsets[row + 1])])
    }
}

/// The distinct texts of a `StringInterner`: a handle, valid as long as the interner.
package struct TextIndex: Sendable {
    package let texts: TextWriter
    /// Index + 1 of the text in each slot, 0 = free; the length is a power of two.
    @usableFromInline let slots: GrowableBuffer<Int32>
    @usableFromInline let seed: UInt64

    /// The index of a text; one that is not known becomes the last.
    package func index(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(text)) & mask
        while slots[slot] != 0 {
            let index = slots[slot] - 1
            if Self.equal(texts.utf8(at: Int(index)), text) { return index }
            slot = (slot + 1) & mask
        }
        let index = Int32(texts.count)
        texts.append(utf8: text)
        slots.base[slot] = index + 1
        if texts.count * 2 > slots.count { rehash() }
        return index
    }

    /// The same when the text is probably the one at `hint`, which costs a comparison instead of a hash.
    @inlinable @inline(__always) package func index(of text: UnsafeBufferPointer<UInt8>, hint: Int32) -> Int32 {
        if hint >= 0, Int(hint) < texts.count, Self.equal(texts.utf8(at: Int(hint)), text) { return hint }
        return index(of: text)
    }

    func forget() {
        texts.bytes.truncate(to: 0)
        texts.offsets.truncate(to: 1)
        slots.fill(slots.count, with: 0)
    }

    @inline(never) private func rehash() {
        slots.fill(slots.count * 2, with: 0)
        let mask = slots.count - 1
        for index in 0..<texts.count {
            var slot = Int(truncatingIfNeeded: hash(texts.utf8(at: index))) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots.base[slot] = Int32(index) + 1
        }
    }

    /// Compares eight bytes at a time.
    @inlinable @inline(__always) package static func equal(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        guard let left = UnsafeRawBufferPointer(left).baseAddress, let right = UnsafeRawBufferPointer(right).baseAddress
        else { return true }
        return equal(left, right, count)
    }

    /// Same length.
    @inlinable static func equal(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
        guard count >= 8 else {
            for offset in 0..<count
            where left.load(fromByteOffset: offset, as: UInt8.self)
                != right.load(fromByteOffset: offset, as: UInt8.self)
            {
                return false
            }
            return true
        }
        var offset = 0
        while offset + 8 < count {
            guard
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset += 8
        }
        // The last eight bytes, some of them for the second time.
        return left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    }

    /// Reads eight bytes at a time and mixes by multiplication.
    private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = seed ^ UInt64(text.count)
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
