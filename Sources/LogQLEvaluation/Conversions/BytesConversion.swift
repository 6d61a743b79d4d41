extension LogQLConversions {
    /// A number of bytes for people: `3B`, `1.5MB`, `20 KiB`, `2,048`, `1g`. Units in any case; those with an `i` are
    /// powers of 1024, the others of 1000; none is bytes.
    ///
    /// - Returns: whole bytes: fractions of one are cut off.
    /// - Spec: go-humanize, `ParseBytes`.
    package static func bytes(_ text: Text) -> UInt64? {
        let (number, unit) = parts(text)
        guard let value = byteNumber(number), let factor = byteFactor(unit) else { return nil }
        let bytes = value * factor
        // NaN cannot come from digits.
        guard bytes < 0x1p64 else { return nil }
        return UInt64(bytes)
    }

    /// Why `bytes` gave nil.
    package static func bytesFailure(_ text: Text) -> String {
        let (number, unit) = parts(text)
        guard byteNumber(number) != nil else {
            let digits = number.filter { $0 != UInt8(ascii: ",") }
            return digits.withUnsafeBufferPointer { numberFailure($0) }
        }
        guard byteFactor(unit) != nil else {
            return "unhandled size name: \(String(decoding: unit, as: UTF8.self).lowercased())"
        }
        return "too large: \(String(decoding: text, as: UTF8.self))"
    }

    private static func parts(_ text: Text) -> (number: Text, unit: Text) {
        var end = 0
        while end < text.count,
            text[end] &- UInt8(ascii: "0") < 10 || text[end] == UInt8(ascii: ".") || text[end] == UInt8(ascii: ",")
        {
            end += 1
        }
        var (start, stop) = (end, text.count)
        while start < stop, isSpace(text[start]) { start += 1 }
        while stop > start, isSpace(text[stop - 1]) { stop -= 1 }
        return (Text(rebasing: text[..<end]), Text(rebasing: text[start..<stop]))
    }

    private static func byteNumber(_ number: Text) -> Double? {
        guard number.contains(UInt8(ascii: ",")) else { return self.number(number) }
        let digits = number.filter { $0 != UInt8(ascii: ",") }
        return digits.withUnsafeBufferPointer { self.number($0) }
    }

    private static func byteFactor(_ unit: Text) -> Double? {
        guard let first = unit.first else { return 1 }
        let power: Double
        switch first | 0x20 {
        case UInt8(ascii: "b"): return unit.count == 1 ? 1 : nil
        case UInt8(ascii: "k"): power = 1
        case UInt8(ascii: "m"): power = 2
        case UInt8(ascii: "g"): power = 3
        case UInt8(ascii: "t"): power = 4
        case UInt8(ascii: "p"): power = 5
        case UInt8(ascii: "e"): power = 6
        default: return nil
        }
        var index = 1
        let isBinary = unit.count > 1 && unit[1] | 0x20 == UInt8(ascii: "i")
        if isBinary { index += 1 }
        if index < unit.count, unit[index] | 0x20 == UInt8(ascii: "b") { index += 1 }
        guard index == unit.count else { return nil }
        let base: Double = isBinary ? 1024 : 1000
        var factor: Double = 1
        for _ in 0..<Int(power) { factor *= base }
        return factor
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
