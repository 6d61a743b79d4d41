import TelemetryModel
import TelemetryStore
import TraceQL

extension Pipeline {
    /// The same with attributes of any scope as those of the one scope in which they are stored, if there is only one.
    /// Spans, and what is shown of them, are the same.
    func scoped(by keys: AttributeKeys) -> Pipeline {
        Pipeline(
            stages.map { stage in
                switch stage {
                case .spansets(let expression): .spansets(expression.scoped(by: keys))
                case .select(let attributes): .select(attributes.map { $0.scoped(by: keys) })
                default: stage
                }
            })
    }
}

extension SpansetExpression {
    fileprivate func scoped(by keys: AttributeKeys) -> SpansetExpression {
        switch self {
        case .filter(let field): .filter(field.scoped(by: keys))
        case .combined(let left, let combination, let right):
            .combined(left.scoped(by: keys), combination, right.scoped(by: keys))
        case .pipeline: self
        }
    }
}

extension FieldExpression {
    /// Recursion is bounded by the parser's bound on nesting.
    fileprivate func scoped(by keys: AttributeKeys) -> FieldExpression {
        switch self {
        case .literal: self
        case .attribute(let attribute): .attribute(attribute.scoped(by: keys))
        case .negated(let operand): .negated(operand.scoped(by: keys))
        case .not(let operand): .not(operand.scoped(by: keys))
        case .arithmetic(let left, let operation, let right):
            .arithmetic(left.scoped(by: keys), operation, right.scoped(by: keys))
        case .comparison(let left, let comparison, let right):
            .comparison(left.scoped(by: keys), comparison, right.scoped(by: keys))
        case .and(let left, let right): .and(left.scoped(by: keys), right.scoped(by: keys))
        case .or(let left, let right): .or(left.scoped(by: keys), right.scoped(by: keys))
        }
    }
}

extension Attribute {
    fileprivate func scoped(by keys: AttributeKeys) -> Attribute {
        guard case .attribute(.any, let key) = target else { return self }
        let places = AttributePlace.allCases.filter { $0 != .log && keys.contains(key, in: $0) }
        guard places.count == 1, let place = places.first else { return self }
        let scope: Scope =
            switch place {
            case .span: .span
            case .event: .event
            case .link: .link
            case .resource: .resource
            case .scope: .instrumentation
            case .log: .any
            }
        return Attribute(.attribute(scope, key), ofParent: ofParent)
    }
}
