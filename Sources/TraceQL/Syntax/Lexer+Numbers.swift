extension Lexer {
    /// An integer, a number with a fraction or an exponent, or a duration: `7`, `.5`, `1e3`, `1h30m`, `1.5s`.
    mutating func number() -> Token.Kind {
        let start = position
        var isInteger = true
        skipDigits()
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            skipDigits()
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            let signs = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
            if let digit = peek(1 + signs), Self.isDigit(digit) {
                isInteger = false
                position += 1 + signs
                skipDigits()
            }
        }
        let end = position
        while let length = durationCharacterLength() { position += length }
        if position > end {
            switch DurationText.nanoseconds(text[start..<position]) {
            case .value(let nanoseconds): return .duration(nanoseconds)
            case .tooLong: return .invalid("the duration `\(string(start..<position))` is over 292 years")
            case .malformed: return .invalid("`\(string(start..<position))` is neither a number nor a duration")
            }
        }
        let digits = string(start..<end)
        if isInteger {
            guard let value = UInt64(digits), value <= Int64.max.magnitude + 1 else {
                return .invalid("the integer `\(digits)` does not fit into 64 bits")
            }
            return .int(value)
        }
        // Swift reads neither `.5` nor `1.`.
        guard let value = Double("0" + digits.replacingDot()), value.isFinite else {
            return .invalid("the number `\(digits)` is too large")
        }
        return .double(value)
    }

    private mutating func skipDigits() {
        while let byte = peek(), Self.isDigit(byte) { position += 1 }
    }

    private func durationCharacterLength() -> Int? {
        guard let byte = peek() else { return nil }
        return switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "n"), UInt8(ascii: "s"),
            UInt8(ascii: "u"), UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "d"), UInt8(ascii: "w"),
            UInt8(ascii: "y"):
            1
        // µ (micro) and μ (mu).
        case 0xC2 where peek(1) == 0xB5, 0xCE where peek(1) == 0xBC: 2
        default: nil
        }
    }
}

extension String {
    /// With a digit after a dot that has none: `1.` and `1.e3` as Go writes them.
    fileprivate func replacingDot() -> String {
        guard let dot = firstIndex(of: ".") else { return self }
        let rest = self[index(after: dot)...]
        if let next = rest.first, next.isNumber { return self }
        return self[...dot] + "0" + rest
    }
}

/// Durations such as `1h30m`, `1.5s`, `10µs`, `1d`: numbers with a unit each, added up.
enum DurationText {
    enum Reading {
        case value(Int64)
        case tooLong
        case malformed
    }

    /// From the largest, as they are printed; days, weeks and years (of 365 days) are only read.
    static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000), ("w", 604_800_000_000_000),
        ("y", 31_536_000_000_000_000),
    ]
    private static let unitBytes = units.map { (bytes: Array($0.name.utf8), nanoseconds: $0.nanoseconds) }

    static func nanoseconds(_ text: ArraySlice<UInt8>) -> Reading {
        var rest = text
        var total: UInt64 = 0
        var parts = 0
        while !rest.isEmpty {
            let whole = rest.prefix(while: Lexer.isDigit)
            rest = rest[whole.endIndex...]
            var fraction = rest.prefix(0)
            if rest.first == UInt8(ascii: ".") {
                fraction = rest.dropFirst().prefix(while: Lexer.isDigit)
                rest = rest[fraction.endIndex...]
            }
            guard !whole.isEmpty || !fraction.isEmpty else { return .malformed }
            let name = rest.prefix { !Lexer.isDigit($0) && $0 != UInt8(ascii: ".") }
            guard let unit = unitBytes.first(where: { name.elementsEqual($0.bytes) }) else { return .malformed }
            rest = rest[name.endIndex...]
            guard let part = nanoseconds(whole: whole, fraction: fraction, unit: unit.nanoseconds) else {
                return .tooLong
            }
            let (sum, isOver) = total.addingReportingOverflow(part)
            guard !isOver, sum <= Int64.max.magnitude else { return .tooLong }
            total = sum
            parts += 1
        }
        return parts > 0 ? .value(Int64(clamping: total)) : .malformed
    }

    /// What is smaller than a nanosecond is dropped.
    private static func nanoseconds(
        whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, unit: UInt64
    ) -> UInt64? {
        var count: UInt64 = 0
        for byte in whole {
            let (product, isOver) = count.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !isOver, !isOverToo else { return nil }
            count = sum
        }
        let (nanoseconds, isOver) = count.multipliedReportingOverflow(by: unit)
        guard !isOver else { return nil }
        // 17 digits are enough for every unit below a year's 3 · 10¹⁶ nanoseconds.
        var scale: UInt64 = 1
        var digits: UInt64 = 0
        for byte in fraction.prefix(17) {
            scale &*= 10
            digits = digits &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
        }
        // The quotient is under `unit`, because digits < scale.
        let part = scale.dividingFullWidth(digits.multipliedFullWidth(by: unit)).quotient
        let (sum, isOverToo) = nanoseconds.addingReportingOverflow(part)
        return isOverToo ? nil : sum
    }

    /// Go's form without its zeros: `1h`, `1m30s`, `1.5s`, `250ms`, `10µs`; `0s`.
    static func text(_ nanoseconds: Int64) -> String {
        var rest = nanoseconds.magnitude
        guard rest > 0 else { return "0s" }
        var result = nanoseconds < 0 ? "-" : ""
        if rest < 1_000_000_000 {
            let (unit, name): (UInt64, String) =
                rest < 1000 ? (1, "ns") : rest < 1_000_000 ? (1000, "µs") : (1_000_000, "ms")
            return result + decimal(rest, unit: unit) + name
        }
        for (unit, name): (UInt64, String) in [(3_600_000_000_000, "h"), (60_000_000_000, "m")] where rest >= unit {
            result += "\(rest / unit)" + name
            rest %= unit
        }
        if rest > 0 { result += decimal(rest, unit: 1_000_000_000) + "s" }
        return result
    }

    private static func decimal(_ nanoseconds: UInt64, unit: UInt64) -> String {
        let whole = "\(nanoseconds / unit)"
        var rest = nanoseconds % unit
        guard rest > 0 else { return whole }
        var digits = ""
        var place = unit / 10
        while rest > 0, place > 0 {
            digits += "\(rest / place)"
            rest %= place
            place /= 10
        }
        return whole + "." + digits
    }
}
