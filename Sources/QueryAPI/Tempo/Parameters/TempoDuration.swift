/// Durations as the Tempo API takes them; the result is nanoseconds.
enum TempoDuration {
    /// Nanoseconds of each unit of Go's durations.
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]
    /// Those that Prometheus' durations have besides.
    private static let longUnits: [(name: String, nanoseconds: Double)] = [
        ("d", 86_400e9), ("w", 604_800e9), ("y", 31_536_000e9),
    ]

    /// Nil when the text is no duration, or one beyond 292 years: `1h30m`, `1.5s`, `-2ms`, `0`.
    ///
    /// - Parameter takesLongUnits: days, weeks and years, too.
    /// - Spec: Go, `time.ParseDuration`; Prometheus, "Time durations".
    static func parse(_ text: String, takesLongUnits: Bool = false) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        var whole: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard number.utf8.contains(where: { (0x30...0x39).contains($0) }), number.utf8.count < 40 else {
                return nil
            }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            let known = takesLongUnits ? units + longUnits : units
            guard let size = known.first(where: { $0.name == unit })?.nanoseconds else { return nil }
            // Whole numbers exactly, as nanoseconds are; fractions as doubles.
            if let count = Int64(number) {
                let (part, partOverflows) = count.multipliedReportingOverflow(by: Int64(size))
                let (sum, sumOverflows) = whole.addingReportingOverflow(part)
                guard !partOverflows, !sumOverflows else { return nil }
                whole = sum
            } else {
                // `.5s` and `1.s` are durations to Go; two points are none.
                guard number.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 1, let value = Double("0\(number)0")
                else {
                    return nil
                }
                total += value * size
            }
        }
        guard total < 0x1p62 else { return nil }
        let (sum, overflows) = whole.addingReportingOverflow(Int64(total.rounded()))
        return overflows ? nil : isNegative ? -sum : sum
    }

    /// A number of seconds, or a duration.
    static func parseSecondsOrDuration(_ text: String) -> Int64? {
        if let seconds = FloatText.parse(text) {
            let nanoseconds = (seconds * 1e9).rounded()
            guard nanoseconds > -0x1p62, nanoseconds < 0x1p62 else { return nil }
            return Int64(nanoseconds)
        }
        return parse(text, takesLongUnits: true)
    }

    /// As Go prints durations: `1.5s`, `2m0s`, `250ms`, `0s`.
    ///
    /// - Spec: Go, `time.Duration.String`.
    static func print(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        switch value {
        case 0: return "0s"
        case ..<1_000: return "\(sign)\(value)ns"
        case ..<1_000_000: return sign + decimal(value, 1_000) + "µs"
        case ..<1_000_000_000: return sign + decimal(value, 1_000_000) + "ms"
        default:
            let seconds = decimal(value % 60_000_000_000, 1_000_000_000) + "s"
            let minutes = value / 60_000_000_000
            if minutes == 0 { return sign + seconds }
            if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
            return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
        }
    }

    /// `value / unit` in decimals, without zeros at the end; `unit` is a power of ten.
    private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
        let fraction = value % unit
        guard fraction > 0 else { return "\(value / unit)" }
        var digits = Array("\(unit + fraction)".utf8.dropFirst())
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(value / unit)." + String(decoding: digits, as: UTF8.self)
    }
}
