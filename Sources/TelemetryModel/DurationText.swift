/// Durations as text: `7d`, `1h30m`, `50ms`.
package enum DurationText {
    /// Why a text is no duration.
    package enum Failure: Error, Equatable {
        /// The text does not have the form at all.
        case malformed
        /// The text has the form; the sentence says what is wrong with it, to be read after the text itself.
        case invalid(String)
    }

    /// Largest first: the order in which a text names them and in which they are printed.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    private static let unitsText = "units are d, h, m, s, ms, us, ns"

    /// Parses whole numbers with units, larger units first and each at most once.
    ///
    /// A number without unit is refused, zero too: programs disagree whether it means seconds or milliseconds.
    ///
    /// - Throws: when the text is no duration, or one above 292 years (63 bits of nanoseconds).
    package static func parse(_ text: String) throws(Failure) -> Duration {
        var rest = text[...]
        var total: Int64 = 0
        var unitsLeft = units[...]
        guard !rest.isEmpty else { throw .malformed }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { throw .malformed }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix(while: \.isLetter)
            rest = rest.dropFirst(unit.count)
            guard !unit.isEmpty else { throw .invalid("has no unit, \(unitsText)") }
            guard let index = unitsLeft.firstIndex(where: { $0.name == unit }) else {
                let isUnit = units.contains { $0.name == unit }
                throw .invalid(isUnit ? "names its units out of order" : "has an unknown unit `\(unit)`, \(unitsText)")
            }
            guard let count = Int64(digits) else { throw .invalid("is too large") }
            let (part, partOverflow) = count.multipliedReportingOverflow(by: units[index].nanoseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !partOverflow, !sumOverflow else { throw .invalid("is too large") }
            total = sum
            unitsLeft = unitsLeft[(index + 1)...]
        }
        return .nanoseconds(total)
    }

    /// Prints a duration that is not negative; fractions of a nanosecond, which no setting can have, are left out.
    package static func print(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        // Days are split off before the nanoseconds are made, so that the longest `Duration` does not overflow.
        var rest = (seconds % 86_400) * 1_000_000_000 + attoseconds / 1_000_000_000
        var text = seconds >= 86_400 ? "\(seconds / 86_400)d" : ""
        for unit in units.dropFirst() where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
