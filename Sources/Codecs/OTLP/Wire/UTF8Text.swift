/// Checks of UTF-8 that copy nothing.
enum UTF8Text {
    /// Eight ASCII bytes at a time; anything else is looked at byte by byte.
    @inline(__always)
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return true }
        let raw = UnsafeRawPointer(start)
        let count = text.count
        var position = 0
        while position + 8 <= count {
            if raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
                return isValid(text, from: position)
            }
            position += 8
        }
        while position < count {
            if start[position] >= 0x80 { return isValid(text, from: position) }
            position += 1
        }
        return true
    }

    /// Spec: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
    @inline(never)
    private static func isValid(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var position = start
        while position < text.count {
            let first = text[position]
            position += 1
            if first < 0x80 { continue }
            let length: Int
            // The second byte's range keeps overlong forms, surrogates and values past U+10FFFF out.
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch first {
            case 0xC2...0xDF: length = 1
            case 0xE0: (length, second) = (2, 0xA0...0xBF)
            case 0xED: (length, second) = (2, 0x80...0x9F)
            case 0xE1...0xEF: length = 2
            case 0xF0: (length, second) = (3, 0x90...0xBF)
            case 0xF4: (length, second) = (3, 0x80...0x8F)
            case 0xF1...0xF3: length = 3
            default: return false
            }
            guard position + length <= text.count, second.contains(text[position]) else { return false }
            for offset in 1..<length where !(0x80...0xBF).contains(text[position + offset]) { return false }
            position += length
        }
        return true
    }
}
