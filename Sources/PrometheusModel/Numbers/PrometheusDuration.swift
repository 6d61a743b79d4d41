/// Durations as Prometheus writes them: whole numbers with units, larger units first and each at most once, `0` alone
/// without one.
///
/// - Spec: Prometheus, "Configuration": `((([0-9]+)y)?(([0-9]+)w)?…(([0-9]+)ms)?|0)`.
package enum PrometheusDuration {
    /// Largest first. Only a whole number of them is printed in years or weeks.
    private static let units: [(name: String, milliseconds: Int64, isExactOnly: Bool)] = [
        ("y", 365 * 86_400_000, true), ("w", 7 * 86_400_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false),
        ("m", 60_000, false), ("s", 1000, false), ("ms", 1, false),
    ]
    /// 63 bits of nanoseconds, which is what Prometheus holds.
    private static let millisecondsMax: Int64 = .max / 1_000_000

    /// - Returns: milliseconds.
    package static func parse(_ text: String) throws(TemplateError) -> Int64 {
        if text == "0" { return 0 }
        guard !text.isEmpty else { throw TemplateError("empty duration string") }
        let malformed = TemplateError("not a valid duration string: \(LabelName.quoted(text))")
        var rest = Substring(text)
        var unitsLeft = units[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty, let index = unitsLeft.firstIndex(where: { $0.name == name }) else { throw malformed }
            let (part, partOverflow) = (Int64(digits) ?? .max).multipliedReportingOverflow(
                by: units[index].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !partOverflow, !sumOverflow, sum <= millisecondsMax else {
                throw TemplateError("duration out of range")
            }
            total = sum
            unitsLeft = unitsLeft[(index + 1)...]
        }
        return total
    }

    /// Prints milliseconds that are not negative.
    package static func print(_ milliseconds: Int64) -> String {
        var rest = milliseconds
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds && (!unit.isExactOnly || rest % unit.milliseconds == 0) {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
