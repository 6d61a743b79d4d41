/// What parsers do with values that are no good UTF-8.
enum UTF8Repair {
    /// Loki: the replacement character is refused later on, so each one, and each byte that is no UTF-8, becomes a
    /// space.
    @inline(__always)
    static func spaced(_ bytes: ByteSlice, _ scratch: ByteArena) -> ByteSlice {
        for byte in bytes where byte >= 0x80 { return spacedSlowly(bytes, scratch) }
        return bytes
    }

    @inline(never)
    static func spacedSlowly(_ bytes: ByteSlice, _ scratch: ByteArena) -> ByteSlice {
        guard needsSpaces(bytes) else { return bytes }
        let target = scratch.reserve(bytes.count)
        var written = 0
        var index = 0
        while index < bytes.count {
            let length = scalarLength(bytes, index)
            if length == 0 || isReplacement(bytes, index, length) {
                target[written] = 0x20
                written += 1
                index += max(1, length)
                continue
            }
            for offset in 0..<length { target[written + offset] = bytes[index + offset] }
            written += length
            index += length
        }
        return scratch.commit(written)
    }

    static func needsSpaces(_ bytes: ByteSlice) -> Bool {
        var index = 0
        while index < bytes.count {
            let length = scalarLength(bytes, index)
            if length == 0 || isReplacement(bytes, index, length) { return true }
            index += length
        }
        return false
    }

    private static func isReplacement(_ bytes: ByteSlice, _ index: Int, _ length: Int) -> Bool {
        length == 3 && bytes[index] == 0xEF && bytes[index + 1] == 0xBF && bytes[index + 2] == 0xBD
    }

    /// Bytes of the scalar that begins at an index; 0 when none does.
    ///
    /// - Spec: Unicode 15, table 3-7.
    @inline(__always)
    static func scalarLength(_ bytes: ByteSlice, _ index: Int) -> Int {
        let first = bytes[index]
        if first < 0x80 { return 1 }
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, low) = (3, 0xA0)
        case 0xED: (length, high) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, low) = (4, 0x90)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, high) = (4, 0x8F)
        default: return 0
        }
        guard bytes.count - index >= length, bytes[index + 1] >= low, bytes[index + 1] <= high else { return 0 }
        for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
