import TraceQL

/// Conditions as APIs without a language of their own make them.
extension FieldExpression {
    static func intrinsic(
        _ intrinsic: Intrinsic, _ comparison: ComparisonOperator, _ value: Value
    ) -> FieldExpression {
        .comparison(.attribute(Attribute(.intrinsic(intrinsic))), comparison, .literal(value))
    }

    /// All of them hold; true when there are none.
    static func all(_ parts: [FieldExpression]) -> FieldExpression {
        joined(parts[...], FieldExpression.and) ?? .literal(.bool(true))
    }

    /// One of them holds; false when there are none.
    static func any(_ parts: [FieldExpression]) -> FieldExpression {
        joined(parts[...], FieldExpression.or) ?? .literal(.bool(false))
    }

    /// The tree is as shallow as it can be, as evaluators recurse.
    private static func joined(
        _ parts: ArraySlice<FieldExpression>, _ join: (FieldExpression, FieldExpression) -> FieldExpression
    ) -> FieldExpression? {
        guard parts.count > 1 else { return parts.first }
        let middle = parts.startIndex + parts.count / 2
        guard let left = joined(parts[..<middle], join), let right = joined(parts[middle...], join) else { return nil }
        return join(left, right)
    }
}

extension Int64 {
    /// The nearest end of the range where the product does not fit.
    func multipliedClamping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        guard overflow else { return product }
        return (self < 0) == (factor < 0) ? .max : .min
    }
}
