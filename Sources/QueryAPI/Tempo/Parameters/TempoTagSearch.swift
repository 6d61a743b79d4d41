import TraceQL

/// A search by tags and durations as the TraceQL query that means the same.
///
/// Tempo matches each tag on its own: a trace is found when for each tag it has some span, or the resource of some
/// span, whose value contains the text, whatever the case. Durations are those of the whole trace.
///
/// - Spec: Tempo, "Search", "Parameters for Tag Based Search"; the names `name`, `error`, `status.code`, `root.name` and
///   `root.service.name` stand for fields of the span and trace.
enum TempoTagSearch {
    /// `{ tag } && { tag } …`, each with the conditions on the trace's duration; durations are nanoseconds.
    static func query(_ tags: [TempoTags.Tag], minimumDuration: Int64?, maximumDuration: Int64?) -> Query {
        let duration = durationCondition(minimum: minimumDuration, maximum: maximumDuration)
        var expression: SpansetExpression?
        for tag in tags {
            let condition = condition(tag)
            let filter = SpansetExpression.filter(duration.map { .and(condition, $0) } ?? condition)
            expression = expression.map { .combined($0, .and, filter) } ?? filter
        }
        return Query(
            body: .search(Pipeline([.spansets(expression ?? .filter(duration ?? .literal(.bool(true))))])))
    }

    /// Adds the conditions on the trace's duration to a query, as a last filter: they are the same for all its spans.
    static func narrow(_ query: Query, minimumDuration: Int64?, maximumDuration: Int64?) -> Query {
        guard let duration = durationCondition(minimum: minimumDuration, maximum: maximumDuration),
            case .search(var pipeline) = query.body
        else { return query }
        pipeline.stages.append(.spansets(.filter(duration)))
        return Query(body: .search(pipeline), hints: query.hints)
    }

    private static func durationCondition(minimum: Int64?, maximum: Int64?) -> FieldExpression? {
        let field = FieldExpression.attribute(Attribute(.intrinsic(.traceDuration)))
        let lower = minimum.map { FieldExpression.comparison(field, .greaterOrEqual, .literal(.duration($0))) }
        let upper = maximum.map { FieldExpression.comparison(field, .lessOrEqual, .literal(.duration($0))) }
        guard let lower else { return upper }
        return upper.map { .and(lower, $0) } ?? lower
    }

    private static func condition(_ tag: TempoTags.Tag) -> FieldExpression {
        let attribute = attributeCondition(tag)
        switch tag.key {
        case "name": return .or(contains(.intrinsic(.name), tag.value), attribute)
        case "root.name": return contains(.intrinsic(.rootName), tag.value)
        case "root.service.name": return contains(.intrinsic(.rootService), tag.value)
        case "error" where tag.value == "true": return .or(status(.error), attribute)
        case "status.code":
            guard let value = Value.Status(rawValue: tag.value.lowercased()) else { return attribute }
            return .or(status(value), attribute)
        default: return attribute
        }
    }

    private static func status(_ status: Value.Status) -> FieldExpression {
        .comparison(.attribute(Attribute(.intrinsic(.status))), .equal, .literal(.status(status)))
    }

    /// As text, and as the number or truth value that the text is.
    private static func attributeCondition(_ tag: TempoTags.Tag) -> FieldExpression {
        let target = Attribute.Target.attribute(.any, tag.key)
        let text = contains(target, tag.value)
        let value: Value
        if let number = Int64(tag.value) {
            value = .int(number)
        } else if let number = FloatText.parse(tag.value), number.isFinite {
            value = .double(number)
        } else if tag.value == "true" || tag.value == "false" {
            value = .bool(tag.value == "true")
        } else {
            return text
        }
        return .or(text, .comparison(.attribute(Attribute(target)), .equal, .literal(value)))
    }

    private static func contains(_ target: Attribute.Target, _ text: String) -> FieldExpression {
        .comparison(.attribute(Attribute(target)), .matches, .literal(.string("(?is).*\(escaped(text)).*")))
    }

    /// The text as a regular expression that matches it alone.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if #"\.+*?()|[]{}^$"#.unicodeScalars.contains(scalar) { result.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
