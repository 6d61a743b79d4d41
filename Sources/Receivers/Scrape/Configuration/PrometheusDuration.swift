/// Durations as Prometheus writes them: `1h30m`, `15s`, `1d`, `0`.
///
/// - Spec: prometheus/common, `model.ParseDuration`: whole numbers, units y w d h m s ms in this order, each at most
///   once.
package enum PrometheusDuration {
    /// Milliseconds, largest first. A text with only whole multiples is printed in years, weeks and days.
    private static let units: [(name: String, milliseconds: Int64, isExactOnly: Bool)] = [
        ("y", 365 * 86_400_000, true), ("w", 7 * 86_400_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false),
        ("m", 60_000, false), ("s", 1_000, false), ("ms", 1, false),
    ]

    /// - Returns: nil for a text that is no duration or one of more than 292 years.
    package static func parse(_ text: some StringProtocol) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text).utf8[...]
        var unitsLeft = units[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let count = Int64(Substring(digits)) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = Substring(rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
            guard let index = unitsLeft.firstIndex(where: { $0.name == name }) else { return nil }
            rest = rest.dropFirst(name.utf8.count)
            let (part, partOverflow) = count.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !partOverflow, !sumOverflow, sum <= Int64.max / 1_000_000 else { return nil }
            total = sum
            unitsLeft = unitsLeft[(index + 1)...]
        }
        return .milliseconds(total)
    }

    /// Prints a duration that is not negative; what is below a millisecond is left out.
    package static func print(_ duration: Duration) -> String {
        var rest = duration.wholeMilliseconds
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds && (!unit.isExactOnly || rest % unit.milliseconds == 0) {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}

extension Duration {
    /// Clamped to what 64 bits of nanoseconds hold, so that sums of a few of them cannot overflow.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -9_000_000_000), 9_000_000_000) * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, -9_000_000_000), 9_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
