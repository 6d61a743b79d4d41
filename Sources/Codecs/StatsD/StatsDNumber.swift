/// Decimal numbers of StatsD lines: `[+-]digits[.digits][e[+-]digits]`, no hexadecimal, no `inf`, no `nan`.
enum StatsDNumber {
    /// Longer texts are no numbers that somebody measured.
    private static let bytesMax = 400

    /// Exact powers: a `Double` holds 10^22 and no higher one exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]

    static func hasSign(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        let byte = bytes[range.lowerBound]
        return byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
    }

    /// The nearest `Double`; nil for anything but a finite number.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Double? {
        var position = range.lowerBound
        let end = range.upperBound
        guard position < end, end - position <= bytesMax else { return nil }
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if hasSign(bytes, range) { position += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var isExact = true
        var scale = 0
        while position < end, let digit = digit(bytes[position]) {
            digits += 1
            // 19 digits fit in 64 bits.
            if mantissa < 1_000_000_000_000_000_000 { mantissa = mantissa * 10 + digit } else { isExact = false }
            position += 1
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            while position < end, let digit = digit(bytes[position]) {
                digits += 1
                if mantissa < 1_000_000_000_000_000_000 {
                    mantissa = mantissa * 10 + digit
                    scale -= 1
                } else {
                    isExact = false
                }
                position += 1
            }
        }
        guard digits > 0 else { return nil }
        if position < end {
            guard bytes[position] | 0x20 == UInt8(ascii: "e") else { return nil }
            position += 1
            let isBelow = position < end && bytes[position] == UInt8(ascii: "-")
            if position < end, isBelow || bytes[position] == UInt8(ascii: "+") { position += 1 }
            guard position < end else { return nil }
            var exponent = 0
            while position < end, let digit = digit(bytes[position]) {
                exponent = min(exponent * 10 + Int(digit), 100_000)
                position += 1
            }
            guard position == end else { return nil }
            scale += isBelow ? -exponent : exponent
        }
        // Both operands are exact, so that one operation rounds once (Clinger's fast path).
        if isExact, mantissa <= 1 << 53, scale >= -22, scale <= 22 {
            let magnitude = Double(mantissa)
            let value = scale < 0 ? magnitude / powers[-scale] : magnitude * powers[scale]
            return isNegative ? -value : value
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }
}
