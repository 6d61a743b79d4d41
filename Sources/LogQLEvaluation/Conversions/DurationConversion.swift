extension LogQLConversions {
    /// A duration: numbers with units (`ns`, `us`, `µs`, `ms`, `s`, `m`, `h`), `1h30m`, `-1.5s`, `0`.
    ///
    /// - Returns: nanoseconds, whole ones: fractions of one are cut off.
    /// - Spec: Go, `time.ParseDuration`. Days, weeks and years are units of queries, not of values.
    package static func duration(_ text: Text) -> Int64? {
        var isNegative = false
        var index = 0
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        guard index < text.count else { return nil }
        if text.count == index + 1, text[index] == UInt8(ascii: "0") { return 0 }
        // The magnitude of the least Int64 is one more than that of the greatest.
        var total: UInt64 = 0
        while index < text.count {
            guard let part = nextPart(text, &index) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum <= 1 << 63 else { return nil }
            total = sum
        }
        if isNegative { return total == 1 << 63 ? .min : -Int64(total) }
        return Int64(exactly: total)
    }

    /// A duration in seconds: `unwrap duration(label)` and `unwrap duration_seconds(label)`.
    package static func durationSeconds(_ text: Text) -> Double? {
        guard let nanoseconds = duration(text) else { return nil }
        // As Go's Duration.Seconds: whole seconds and the rest apart, which keeps more digits than one division.
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Double(seconds) + Double(rest) / 1e9
    }

    /// Why `duration` gave nil.
    package static func durationFailure(_ text: Text) -> String {
        var index = 0
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { index = 1 }
        while index < text.count {
            let start = index
            while index < text.count, isDigit(text[index]) || text[index] == UInt8(ascii: ".") { index += 1 }
            guard index > start else { break }
            let unit = unitEnd(text, index)
            if unit == index, index == text.count || text[index] != UInt8(ascii: ".") {
                return "time: missing unit in duration \(quoted(text))"
            }
            if nanoseconds(Text(rebasing: text[index..<unit])) == nil {
                return "time: unknown unit \(quoted(Text(rebasing: text[index..<unit]))) in duration \(quoted(text))"
            }
            index = unit
        }
        return "time: invalid duration \(quoted(text))"
    }

    /// One number with its unit.
    private static func nextPart(_ text: Text, _ index: inout Int) -> UInt64? {
        var whole: UInt64 = 0
        var hasDigits = false
        while index < text.count, isDigit(text[index]) {
            guard whole <= (1 << 63) / 10 else { return nil }
            whole = whole * 10 + UInt64(text[index] &- UInt8(ascii: "0"))
            guard whole <= 1 << 63 else { return nil }
            hasDigits = true
            index += 1
        }
        var fraction: UInt64 = 0
        var scale: Double = 1
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            while index < text.count, isDigit(text[index]) {
                // Digits that an Int64 cannot hold are of no weight.
                if fraction <= (1 << 63 - 1) / 10 - 1 {
                    fraction = fraction * 10 + UInt64(text[index] &- UInt8(ascii: "0"))
                    scale *= 10
                }
                hasDigits = true
                index += 1
            }
        }
        guard hasDigits else { return nil }
        let end = unitEnd(text, index)
        guard let unit = nanoseconds(Text(rebasing: text[index..<end])) else { return nil }
        index = end
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= 1 << 63 else { return nil }
        guard fraction > 0 else { return product }
        return product + UInt64(Double(fraction) * (Double(unit) / scale))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func unitEnd(_ text: Text, _ start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "."), !isDigit(text[end]) { end += 1 }
        return end
    }

    private static func nanoseconds(_ unit: Text) -> UInt64? {
        switch (unit.count, unit.first) {
        case (1, UInt8(ascii: "s")): return 1_000_000_000
        case (1, UInt8(ascii: "m")): return 60_000_000_000
        case (1, UInt8(ascii: "h")): return 3_600_000_000_000
        case (2, UInt8(ascii: "n")) where unit[1] == UInt8(ascii: "s"): return 1
        case (2, UInt8(ascii: "u")) where unit[1] == UInt8(ascii: "s"): return 1000
        case (2, UInt8(ascii: "m")) where unit[1] == UInt8(ascii: "s"): return 1_000_000
        // µs, with the sign for micro (U+00B5) or the Greek letter (U+03BC).
        case (3, 0xC2) where unit[1] == 0xB5 && unit[2] == UInt8(ascii: "s"): return 1000
        case (3, 0xCE) where unit[1] == 0xBC && unit[2] == UInt8(ascii: "s"): return 1000
        default: return nil
        }
    }
}
