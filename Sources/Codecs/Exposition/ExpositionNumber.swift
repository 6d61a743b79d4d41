import PrometheusModel

/// Numbers as they stand in pages of metrics: what Go's `strconv.ParseFloat` reads, but for hexadecimal digits and
/// underscores.
enum ExpositionNumber {
    /// A NaN that was measured; Prometheus' `NormalNaN`, so that no other NaN gets into the data.
    static let nan = Double(bitPattern: 0x7FF8_0000_0000_0001)

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Nil for what is no number, and for a number too large for a double.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var position = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            position = 1
        }
        let start = position
        var mantissa: UInt64 = 0
        var digits = 0
        var fraction = 0
        var sawPoint = false
        while position < text.count {
            let byte = text[position]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                // Past 19 digits the value may wrap; the slow way reads such a number.
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits += 1
                if sawPoint { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            position += 1
        }
        if digits == 0 { return position == start ? word(text, from: start, isNegative) : nil }
        var exponent = 0
        if position < text.count {
            guard let read = readExponent(text, from: position + 1), text[position] | 0x20 == UInt8(ascii: "e") else {
                return nil
            }
            exponent = read
        }
        let scale = exponent - fraction
        guard digits <= 19, mantissa <= 1 << 53, scale >= -22, scale <= 22 else { return slow(text) }
        // Both are exact as doubles, so that one operation rounds once (Clinger, 1990).
        let whole = Double(mantissa)
        let value = scale < 0 ? whole / powers[-scale] : whole * powers[scale]
        return isNegative ? -value : value
    }

    /// The text up to its end is a sign and digits; beyond a million it makes no difference any more.
    private static func readExponent(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var position = start
        guard position < text.count else { return nil }
        let isNegative = text[position] == UInt8(ascii: "-")
        if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
        guard position < text.count else { return nil }
        var value = 0
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 1_000_000)
            position += 1
        }
        return isNegative ? -value : value
    }

    private static func word(_ text: UnsafeBufferPointer<UInt8>, from start: Int, _ isNegative: Bool) -> Double? {
        func has(_ word: StaticString) -> Bool {
            let length = text.count - start
            guard length == word.utf8CodeUnitCount else { return false }
            for index in 0..<length where text[start + index] | 0x20 != word.utf8Start[index] { return false }
            return true
        }
        if has("inf") || has("infinity") { return isNegative ? -.infinity : .infinity }
        // A NaN has no sign.
        return start == 0 && has("nan") ? nan : nil
    }

    /// For many digits and large exponents, whose grammar has been checked.
    private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// Digits only.
    static func parseMilliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in text {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// Seconds as milliseconds, cut, not rounded; what is out of range becomes the least number, as on the machines that
    /// Prometheus mostly runs on.
    static func milliseconds(_ seconds: Double) -> Int64 {
        let value = seconds * 1000
        return value > -9.3e18 && value < 9.2e18 ? Int64(exactly: value.rounded(.towardZero)) ?? .min : .min
    }

    /// How bounds are written in labels: like Go's shortest form, but never without a point or an exponent.
    static func openMetrics(_ value: Double) -> String {
        let text = NumberText.general(value)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "n"), UInt8(ascii: "N"): return text
            default: continue
            }
        }
        return text + ".0"
    }
}
