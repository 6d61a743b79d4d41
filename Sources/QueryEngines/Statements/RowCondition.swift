package import SQLSyntax

/// A condition on rows of a table that holds for every span or record that an expression is true for.
package struct RowCondition: Sendable, Hashable {
    package var sql: Expression
    /// False: it may hold for other rows, too, so that what it finds must be evaluated.
    package var isExact: Bool

    package init(_ sql: Expression, isExact: Bool) {
        self.sql = sql
        self.isExact = isExact
    }

    package static let always = RowCondition(.and([]), isExact: true)
    package static let never = RowCondition(.or([]), isExact: true)
    /// Nothing is known in SQL.
    package static let unknown = RowCondition(.and([]), isExact: false)

    package static func exact(_ sql: Expression) -> RowCondition { RowCondition(sql, isExact: true) }
    package static func wider(_ sql: Expression) -> RowCondition { RowCondition(sql, isExact: false) }

    package var isAlways: Bool { sql == .and([]) }
    package var isNever: Bool { sql == .or([]) }

    package static func all(_ conditions: [RowCondition]) -> RowCondition {
        // What is wider than the truth and still never holds, is never true.
        if conditions.contains(where: \.isNever) { return .never }
        // Chains are printed flat: the engine's parser counts each bracket.
        let parts = conditions.filter { !$0.isAlways }.flatMap { condition -> [Expression] in
            if case .and(let parts) = condition.sql { parts } else { [condition.sql] }
        }
        return RowCondition(parts.count == 1 ? parts[0] : .and(parts), isExact: conditions.allSatisfy(\.isExact))
    }

    package static func any(_ conditions: [RowCondition]) -> RowCondition {
        if conditions.contains(where: { $0.isAlways && $0.isExact }) { return .always }
        if conditions.contains(where: \.isAlways) { return .unknown }
        let parts = conditions.filter { !$0.isNever }.flatMap { condition -> [Expression] in
            if case .or(let parts) = condition.sql { parts } else { [condition.sql] }
        }
        return RowCondition(parts.count == 1 ? parts[0] : .or(parts), isExact: conditions.allSatisfy(\.isExact))
    }

    /// The contrary; unknown unless the condition is exact.
    package var negated: RowCondition {
        guard isExact else { return .unknown }
        if isAlways { return .never }
        if isNever { return .always }
        return .exact(.not(sql))
    }
}
