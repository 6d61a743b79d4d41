import TraceQL

/// Pieces of TraceQL queries.
enum ZipkinCondition {
    static func query(_ condition: FieldExpression) -> Query {
        Query(body: .search(Pipeline([.spansets(.filter(condition))])))
    }

    static func service(_ name: String) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(.resource, "service.name"))), .equal, .literal(.string(name)))
    }

    static func attribute(_ scope: Attribute.Scope, _ key: String, _ value: Value) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(scope, key))), .equal, .literal(value))
    }

    static func exists(_ scope: Attribute.Scope, _ key: String) -> FieldExpression {
        .comparison(.attribute(Attribute(.attribute(scope, key))), .notEqual, .literal(.none))
    }
}
