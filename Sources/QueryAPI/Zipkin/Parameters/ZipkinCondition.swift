import TraceQL

/// Pieces of TraceQL queries.
enum ZipkinCondition {
    static func query(_ condition: FieldExpression) -> Query {
        Query(body: .search(Pipeline([.spansets(.filter(condition))])))
    }

    static func service(_ name: String) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(.resource, "service.name"))), .equal, .literal(.string(name)))
    }

    static func intrinsic(
        _ intrinsic: Intrinsic, _ comparison: ComparisonOperator, _ value: Value
    ) -> FieldExpression {
        .comparison(.attribute(Attribute(.intrinsic(intrinsic))), comparison, .literal(value))
    }

    static func attribute(_ scope: Attribute.Scope, _ key: String, _ value: Value) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(scope, key))), .equal, .literal(value))
    }

    static func exists(_ scope: Attribute.Scope, _ key: String) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(scope, key))), .notEqual, .literal(.none))
    }

    /// True of all spans when there is no condition.
    static func all(_ conditions: [FieldExpression]) -> FieldExpression {
        guard let first = conditions.first else { return .literal(.bool(true)) }
        return conditions.dropFirst().reduce(first) { .and($0, $1) }
    }

    /// False of all spans when there is no condition.
    static func any(_ conditions: [FieldExpression]) -> FieldExpression {
        guard let first = conditions.first else { return .literal(.bool(false)) }
        return conditions.dropFirst().reduce(first) { .or($0, $1) }
    }
}
