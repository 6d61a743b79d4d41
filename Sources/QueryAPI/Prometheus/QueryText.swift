import PromQL
import PrometheusModel

/// What the API needs of a query's text beside its value.
enum QueryText {
    static func parse(_ text: String) throws(ParseError) -> Expression {
        try PromQLParser.parse(text)
    }

    /// A selector without anything around it, as in `match[]`.
    static func selector(_ text: String) throws(ParseError) -> [LabelMatcher] {
        try PromQLParser.parseMetricSelector(text)
    }

    static func format(_ expression: Expression) -> String { expression.prettyPrinted }

    /// The conditions of every selector in the query.
    static func selectors(in expression: Expression) -> [[LabelMatcher]] {
        switch expression {
        case .number, .string: []
        case .vectorSelector(let node): [node.matchers]
        case .matrixSelector(let node): [node.selector.matchers]
        case .subquery(let node): selectors(in: node.expression)
        case .call(let node): node.arguments.flatMap(selectors)
        case .aggregation(let node): (node.parameter.map(selectors) ?? []) + selectors(in: node.expression)
        case .unary(let node): selectors(in: node.expression)
        case .binary(let node): selectors(in: node.left) + selectors(in: node.right)
        case .parenthesis(let node): selectors(in: node.expression)
        }
    }
}
