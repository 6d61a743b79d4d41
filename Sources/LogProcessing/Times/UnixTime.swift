import TelemetryModel

/// Numbers that count from the epoch, whose unit their size tells: up to 10^11 seconds (the year 5138), then
/// milliseconds, microseconds and nanoseconds, each a thousand times more.
enum UnixTime {
    enum Unit: Sendable {
        case seconds
        case milliseconds
        case microseconds
        case nanoseconds

        var nanoseconds: Int64 {
            switch self {
            case .seconds: 1_000_000_000
            case .milliseconds: 1_000_000
            case .microseconds: 1000
            case .nanoseconds: 1
            }
        }
    }

    static func unit(of value: UInt64) -> Unit {
        if value < 100_000_000_000 { return .seconds }
        if value < 100_000_000_000_000 { return .milliseconds }
        if value < 100_000_000_000_000_000 { return .microseconds }
        return .nanoseconds
    }

    static func timestamp(_ value: Int64, _ unit: Unit? = nil) -> Timestamp? {
        let unit = unit ?? self.unit(of: value.magnitude)
        let (product, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
        return overflow ? nil : Timestamp(nanoseconds: product)
    }

    /// To the microsecond when the number is one of seconds, as a double holds no more of present times.
    static func timestamp(_ value: Double, _ unit: Unit? = nil) -> Timestamp? {
        guard value.isFinite, value.magnitude < 9.2e18 else { return nil }
        let unit = unit ?? self.unit(of: UInt64(value.magnitude))
        let whole = value.rounded(.down)
        guard let base = timestamp(Int64(whole), unit) else { return nil }
        let fraction: Double
        if unit == .seconds {
            fraction = ((value - whole) * 1e6).rounded() * 1e3
        } else {
            fraction = ((value - whole) * Double(unit.nanoseconds)).rounded()
        }
        let (sum, overflow) = base.nanoseconds.addingReportingOverflow(Int64(fraction))
        return overflow ? nil : Timestamp(nanoseconds: sum)
    }

    /// `1716592920`, `1716592920.123456789` or `-1.5`, all digits of which count.
    static func timestamp(_ text: Text, _ unit: Unit? = nil) -> Timestamp? {
        var rest = text
        let isNegative = rest.take(UInt8(ascii: "-"))
        guard let whole = rest.takeNumber(1, 18) ?? nil else { return nil }
        if Bytes.isDigit(rest.first) {
            // The 19 digits of present nanoseconds.
            guard !isNegative, let value = Int64(text.string) else { return nil }
            return timestamp(value, unit ?? .nanoseconds)
        }
        let unit = unit ?? self.unit(of: UInt64(whole))
        guard let base = timestamp(Int64(whole), unit) else { return nil }
        var nanoseconds = base.nanoseconds
        if rest.first == UInt8(ascii: ".") {
            let fraction = Int64(TimeScanner.fraction(&rest))
            nanoseconds &+= fraction / (1_000_000_000 / unit.nanoseconds)
        }
        guard rest.isEmpty, nanoseconds >= 0 else { return nil }
        return Timestamp(nanoseconds: isNegative ? -nanoseconds : nanoseconds)
    }
}
