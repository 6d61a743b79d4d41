import TelemetryModel
import TraceQL

/// The filter as a condition on one span.
///
/// - `ne` and `not_in` hold for what is there and differs; a span without the attribute is no match.
/// - Of events and links any one may match. `some`, which asks for several things of the same one, is taken with one
///   thing only: TraceQL has no word for the other.
extension FilterExpression {
    func condition() throws(JaegerFailure) -> FieldExpression {
        guard case .call(let name, let arguments) = self else {
            throw Self.invalid("a condition has to be a call of an operator")
        }
        switch name {
        case "and", "or":
            guard !arguments.isEmpty else { throw Self.invalid("\(name) needs arguments") }
            var parts: [FieldExpression] = []
            for argument in arguments { parts.append(try argument.condition()) }
            return name == "and" ? .all(parts) : .any(parts)
        case "not":
            guard arguments.count == 1 else { throw Self.invalid("not takes one argument") }
            return .not(try arguments[0].condition())
        case "exists":
            guard arguments.count == 1 else { throw Self.invalid("exists takes one argument") }
            return Self.exists(try arguments[0].subject())
        case "eq", "ne", "gt", "lt", "gte", "lte", "in", "not_in":
            guard arguments.count == 2 else { throw Self.invalid("\(name) takes two arguments") }
            return try Self.comparison(name, try arguments[0].subject(), arguments[1])
        case "some":
            guard arguments.count == 2, case .nested = arguments[0] else {
                throw Self.invalid("some takes events or links, and a call")
            }
            guard case .call(let inner, _) = arguments[1],
                !["and", "or", "not", "some", "ne", "not_in"].contains(inner)
            else {
                throw JaegerFailure(501, "query.filter: some is supported with one comparison only")
            }
            return try arguments[1].condition()
        case "regex": throw JaegerFailure(501, "query.filter: regex is not supported")
        default: throw Self.invalid("unknown operator '\(name)'")
        }
    }

    private static func invalid(_ reason: String) -> JaegerFailure { .parameter("query.filter", reason) }

    /// Where a value is looked for, and how constants are read for it.
    private struct Subject {
        enum Reading {
            /// By their own type, or as anything that reads as the text.
            case attribute
            case text, duration, kind, status, service
        }

        var targets: [Attribute.Target]
        var reading: Reading
    }

    private func subject() throws(JaegerFailure) -> Subject {
        switch self {
        case .attribute(let key, let level):
            let scopes: [Attribute.Scope]
            switch level {
            case "": scopes = [.span, .resource]
            case "span": scopes = [.span]
            case "resource": scopes = [.resource]
            case "scope": scopes = [.instrumentation]
            case "event": scopes = [.event]
            case "link": scopes = [.link]
            default: throw Self.invalid("unknown level '\(level)'")
            }
            return Subject(targets: scopes.map { .attribute($0, key) }, reading: .attribute)
        case .field(let name, let level):
            switch (level, name) {
            case ("span", "traceID"): return Subject(targets: [.intrinsic(.traceID)], reading: .text)
            case ("span", "spanID"): return Subject(targets: [.intrinsic(.spanID)], reading: .text)
            case ("span", "parentSpanID"): return Subject(targets: [.intrinsic(.parentID)], reading: .text)
            case ("span", "name"): return Subject(targets: [.intrinsic(.name)], reading: .text)
            case ("span", "kind"): return Subject(targets: [.intrinsic(.kind)], reading: .kind)
            case ("span", "duration"): return Subject(targets: [.intrinsic(.duration)], reading: .duration)
            case ("span", "status"): return Subject(targets: [.intrinsic(.status)], reading: .status)
            case ("span", "statusMessage"): return Subject(targets: [.intrinsic(.statusMessage)], reading: .text)
            case ("resource", "service"):
                return Subject(targets: [.attribute(.resource, "service.name")], reading: .service)
            case ("scope", "name"): return Subject(targets: [.intrinsic(.instrumentationName)], reading: .text)
            case ("scope", "version"): return Subject(targets: [.intrinsic(.instrumentationVersion)], reading: .text)
            case ("event", "name"): return Subject(targets: [.intrinsic(.eventName)], reading: .text)
            case ("link", "traceID"): return Subject(targets: [.intrinsic(.linkTraceID)], reading: .text)
            case ("link", "spanID"): return Subject(targets: [.intrinsic(.linkSpanID)], reading: .text)
            default: throw JaegerFailure(501, "query.filter: the field \(level).\(name) is not supported")
            }
        case .nested, .scalar, .list, .call: throw Self.invalid("expected an attribute or a field on the left")
        }
    }

    private static func exists(_ subject: Subject) -> FieldExpression {
        .any(subject.targets.map { .comparison(.attribute(Attribute($0)), .notEqual, .literal(.none)) })
    }

    private static func comparison(
        _ name: String, _ subject: Subject, _ constant: FilterExpression
    ) throws(JaegerFailure) -> FieldExpression {
        var values: [Value] = []
        switch (constant, name) {
        case (.scalar(let text, let type), "eq"), (.scalar(let text, let type), "ne"),
            (.scalar(let text, let type), "gt"), (.scalar(let text, let type), "lt"),
            (.scalar(let text, let type), "gte"), (.scalar(let text, let type), "lte"):
            values = try Self.values(text, type, subject.reading)
        case (.list(let texts, let type), "in"), (.list(let texts, let type), "not_in"):
            guard !texts.isEmpty else { throw invalid("a list needs values") }
            for text in texts { values += try Self.values(text, type, subject.reading) }
        default: throw invalid("\(name) needs \(name.hasSuffix("in") ? "a list" : "a scalar") on the right")
        }
        func holds(_ comparison: ComparisonOperator, _ values: [Value]) -> FieldExpression {
            .any(
                subject.targets.flatMap { target in
                    values.map { .comparison(.attribute(Attribute(target)), comparison, .literal($0)) }
                })
        }
        switch name {
        case "eq", "in": return holds(.equal, values)
        case "ne", "not_in": return .and(exists(subject), .not(holds(.equal, values)))
        default: break
        }
        // A text that reads as a number is compared as one: by letters 9 would be more than 10.
        let ordered = values.contains { if case .string = $0 { false } else { true } }
        let comparable = ordered ? values.filter { if case .string = $0 { false } else { true } } : values
        switch name {
        case "gt": return holds(.greater, comparable)
        case "lt": return holds(.less, comparable)
        case "gte": return holds(.greaterOrEqual, comparable)
        default: return holds(.lessOrEqual, comparable)
        }
    }

    private static func values(
        _ text: String, _ type: String, _ reading: Subject.Reading
    ) throws(JaegerFailure) -> [Value] {
        switch reading {
        case .text: return [.string(text)]
        case .service: return [.string(JaegerService.stored(text))]
        case .duration: return [.duration(try GoDuration.parse(text, parameter: "query.filter"))]
        case .kind:
            if let kind = JaegerSpanKind(name: text), let value = Value.Kind(rawValue: kind.name) {
                return [.kind(value)]
            }
            guard text.lowercased() == "unspecified" else { throw invalid("unknown span kind '\(text)'") }
            return [.kind(.unspecified)]
        case .status:
            guard let status = Value.Status(rawValue: text.lowercased()) else {
                throw invalid("unknown status '\(text)'")
            }
            return [.status(status)]
        case .attribute:
            let all = JaegerTagCondition.values(of: text)
            let wanted = all.filter { value in
                switch (type, value) {
                case ("", _), ("string", .string), ("int", .int), ("double", .double), ("bool", .bool): true
                default: false
                }
            }
            if wanted.isEmpty, type == "double", case .int(let number)? = all.last { return [.double(Double(number))] }
            guard !wanted.isEmpty else { throw invalid("'\(text)' is no value of type '\(type)'") }
            return wanted
        }
    }
}
