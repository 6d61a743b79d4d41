import PrometheusModel
import TelemetryModel
package import TraceQL

/// Evaluates expressions over all rows of a table at once, and remembers what it found.
///
/// Comparing a column of codes is one comparison for each different value. The rules are those of `Comparison` and
/// `Arithmetic`, and:
/// - an attribute alone is a condition that holds where it is true; `!` of anything but a truth value is no value; to
///   `&&` and `||` whatever is not true is false;
/// - `x = nil` holds where there is no value, `x != nil` where there is one;
/// - ids are compared by `=` and `!=` in either case and with or without leading zeros.
///
/// Not `Sendable`: one task evaluates one table.
package final class FieldEvaluator {
    package let table: SpanTable
    package let limits: EvaluationLimits
    private(set) lazy var forest = SpanForest(table)
    private(set) lazy var roots = table.roots()
    private var columns: [Attribute: ValueColumn] = [:]
    private var conditions: [(expression: FieldExpression, flags: [Bool])] = []

    /// - Throws: `.overLimit` when the table has more rows than `limits.rowsMax`.
    package init(_ table: SpanTable, limits: EvaluationLimits = .standard) throws(TraceQLEvaluationError) {
        guard table.rows <= limits.rowsMax else {
            throw TraceQLEvaluationError(
                .overLimit, "spans to evaluate at once are \(table.rows), limit is \(limits.rowsMax)")
        }
        self.table = table
        self.limits = limits
    }

    /// Rows in which the expression is true. Remembered.
    package func condition(_ expression: FieldExpression) throws(TraceQLEvaluationError) -> [Bool] {
        for known in conditions where known.expression == expression { return known.flags }
        let flags = try flags(expression, depth: 0)
        conditions.append((expression, flags))
        return flags
    }

    package func column(_ expression: FieldExpression) throws(TraceQLEvaluationError) -> ValueColumn {
        try column(expression, depth: 0)
    }

    /// The column of a field. Remembered.
    package func column(_ attribute: Attribute) -> ValueColumn {
        if let known = columns[attribute] { return known }
        var column: ValueColumn
        if attribute.ofParent {
            column = self.column(Attribute(attribute.target)).gathered(from: forest.parents)
        } else {
            column = fieldColumn(attribute.target)
        }
        if case .coded(let values, _) = column, values.isEmpty { column = .constant(.none) }
        columns[attribute] = column
        return column
    }

    private func column(_ expression: FieldExpression, depth: Int) throws(TraceQLEvaluationError) -> ValueColumn {
        guard depth < limits.nestingMax else { throw nestingError }
        switch expression {
        case .literal(let value): return .constant(value)
        case .attribute(let attribute): return column(attribute)
        case .negated(let operand):
            return try column(operand, depth: depth + 1).mapped(rows: table.rows, Arithmetic.negated)
        case .not(let operand):
            let operand = try column(operand, depth: depth + 1)
            if case .flags(let flags) = operand { return .flags(flags.map { !$0 }) }
            return operand.mapped(rows: table.rows) { if case .bool(let flag) = $0 { .bool(!flag) } else { .none } }
        case .arithmetic: return try arithmetic(expression, depth: depth)
        case .comparison, .and, .or: return .flags(try flags(expression, depth: depth))
        }
    }

    private func flags(_ expression: FieldExpression, depth: Int) throws(TraceQLEvaluationError) -> [Bool] {
        guard depth < limits.nestingMax else { throw nestingError }
        switch expression {
        case .comparison(let left, let comparison, let right):
            return try comparisonFlags(left, comparison, right, depth: depth)
        case .and, .or: return try logic(expression, depth: depth)
        default: return conditionFlags(try column(expression, depth: depth))
        }
    }

    /// A chain on the left is followed by a loop: `a || b || c …` of any length is one level.
    private func logic(_ expression: FieldExpression, depth: Int) throws(TraceQLEvaluationError) -> [Bool] {
        var rest = expression
        var operands: [(isAnd: Bool, operand: FieldExpression)] = []
        chain: while true {
            switch rest {
            case .and(let left, let right):
                operands.append((true, right))
                rest = left
            case .or(let left, let right):
                operands.append((false, right))
                rest = left
            default: break chain
            }
        }
        var result = try flags(rest, depth: depth + 1)
        for (isAnd, operand) in operands.reversed() {
            let other = try flags(operand, depth: depth + 1)
            for row in result.indices {
                result[row] = isAnd ? result[row] && other[row] : result[row] || other[row]
            }
        }
        return result
    }

    private func arithmetic(_ expression: FieldExpression, depth: Int) throws(TraceQLEvaluationError) -> ValueColumn {
        var rest = expression
        var operands: [(operation: ArithmeticOperator, operand: FieldExpression)] = []
        while case .arithmetic(let left, let operation, let right) = rest {
            operands.append((operation, right))
            rest = left
        }
        var result = try column(rest, depth: depth + 1)
        for (operation, operand) in operands.reversed() {
            result = combined(result, operation, try column(operand, depth: depth + 1))
        }
        return result
    }

    private func combined(_ left: ValueColumn, _ operation: ArithmeticOperator, _ right: ValueColumn) -> ValueColumn {
        if case .constant(let constant) = right {
            return left.mapped(rows: table.rows) { Arithmetic.result($0, operation, constant) }
        }
        if case .constant(let constant) = left {
            return right.mapped(rows: table.rows) { Arithmetic.result(constant, operation, $0) }
        }
        return .numbers(
            NumberColumn(rows: table.rows) { Arithmetic.result(left.value(at: $0), operation, right.value(at: $0)) })
    }

    private func conditionFlags(_ column: ValueColumn) -> [Bool] {
        if case .flags(let flags) = column { return flags }
        return flags(column, isNegative: false) { $0 == .bool(true) || $0.contains(.bool(true)) }
    }

    private var nestingError: TraceQLEvaluationError {
        TraceQLEvaluationError(.overLimit, "expression is nested deeper than \(limits.nestingMax) levels")
    }
}

// MARK: - Comparisons

extension FieldEvaluator {
    private func comparisonFlags(
        _ left: FieldExpression, _ comparison: ComparisonOperator, _ right: FieldExpression, depth: Int
    ) throws(TraceQLEvaluationError) -> [Bool] {
        if case .literal(.none) = right { return existence(try column(left, depth: depth + 1), comparison) }
        if case .literal(.none) = left { return existence(try column(right, depth: depth + 1), comparison) }
        let pattern = try comparison.isPattern ? pattern(right) : nil
        let leftColumn = try column(left, depth: depth + 1)
        let rightColumn = try column(right, depth: depth + 1)
        if comparison == .equal || comparison == .notEqual,
            IdentifierText.isIdentifier(left) || IdentifierText.isIdentifier(right)
        {
            return identifierFlags(leftColumn, comparison, rightColumn)
        }
        return flags(leftColumn, comparison, rightColumn, pattern)
    }

    private func pattern(_ expression: FieldExpression) throws(TraceQLEvaluationError) -> Pattern? {
        guard case .literal(let literal) = expression else {
            throw TraceQLEvaluationError(.unsupported, "a regular expression must be written out, not be a field")
        }
        guard case .string(let source) = literal else { return nil }
        do throws(Pattern.SyntaxError) {
            return try Pattern(source)
        } catch {
            throw TraceQLEvaluationError(.invalid, "invalid regular expression: \(error.reason)")
        }
    }

    private func existence(_ column: ValueColumn, _ comparison: ComparisonOperator) -> [Bool] {
        guard comparison == .equal || comparison == .notEqual else {
            return [Bool](repeating: false, count: table.rows)
        }
        let wantsNone = comparison == .equal
        switch column {
        case .constant(let value): return [Bool](repeating: value.isNone == wantsNone, count: table.rows)
        case .coded(let values, let codes):
            let truths = values.map { $0.isNone == wantsNone }
            return codes.map { truths[Int($0)] }
        case .multiple(_, _, let offsets):
            return (0..<table.rows).map { (offsets[$0] == offsets[$0 + 1]) == wantsNone }
        case .numbers(let numbers): return numbers.tags.map { ($0 == .none) == wantsNone }
        case .flags: return [Bool](repeating: !wantsNone, count: table.rows)
        case .spanIDs(let ids): return ids.map { $0.isZero == wantsNone }
        }
    }

    private func flags(
        _ left: ValueColumn, _ comparison: ComparisonOperator, _ right: ValueColumn, _ pattern: Pattern?
    ) -> [Bool] {
        if case .constant(let constant) = right {
            if case .numbers(let numbers) = left, let integer = constant.integer {
                return numbers.flags(comparison, integer)
            }
            return flags(left, isNegative: comparison.isNegative) {
                Comparison.holds($0, comparison, constant, pattern: pattern)
            }
        }
        if case .constant(let constant) = left, !comparison.isPattern {
            return flags(right, comparison.exchanged, .constant(constant), nil)
        }
        return (0..<table.rows).map {
            Comparison.holds(left.value(at: $0), comparison, right.value(at: $0), pattern: pattern)
        }
    }

    /// Rows whose value passes a test; of several values in a row one, or for a negative test all.
    private func flags(_ column: ValueColumn, isNegative: Bool, _ test: (Value) -> Bool) -> [Bool] {
        switch column {
        case .constant(let value): return [Bool](repeating: test(value), count: table.rows)
        case .coded(let values, let codes):
            let truths = values.map(test)
            return codes.map { truths[Int($0)] }
        case .multiple(let values, let codes, let offsets):
            let truths = values.map(test)
            return (0..<table.rows).map { row in
                let owned = codes[offsets[row]..<offsets[row + 1]]
                return isNegative
                    ? !owned.isEmpty && owned.allSatisfy { truths[Int($0)] } : owned.contains { truths[Int($0)] }
            }
        case .numbers(let numbers): return (0..<table.rows).map { test(numbers.value(at: $0)) }
        case .flags(let flags):
            let (no, yes) = (test(.bool(false)), test(.bool(true)))
            return flags.map { $0 ? yes : no }
        case .spanIDs: return (0..<table.rows).map { test(column.value(at: $0)) }
        }
    }

    private func identifierFlags(
        _ left: ValueColumn, _ comparison: ComparisonOperator, _ right: ValueColumn
    ) -> [Bool] {
        let wantsEqual = comparison == .equal
        switch (left, right) {
        case (.spanIDs(let ids), .constant(.string(let text))), (.constant(.string(let text)), .spanIDs(let ids)):
            let wanted = IdentifierText.spanID(text)
            return ids.map { !$0.isZero && ($0 == wanted) == wantsEqual }
        case (.spanIDs(let left), .spanIDs(let right)):
            return left.indices.map {
                !left[$0].isZero && !right[$0].isZero && (left[$0] == right[$0]) == wantsEqual
            }
        default:
            return flags(
                canonicalIdentifiers(left), comparison, canonicalIdentifiers(right), nil)
        }
    }

    private func canonicalIdentifiers(_ column: ValueColumn) -> ValueColumn {
        if case .spanIDs = column {
            let values = (0..<table.rows).map { IdentifierText.canonical(column.value(at: $0)) }
            return .coded(values: values, codes: values.indices.map { UInt32(truncatingIfNeeded: $0) })
        }
        return column.mapped(rows: table.rows, IdentifierText.canonical)
    }
}

extension Value {
    /// Whether a list holds the value.
    fileprivate func contains(_ value: Value) -> Bool {
        if case .list(let elements) = self { elements.contains(value) } else { false }
    }
}
