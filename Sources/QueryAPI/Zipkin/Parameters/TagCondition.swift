import Codecs
import TraceQL

/// A term of an annotation query as a condition of TraceQL: it finds a span by what the answer will show of it, whatever
/// protocol brought it.
enum TagCondition {
    static func condition(_ term: AnnotationQuery.Term) -> FieldExpression {
        let key = term.key
        if let value = term.value {
            let typed = values(value).flatMap { literal in
                [ZipkinCondition.attribute(.span, key, literal), ZipkinCondition.attribute(.resource, key, literal)]
            }
            return FieldExpression.any(typed + shown(key, value))
        }
        return FieldExpression.any(
            [
                ZipkinCondition.exists(.span, key), ZipkinCondition.exists(.resource, key),
                FieldExpression.intrinsic(.eventName, .equal, .string(key)),
            ] + shown(key))
    }

    /// All texts are shown as texts, and a tag that is asked for may have been a number or a boolean.
    private static func values(_ text: String) -> [Value] {
        var values: [Value] = [.string(text)]
        if let number = Int64(text), "\(number)" == text {
            values.append(.int(number))
        } else if let number = Double(text), number.isFinite {
            values.append(.double(number))
        } else if text == "true" || text == "false" {
            values.append(.bool(text == "true"))
        }
        return values
    }

    /// Not of Zipkin's own spans: their tags are attributes.
    private static func exported(_ condition: FieldExpression) -> FieldExpression {
        .and(.not(ZipkinCondition.exists(.span, ZipkinAttribute.tagCount)), condition)
    }

    /// Tags that are shown and are no attributes, with a value.
    private static func shown(_ key: String, _ value: String) -> [FieldExpression] {
        switch key {
        case "error":
            [
                exported(
                    .and(
                        FieldExpression.intrinsic(.status, .equal, .status(.error)),
                        FieldExpression.intrinsic(.statusMessage, .equal, .string(value))))
            ]
        case "otel.status_code" where value == "ERROR":
            [exported(FieldExpression.intrinsic(.status, .equal, .status(.error)))]
        case "otel.status_code" where value == "OK":
            [exported(FieldExpression.intrinsic(.status, .equal, .status(.ok)))]
        case "otel.scope.name":
            [exported(FieldExpression.intrinsic(.instrumentationName, .equal, .string(value)))]
        case "otel.scope.version":
            [exported(FieldExpression.intrinsic(.instrumentationVersion, .equal, .string(value)))]
        default: []
        }
    }

    /// Tags that are shown and are no attributes, with any value.
    private static func shown(_ key: String) -> [FieldExpression] {
        switch key {
        case "error": [exported(FieldExpression.intrinsic(.status, .equal, .status(.error)))]
        case "otel.status_code": [exported(FieldExpression.intrinsic(.status, .notEqual, .status(.unset)))]
        case "otel.scope.name":
            [exported(FieldExpression.intrinsic(.instrumentationName, .notEqual, .string("")))]
        case "otel.scope.version":
            [exported(FieldExpression.intrinsic(.instrumentationVersion, .notEqual, .string("")))]
        default: []
        }
    }
}
