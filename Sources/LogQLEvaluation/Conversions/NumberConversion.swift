extension LogQLConversions {
    /// A number in decimal or hexadecimal notation, `Inf`, `Infinity` (with a sign or not) or `NaN`, in any case.
    ///
    /// - Returns: nil also for what is too large for a double.
    /// - Spec: Go, `strconv.ParseFloat(text, 64)`.
    package static func number(_ text: Text) -> Double? {
        if let value = plainNumber(text) { return value }
        guard let form = NumberForm(text) else { return nil }
        switch form {
        case .infinity(let isNegative): return isNegative ? -.infinity : .infinity
        case .notANumber: return .nan
        case .digits:
            let digits = text.contains(UInt8(ascii: "_")) ? text.filter { $0 != UInt8(ascii: "_") } : Array(text)
            guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else { return nil }
            return value
        }
    }

    /// Why `number` gave nil.
    package static func numberFailure(_ text: Text) -> String {
        var isTooLarge = false
        if case .digits = NumberForm(text) { isTooLarge = true }
        return "strconv.ParseFloat: parsing \(quoted(text)): \(isTooLarge ? "value out of range" : "invalid syntax")"
    }

    /// Digits with at most one point whose value is exact without further ado: nearly all numbers of logs.
    static func plainNumber(_ text: Text) -> Double? {
        // 15 digits are below 2^53, and a power of ten up to 22 is exact: one correctly rounded division remains.
        guard !text.isEmpty, text.count <= 17 else { return nil }
        var index = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
        var mantissa: Int64 = 0
        var digits = 0
        var fraction = -1
        while index < text.count {
            let byte = text[index]
            if byte &- UInt8(ascii: "0") < 10 {
                mantissa = mantissa &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
                digits += 1
                if fraction >= 0 { fraction += 1 }
            } else if byte == UInt8(ascii: "."), fraction < 0 {
                fraction = 0
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0, digits <= 15 else { return nil }
        let value = fraction > 0 ? Double(mantissa) / powersOfTen[fraction] : Double(mantissa)
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}

/// What a text that is a number looks like.
private enum NumberForm {
    case infinity(isNegative: Bool)
    case notANumber
    /// What `Double` reads the same way once underscores are gone.
    case digits

    /// Nil when it is none.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        var isNegative = false
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        let word = text[index...]
        if Self.matches(word, "inf") || Self.matches(word, "infinity") {
            self = .infinity(isNegative: isNegative)
            return
        }
        if index == 0, Self.matches(word, "nan") {
            self = .notANumber
            return
        }
        guard Self.isNumber(text, from: index) else { return nil }
        self = .digits
    }

    private static func matches(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in zip(text, word).allSatisfy { $0 | 0x20 == $1 } }
    }

    /// Digits, a point among or next to them, an exponent; underscores only between digits (or after `0x`).
    private static func isNumber(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var index = start
        let isHexadecimal =
            text.count > start + 2 && text[start] == UInt8(ascii: "0") && text[start + 1] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { index += 2 }
        var hasDigits = false
        var hasPoint = false
        // Whether an underscore may stand here: after a digit, or after the prefix.
        var followsDigit = isHexadecimal
        var followsUnderscore = false
        while index < text.count {
            let byte = text[index]
            if isDigit(byte, isHexadecimal) {
                hasDigits = true
                followsDigit = true
                followsUnderscore = false
            } else if byte == UInt8(ascii: "_") {
                guard followsDigit else { return false }
                followsDigit = false
                followsUnderscore = true
            } else if byte == UInt8(ascii: "."), !hasPoint, !followsUnderscore {
                hasPoint = true
                followsDigit = false
            } else {
                break
            }
            index += 1
        }
        guard hasDigits, !followsUnderscore else { return false }
        guard index < text.count else { return !isHexadecimal }
        guard text[index] | 0x20 == UInt8(ascii: isHexadecimal ? "p" : "e") else { return false }
        index += 1
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
        var follows = false
        for byte in text[index...] {
            if isDigit(byte, false) {
                follows = true
            } else if byte == UInt8(ascii: "_"), follows {
                follows = false
            } else {
                return false
            }
        }
        return follows
    }

    private static func isDigit(_ byte: UInt8, _ isHexadecimal: Bool) -> Bool {
        if byte &- UInt8(ascii: "0") < 10 { return true }
        return isHexadecimal && (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
