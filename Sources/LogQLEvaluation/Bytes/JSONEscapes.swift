/// Backslash escapes within JSON strings, RFC 8259 section 7.
enum JSONEscapes {
    /// The text that is meant; nil for an escape that there is none of, and for half a surrogate pair.
    ///
    /// - Parameters:
    ///   - bytes: between the quotes.
    ///   - isLenient: as logfmt has it: `\'` is an escape too, half a pair is U+FFFD, a control character or a quote is
    ///     an error.
    static func unescape(_ bytes: ByteSlice, _ scratch: ByteArena, isLenient: Bool = false) -> ByteSlice? {
        // An escape is never shorter than what it stands for: `\u0800` makes three bytes of six. Half a pair, two.
        let target = scratch.reserve(bytes.count)
        var written = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                if isLenient, byte < 0x20 || byte == UInt8(ascii: "\"") { return nil }
                target[written] = byte
                written += 1
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { return nil }
            let plain: UInt8
            switch bytes[index + 1] {
            case UInt8(ascii: "\""): plain = UInt8(ascii: "\"")
            case UInt8(ascii: "\\"): plain = UInt8(ascii: "\\")
            case UInt8(ascii: "/"): plain = UInt8(ascii: "/")
            case UInt8(ascii: "'") where isLenient: plain = UInt8(ascii: "'")
            case UInt8(ascii: "b"): plain = 0x08
            case UInt8(ascii: "f"): plain = 0x0C
            case UInt8(ascii: "n"): plain = 0x0A
            case UInt8(ascii: "r"): plain = 0x0D
            case UInt8(ascii: "t"): plain = 0x09
            case UInt8(ascii: "u"):
                guard let (scalar, length) = scalar(bytes, index, isLenient: isLenient) else { return nil }
                written += encode(scalar, target + written)
                index += length
                continue
            default: return nil
            }
            target[written] = plain
            written += 1
            index += 2
        }
        return scratch.commit(written)
    }

    private static func scalar(_ bytes: ByteSlice, _ index: Int, isLenient: Bool) -> (UInt32, Int)? {
        guard let first = unit(bytes, index) else { return nil }
        guard (0xD800...0xDFFF).contains(first) else { return (first, 6) }
        if first < 0xDC00, let second = unit(bytes, index + 6), (0xDC00...0xDFFF).contains(second) {
            return (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), 12)
        }
        return isLenient ? (0xFFFD, 6) : nil
    }

    /// The number of `\uXXXX`.
    private static func unit(_ bytes: ByteSlice, _ index: Int) -> UInt32? {
        guard bytes.count - index >= 6, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for offset in 2..<6 {
            let byte = bytes[index + offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func encode(_ scalar: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
        switch scalar {
        case 0..<0x80:
            target[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        case 0x80..<0x800:
            target[0] = 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6)
            target[1] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
            return 2
        case 0x800..<0x10000:
            target[0] = 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12)
            target[1] = 0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F)
            target[2] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
            return 3
        default:
            target[0] = 0xF0 | UInt8(truncatingIfNeeded: scalar >> 18)
            target[1] = 0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F)
            target[2] = 0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F)
            target[3] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
            return 4
        }
    }
}
