import PrometheusModel

/// Durations of LogQL: as Prometheus writes them (`1d`, `1h30m`), else as Go does (`1.5s`, `10µs`, `-5m`).
package enum DurationText {
    package struct Complaint: Error, Equatable {
        package let message: String
    }

    /// Nanoseconds of a duration in either form.
    package static func any(_ text: String) -> Int64? {
        if case .success(let nanoseconds) = prometheus(text) { return nanoseconds }
        return go(text)
    }

    /// Nanoseconds of `1h30m`, `1d`, `500ms`: whole numbers, the larger unit first.
    package static func prometheus(_ text: String) -> Result<Int64, Complaint> {
        do throws(TemplateError) {
            let (nanoseconds, overflow) = try PrometheusDuration.parse(text).multipliedReportingOverflow(by: 1_000_000)
            return overflow ? .failure(Complaint(message: "duration out of range")) : .success(nanoseconds)
        } catch {
            return .failure(Complaint(message: error.description))
        }
    }

    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Go's `time.ParseDuration`: numbers with a unit each, added up, perhaps after a sign; `0` alone has none.
    package static func go(_ text: String) -> Int64? {
        var rest = text[...].utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        let limit = UInt64(Int64.max) + 1
        var total: UInt64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix(while: Lexer.isDigit)
            rest = rest.dropFirst(whole.count)
            var fraction = rest.prefix(0)
            if rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
                fraction = rest.prefix(while: Lexer.isDigit)
                rest = rest.dropFirst(fraction.count)
            }
            guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
            let name = rest.prefix { !Lexer.isDigit($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { name.elementsEqual($0.name.utf8) })?.nanoseconds,
                let count = whole.isEmpty ? 0 : UInt64(Substring(whole))
            else { return nil }
            var (part, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow, part <= limit else { return nil }
            // Digits beyond the eighteenth are under a nanosecond of any unit.
            let digits = fraction.prefix(18)
            if let parts = UInt64(Substring(digits)) {
                var scale = 1.0
                for _ in digits { scale *= 10 }
                part += UInt64(Double(parts) * (Double(unit) / scale))
            }
            (total, overflow) = total.addingReportingOverflow(part)
            guard !overflow, total <= limit else { return nil }
        }
        if isNegative { return total == limit ? .min : -Int64(total) }
        return total < limit ? Int64(total) : nil
    }

    /// As Go prints it: `1h0m0s`, `1.5s`, `250ms`, `0s`.
    package static func goText(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        switch value {
        case ..<1000: return "\(sign)\(value)ns"
        case ..<1_000_000: return sign + decimal(value, of: 1000) + "µs"
        case ..<1_000_000_000: return sign + decimal(value, of: 1_000_000) + "ms"
        default:
            let minutes = value / 60_000_000_000
            let seconds = decimal(value % 60_000_000_000, of: 1_000_000_000) + "s"
            if minutes == 0 { return sign + seconds }
            return sign + (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m" + seconds
        }
    }

    /// As Prometheus prints it, `1d`, `1h30m`, where the value can be printed so; else as Go does.
    package static func prometheusText(_ nanoseconds: Int64) -> String {
        guard nanoseconds >= 0, nanoseconds % 1_000_000 == 0 else { return goText(nanoseconds) }
        return PrometheusDuration.print(nanoseconds / 1_000_000)
    }

    /// `value / unit` with as many digits as it has; `unit` is a power of ten.
    private static func decimal(_ value: UInt64, of unit: UInt64) -> String {
        let rest = value % unit
        guard rest > 0 else { return String(value / unit) }
        // A digit one stands before the zeros of the fraction.
        var digits = String(rest + unit).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
