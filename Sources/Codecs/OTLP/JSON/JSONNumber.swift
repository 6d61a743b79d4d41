/// A JSON number, kept exactly: `magnitude × 10^exponent`, with the text beside it for what does not fit.
///
/// 64-bit integers do not pass through `Double` on their way, as they would lose their last digits there.
package struct JSONNumber {
    /// Why a number is not an integer of the wanted type.
    package enum Integer: Equatable {
        case value(magnitude: UInt64, isNegative: Bool)
        case fraction
        case tooLarge
    }

    /// The number as written; valid as long as the buffer it was scanned from.
    private let text: UnsafeBufferPointer<UInt8>
    private let isNegative: Bool
    /// The digits without trailing zeros; meaningless when `isExact` is false.
    private let magnitude: UInt64
    /// Trailing zeros of the integer part count here, so that `5.0` and `5e0` look the same.
    private let exponent: Int
    /// False when the digits do not fit into `magnitude`.
    private let isExact: Bool

    /// Scans the number at `position` and moves behind it; nil when there is none.
    ///
    /// - Spec: RFC 8259, section 6: `[ minus ] int [ frac ] [ exp ]`, no leading zeros, no plus sign.
    package init?(scanning bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) {
        let start = position
        var index = position
        var digits = Digits()

        func digit() -> UInt8? {
            guard index < bytes.count else { return nil }
            let value = bytes[index] &- UInt8(ascii: "0")
            return value < 10 ? value : nil
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        let isNegative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if digit() != nil { return nil }
        } else {
            guard digit() != nil else { return nil }
            while let value = digit() {
                digits.append(value)
                index += 1
            }
        }

        var fractionDigits = 0
        if take(UInt8(ascii: ".")) {
            guard digit() != nil else { return nil }
            while let value = digit() {
                digits.append(value)
                fractionDigits += 1
                index += 1
            }
        }

        var written = 0
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            let isNegativeExponent = take(UInt8(ascii: "-"))
            if !isNegativeExponent { _ = take(UInt8(ascii: "+")) }
            guard digit() != nil else { return nil }
            while let value = digit() {
                // Beyond any number of digits that a document can hold the exact exponent no longer matters.
                written = min(written * 10 + Int(value), 1 << 48)
                index += 1
            }
            if isNegativeExponent { written = -written }
        }

        self.text = UnsafeBufferPointer(rebasing: bytes[start..<index])
        self.isNegative = isNegative
        self.magnitude = digits.magnitude
        self.isExact = digits.isExact
        self.exponent = written - fractionDigits + digits.trailingZeros
        position = index
    }

    /// A number that fills `text` entirely, for numbers inside strings; nil for anything else.
    package init?(text: UnsafeBufferPointer<UInt8>) {
        var position = 0
        self.init(scanning: text, at: &position)
        guard position == text.count else { return nil }
    }

    /// Digits collected so far; zeros wait until a later digit proves that they are not trailing.
    private struct Digits {
        var magnitude: UInt64 = 0
        var trailingZeros = 0
        var isExact = true

        mutating func append(_ digit: UInt8) {
            if digit == 0 {
                if magnitude != 0 || !isExact { trailingZeros += 1 }
                return
            }
            if isExact {
                isExact = shift(by: trailingZeros, adding: digit)
            }
            trailingZeros = 0
        }

        private mutating func shift(by zeros: Int, adding digit: UInt8) -> Bool {
            guard let scaled = JSONNumber.scale(magnitude, by: zeros + 1) else { return false }
            let (sum, overflow) = scaled.addingReportingOverflow(UInt64(digit))
            magnitude = sum
            return !overflow
        }
    }

    /// `magnitude × 10^exponent`; nil when it does not fit.
    private static func scale(_ magnitude: UInt64, by exponent: Int) -> UInt64? {
        guard magnitude != 0 else { return 0 }
        var result = magnitude
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
        }
        return result
    }
}

// MARK: - Conversions

extension JSONNumber {
    /// The number as an integer. `1e3` and `5.0` are integers too.
    package var integer: Integer {
        if isExact && magnitude == 0 { return .value(magnitude: 0, isNegative: false) }
        // The last digit is not zero, so a negative exponent leaves something behind the point.
        if exponent < 0 { return .fraction }
        guard isExact, let value = Self.scale(magnitude, by: exponent) else { return .tooLarge }
        return .value(magnitude: value, isNegative: isNegative)
    }

    /// The nearest double; nil when the number is beyond the largest one.
    package var double: Double? {
        if isExact {
            if magnitude == 0 { return isNegative ? -0.0 : 0.0 }
            // Both operands are exact here, so that the one operation rounds correctly (Clinger 1990, fast path).
            if magnitude <= 1 << 53, abs(exponent) < Self.exactPowersOfTen.count {
                let power = Self.exactPowersOfTen[abs(exponent)]
                let value = exponent < 0 ? Double(magnitude) / power : Double(magnitude) * power
                return isNegative ? -value : value
            }
        }
        // The grammar was checked, so that the conversion cannot fail; it may overflow.
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The powers of ten that a double holds exactly.
    private static let exactPowersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
