package import PrometheusModel
package import TraceQL

/// Comparing two values as TraceQL does.
///
/// - A missing value compares with nothing, not even by `!=` or `!~` (`= nil` and `!= nil` are another thing: they ask
///   whether there is a value).
/// - Numbers, durations (as nanoseconds) among them, compare with each other; two integers exactly, else as `Double`.
/// - Texts compare by their bytes, as Go does; texts alone match a regular expression, which takes all of the text.
/// - Truth values, statuses and kinds know `=` and `!=` only.
/// - Values of different types compare with nothing: `"200"` is neither equal nor unequal to `200`.
/// - Of a list (an attribute that is an array), and of the events or links of a span, one element is enough for a
///   comparison, but `!=` and `!~` must hold for all of them. Two lists compare with nothing.
package enum Comparison {
    /// - Parameter pattern: the right side, when the operator is `=~` or `!~`.
    package static func holds(
        _ left: Value, _ comparison: ComparisonOperator, _ right: Value, pattern: Pattern? = nil
    ) -> Bool {
        switch (left, right) {
        case (.list, .list): return false
        case (.list(let elements), _):
            return comparison.isNegative
                ? elements.allSatisfy { holds($0, comparison, right, pattern: pattern) }
                : elements.contains { holds($0, comparison, right, pattern: pattern) }
        case (_, .list(let elements)):
            return comparison.isNegative
                ? elements.allSatisfy { holds(left, comparison, $0, pattern: pattern) }
                : elements.contains { holds(left, comparison, $0, pattern: pattern) }
        case (.string(let left), .string(let right)):
            return holds(left, comparison, right, pattern: pattern)
        case (.bool(let left), .bool(let right)): return holds(equal: left == right, comparison)
        case (.status(let left), .status(let right)): return holds(equal: left == right, comparison)
        case (.kind(let left), .kind(let right)): return holds(equal: left == right, comparison)
        default:
            if let left = left.integer, let right = right.integer { return ordered(left, comparison, right) }
            guard let left = left.number, let right = right.number else { return false }
            return ordered(left, comparison, right)
        }
    }

    private static func holds(equal: Bool, _ comparison: ComparisonOperator) -> Bool {
        switch comparison {
        case .equal: equal
        case .notEqual: !equal
        default: false
        }
    }

    private static func holds(
        _ left: String, _ comparison: ComparisonOperator, _ right: String, pattern: Pattern?
    ) -> Bool {
        switch comparison {
        case .equal: left.utf8.elementsEqual(right.utf8)
        case .notEqual: !left.utf8.elementsEqual(right.utf8)
        case .less: left.utf8.lexicographicallyPrecedes(right.utf8)
        case .greaterOrEqual: !left.utf8.lexicographicallyPrecedes(right.utf8)
        case .greater: right.utf8.lexicographicallyPrecedes(left.utf8)
        case .lessOrEqual: !right.utf8.lexicographicallyPrecedes(left.utf8)
        case .matches: pattern?.matchesAll(left) ?? false
        case .notMatches: pattern.map { !$0.matchesAll(left) } ?? false
        }
    }

    private static func ordered<Number: Comparable>(
        _ left: Number, _ comparison: ComparisonOperator, _ right: Number
    ) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .matches, .notMatches: false
        }
    }
}

extension ComparisonOperator {
    /// Must hold for all elements rather than for one.
    var isNegative: Bool { self == .notEqual || self == .notMatches }
    var isPattern: Bool { self == .matches || self == .notMatches }

    /// The operator that says the same with its sides exchanged.
    var exchanged: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual, .matches, .notMatches: self
        }
    }
}

extension Value {
    /// An integer, or the nanoseconds of a duration.
    var integer: Int64? {
        switch self {
        case .int(let number), .duration(let number): number
        default: nil
        }
    }

    /// Durations in nanoseconds.
    var number: Double? {
        switch self {
        case .int(let number), .duration(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }
}
