import PrometheusModel

/// Durations as text.
package enum DurationText {
    /// `1h30m`: whole units from large to small. Weeks and years only where nothing is left over, as 90d is easier to
    /// read than 12w6d.
    package static func text(_ milliseconds: Int64) -> String {
        var rest = milliseconds.magnitude
        guard rest > 0 else { return "0s" }
        var result = milliseconds < 0 ? "-" : ""
        for (name, size) in NumberSyntax.units {
            let size = size.magnitude
            let mustBeExact = name == "y" || name == "w"
            guard rest >= size, !mustBeExact || rest % size == 0 else { continue }
            result += "\(rest / size)\(name)"
            rest %= size
        }
        return result
    }

    static func print(_ duration: DurationExpression, into text: inout String) {
        switch duration {
        case .milliseconds(let value): text += self.text(value)
        case .number(let value): text += NumberText.plain(value)
        case .step: text += "step()"
        case .negative(let inner, _):
            text += "-"
            print(inner, into: &text)
        case .binary(let operation, let left, let right, _):
            print(left, into: &text)
            text += " \(operation.rawValue) "
            print(right, into: &text)
        case .extreme(let isMaximum, let left, let right, _):
            text += isMaximum ? "max(" : "min("
            print(left, into: &text)
            text += ", "
            print(right, into: &text)
            text += ")"
        case .parenthesis(let inner, _):
            text += "("
            print(inner, into: &text)
            text += ")"
        }
    }
}
