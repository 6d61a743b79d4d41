/// Numbers in messages as Go writes them.
enum GoText {
    /// As `%g`: the shortest digits, an exponent below 1e-4 and from 1e6.
    static func general(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let (digits, power) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        if power < -4 || power >= 6 {
            let rest = digits.dropFirst()
            let exponent = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
            return "\(sign)\(digits.prefix(1))\(rest.isEmpty ? "" : "." + rest)e\(power < 0 ? "-" : "+")\(exponent)"
        }
        if power < 0 { return "\(sign)0.\(String(repeating: "0", count: -power - 1))\(digits)" }
        let whole = digits.prefix(power + 1)
        let padding = String(repeating: "0", count: max(0, power + 1 - digits.count))
        let fraction = digits.dropFirst(power + 1)
        return "\(sign)\(whole)\(padding)\(fraction.isEmpty ? "" : "." + fraction)"
    }

    /// As `%f`: six digits after the point.
    static func fixed(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return general(value) }
        let millionths = (value.magnitude * 1e6).rounded(.toNearestOrEven)
        let whole = Int64(millionths) / 1_000_000, rest = String(Int64(millionths) % 1_000_000)
        return "\(value.sign == .minus ? "-" : "")\(whole).\(String(repeating: "0", count: 6 - rest.count))\(rest)"
    }

    /// Digits without zeros around them, and the power of ten of the first.
    private static func shortestDigits(_ value: Double) -> (String, Int) {
        let text = value.description
        let parts = text.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(halves[0])
        let digits = whole + (halves.count > 1 ? String(halves[1]) : "")
        let leading = digits.prefix { $0 == "0" }.count
        var kept = digits.dropFirst(leading)
        while kept.last == "0" { kept.removeLast() }
        return (String(kept), exponent + whole.count - 1 - leading)
    }
}
