/// Floating point as Prometheus writes it: the shortest digits that read back as the same value.
package enum NumberText {
    /// Go's `strconv.FormatFloat(x, 'f', -1, 64)`: never an exponent. Expressions print their numbers so.
    package static func plain(_ value: Double) -> String {
        special(value) ?? layout(value, exponentBelow: .min, exponentFrom: .max, exponentDigits: 2)
    }

    /// As in the JSON answers of the API: an exponent below 1e-6 and from 1e21 (Go's encoding/json), its digits without
    /// a leading zero when it is negative.
    package static func json(_ value: Double) -> String {
        special(value) ?? layout(value, exponentBelow: -6, exponentFrom: 21, exponentDigits: 1)
    }

    /// Go's `strconv.FormatFloat(x, 'g', -1, 64)`: an exponent below 1e-4 and from 1e6 (its precision for that decision
    /// is 6 when the shortest digits are asked for). The text formats write so: `1.689956451e+09`.
    package static func general(_ value: Double) -> String {
        special(value) ?? layout(value, exponentBelow: -4, exponentFrom: 6, exponentDigits: 2)
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return nil
    }

    private static func layout(
        _ value: Double, exponentBelow: Int, exponentFrom: Int, exponentDigits: Int
    ) -> String {
        // Whole numbers of a usual size.
        if value == value.rounded(), abs(value) < (exponentFrom < 15 ? 1e5 : 1e15) {
            return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
        }
        let (digits, exponent) = shortestDigits(abs(value))
        let sign = value < 0 ? "-" : ""
        let count = digits.utf8.count
        // value = 0.digits × 10^exponent; scientific exponent is one less.
        let scientific = exponent - 1
        if scientific < exponentBelow || scientific >= exponentFrom {
            let tail = digits.dropFirst()
            var power = String(abs(scientific))
            if power.utf8.count < exponentDigits { power = "0" + power }
            return "\(sign)\(digits.prefix(1))\(tail.isEmpty ? "" : ".")\(tail)e\(scientific < 0 ? "-" : "+")\(power)"
        }
        if exponent <= 0 { return "\(sign)0.\(String(repeating: "0", count: -exponent))\(digits)" }
        if exponent >= count { return "\(sign)\(digits)\(String(repeating: "0", count: exponent - count))" }
        return "\(sign)\(digits.prefix(exponent)).\(digits.dropFirst(exponent))"
    }

    /// Digits without leading and trailing zeros, and the power of ten that `0.digits` is multiplied by.
    private static func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
        // Swift's description has the shortest digits that read back; only its layout differs.
        let text = value.description
        var digits: [UInt8] = []
        var point: Int?
        var power = 0
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"): power = Int(String(decoding: Array(IteratorSequence(iterator)), as: UTF8.self)) ?? 0
            default: digits.append(byte)
            }
            if byte == UInt8(ascii: "e") { break }
        }
        var exponent = (point ?? digits.count) + power
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (String(decoding: digits, as: UTF8.self), exponent)
    }
}
