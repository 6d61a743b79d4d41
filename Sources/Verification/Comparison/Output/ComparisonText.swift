import TelemetryModel

/// Figures of a comparison as people read them; the same in every form of output.
package enum ComparisonText {
    /// `12.3 ms (11.9–12.8)`, `1,234`, `0.52 %`, or the text of what is no number.
    package static func figure(
        _ figure: ComparisonFinding.Figure?, _ text: String, _ unit: ComparisonFinding.Unit
    ) -> String {
        guard let figure else { return text.isEmpty ? "–" : text }
        let value = number(figure.value, unit)
        guard let low = figure.low, let high = figure.high, low != high else { return value }
        return "\(value) (\(number(low, unit))–\(number(high, unit)))"
    }

    package static func change(_ finding: ComparisonFinding) -> String {
        if finding.unit == .share, let a = finding.a, let b = finding.b {
            guard a.value != b.value else { return "" }
            return sign(b.value - a.value) + rounded(abs(b.value - a.value) * 100) + " pp"
        }
        if let change = finding.relativeChange {
            if change == 0 { return "" }
            guard abs(change) < 99 else { return "×" + rounded(change + 1) }
            return sign(change) + rounded(abs(change) * 100) + " %"
        }
        return ""
    }

    /// The verdict in words: `slower`, `new, too few to tell`.
    package static func verdict(_ finding: ComparisonFinding) -> String {
        switch finding.verdict {
        case .different: finding.kind.word
        case .tooFew: "\(finding.kind.word)? too few to tell"
        case .same: "same"
        }
    }

    package static func number(_ value: Double, _ unit: ComparisonFinding.Unit) -> String {
        switch unit {
        case .nanoseconds: duration(value)
        case .share: rounded(value * 100) + " %"
        case .count: grouped(value)
        case .perSecond: rounded(value) + "/s"
        case .own, .none: rounded(value)
        }
    }

    static func duration(_ nanoseconds: Double) -> String {
        Int64(exactly: nanoseconds.rounded()).map(HumanText.duration) ?? rounded(nanoseconds)
    }

    private static func grouped(_ value: Double) -> String {
        Int64(exactly: value.rounded()).map { HumanText.count($0) } ?? rounded(value)
    }

    private static func sign(_ value: Double) -> String { value < 0 ? "−" : "+" }

    /// Three digits, all of whole numbers below a million, and an exponent beyond.
    static func rounded(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
        let magnitude = abs(value)
        guard magnitude > 0 else { return "0" }
        guard magnitude < 1e15, magnitude >= 1e-4 else { return String(value) }
        var scale = 1.0
        var decimals = 0
        while magnitude * scale < 99.95, decimals < 6 {
            scale *= 10
            decimals += 1
        }
        guard let digits = Int64(exactly: (magnitude * scale).rounded()) else { return String(value) }
        let sign = value < 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(digits) }
        let divisor = Int64(scale)
        var fraction = String(digits % divisor)
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return sign + String(digits / divisor) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
