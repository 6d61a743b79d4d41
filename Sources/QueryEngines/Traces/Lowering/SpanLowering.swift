import SQLSyntax
import TelemetryModel
package import TelemetryStore
package import TraceQL

/// Lowers an expression over the fields of a span to a condition on rows of `spans`.
///
/// Rules are those of `TraceQLEvaluation`: a field that a span does not have makes every comparison false, `!=` and `!~`
/// included; values of different types are never equal.
package struct SpanLowering: Sendable {
    package enum Purpose: Sendable {
        /// What is found is evaluated afterwards: types are not checked, conditions may be wider.
        case candidates
        /// What is found is the answer, where the condition says that it is exact.
        case answer
    }

    let keys: AttributeKeys
    let references: any ReferenceFinder
    let purpose: Purpose

    package init(keys: AttributeKeys, references: any ReferenceFinder, purpose: Purpose) {
        self.keys = keys
        self.references = references
        self.purpose = purpose
    }

    private var isTyped: Bool { purpose == .answer }

    /// Recursion is bounded by the parser's bound on nesting.
    package func lower(_ expression: FieldExpression) async throws -> RowCondition {
        switch expression {
        case .literal(.bool(let flag)): return flag ? .always : .never
        case .literal: return .unknown
        case .attribute(let attribute):
            return try await comparison(attribute, .equal, .bool(true))
        case .not(.attribute(let attribute)): return try await comparison(attribute, .equal, .bool(false))
        case .not(let inner):
            // `!` of what is no condition has no value where that has none, and then does not hold either.
            return inner.isCondition ? try await lower(inner).negated : .unknown
        case .negated, .arithmetic: return .unknown
        case .and(let left, let right):
            let left = try await lower(left)
            if left.isNever { return .never }
            return .all([left, try await lower(right)])
        case .or(let left, let right):
            return .any([try await lower(left), try await lower(right)])
        case .comparison(.attribute(let attribute), let comparison, .literal(let literal)):
            return try await self.comparison(attribute, comparison, literal)
        case .comparison(.literal(let literal), let comparison, .attribute(let attribute)):
            return try await self.comparison(attribute, comparison.mirrored, literal)
        case .comparison(.attribute(let attribute), let comparison, .negated(.literal(let literal))):
            guard let number = literal.negated else { return .unknown }
            return try await self.comparison(attribute, comparison, number)
        case .comparison(let left, let comparison, let right):
            if case .literal(let left) = left, case .literal(let right) = right,
                let left = left.exactNumber, let right = right.exactNumber
            {
                return comparison.holds(left, right) ? .always : .never
            }
            // Without a value on one side nothing but the question for nil is true.
            guard left != .literal(.none), right != .literal(.none) else { return .unknown }
            var present: [RowCondition] = [.unknown]
            for attribute in left.neededAttributes + right.neededAttributes {
                present.append(try await self.comparison(attribute, .notEqual, .none))
            }
            var condition = RowCondition.all(present)
            condition.isExact = condition.isNever
            return condition
        }
    }

    func comparison(
        _ attribute: Attribute, _ comparison: ComparisonOperator, _ literal: Value
    ) async throws -> RowCondition {
        guard !attribute.ofParent else { return .unknown }
        switch attribute.target {
        case .intrinsic(let intrinsic): return try await self.intrinsic(intrinsic, comparison, literal)
        case .attribute(let scope, let key):
            switch scope {
            case .span: return span(key, comparison, literal)
            case .resource: return try await referenced(.resource, key, comparison, literal)
            case .instrumentation: return try await referenced(.scope, key, comparison, literal)
            case .event: return nested(.event, key, comparison, literal)
            case .link: return nested(.link, key, comparison, literal)
            case .any: return try await unscoped(key, comparison, literal)
            }
        }
    }

    // MARK: attributes

    private func span(_ key: String, _ comparison: ComparisonOperator, _ literal: Value) -> RowCondition {
        guard keys.contains(key, in: .span) else {
            return literal == .none && comparison == .equal ? .always : .never
        }
        return AttributeMap.ofRow(key, mayBeArray: keys.hasArrays(key, in: .span))
            .comparison(comparison, literal, typed: isTyped)
    }

    private func referenced(
        _ reference: Reference, _ key: String, _ comparison: ComparisonOperator, _ literal: Value
    ) async throws -> RowCondition {
        if reference == .resource, key == "service.name", case .string(let text) = literal, !text.isEmpty {
            // The service is a column of its own. A resource without the attribute has an empty one.
            switch comparison {
            case .equal: return try await ofService(.equal(.column("service"), .parameter(.string(text))))
            case .matches:
                if RegularExpression.alternatives(text) != nil {
                    return try await ofService(RegularExpression.condition(.column("service"), text))
                }
            default: break
            }
        }
        if literal == .none, comparison == .equal {
            return try await referenced(reference, key, .notEqual, .none).negated
        }
        // Arrays are few enough to be looked at as what they are: their text.
        let condition = AttributeMap.ofRow(key, mayBeArray: true).comparison(comparison, literal, typed: true)
        guard !condition.isNever else { return .never }
        let found = try await references.find(reference, where: condition.sql)
        var result = found.condition(reference, where: condition.sql)
        if !condition.isExact, !result.isNever {
            let plain = AttributeMap.ofRow(key, mayBeArray: false)
            let exact = plain.comparison(comparison, literal, typed: true)
            result.isExact = false
            if exact.isExact { result.isExact = try await references.find(reference, where: plain.isArray) == .ids([]) }
        }
        return result
    }

    /// A condition on the column `service`, which holds the text of a service's name whatever its type.
    private func ofService(_ condition: Expression) async throws -> RowCondition {
        guard purpose == .answer else { return .wider(condition) }
        return RowCondition(condition, isExact: try await areServicesTexts())
    }

    /// Whether every service's name is a text that is not empty, as is usual: then the column `service` tells all.
    func areServicesTexts() async throws -> Bool {
        try await references.find(.resource, where: AttributeMap.ofRow("service.name", mayBeArray: false).isNoName)
            == .ids([])
    }

    /// Any of a span's events or links.
    private func nested(
        _ place: AttributePlace, _ key: String, _ comparison: ComparisonOperator, _ literal: Value
    ) -> RowCondition {
        guard keys.contains(key, in: place) else {
            return literal == .none && comparison == .equal ? .always : .never
        }
        let column: Identifier = place == .event ? "event_attributes" : "link_attributes"
        let item = AttributeMap(
            key, text: .column("item"), types: nil, numbers: nil, mayBeArray: keys.hasArrays(key, in: place))
        let exists = Expression.call("arrayExists", .lambda("item", item.exists), .column(column))
        switch (comparison, literal) {
        case (.notEqual, .none): return .wider(exists)
        case (.equal, .none): return .unknown
        // All items differ, and there is one.
        case (.notEqual, _), (.notMatches, _): return .wider(exists)
        default:
            let condition = item.comparison(comparison, literal, typed: false)
            guard !condition.isNever else { return .never }
            return .wider(.call("arrayExists", .lambda("item", condition.sql), .column(column)))
        }
    }

    /// The first place in which a span has the attribute: itself, its resource, its scope, its links, its events.
    private func unscoped(
        _ key: String, _ comparison: ComparisonOperator, _ literal: Value
    ) async throws -> RowCondition {
        if literal == .none, comparison == .equal {
            return try await unscoped(key, .notEqual, .none).negated
        }
        var found: [RowCondition] = []
        /// That no earlier place has it.
        var absent: [RowCondition] = []
        func add(_ condition: RowCondition) { found.append(.all(absent + [condition])) }

        if keys.contains(key, in: .span) {
            add(span(key, comparison, literal))
            if purpose == .answer { absent.append(span(key, .notEqual, .none).negated) }
        }
        for reference in [Reference.resource, .scope] {
            add(try await referenced(reference, key, comparison, literal))
            if purpose == .answer { absent.append(try await referenced(reference, key, .notEqual, .none).negated) }
        }
        for place in [AttributePlace.link, .event] where keys.contains(key, in: place) {
            add(nested(place, key, comparison, literal))
        }
        var condition = RowCondition.any(found)
        if purpose == .candidates, !condition.isNever { condition.isExact = false }
        return condition
    }
}

extension FieldExpression {
    /// True or false in every span, never missing.
    fileprivate var isCondition: Bool {
        switch self {
        case .comparison, .and, .or, .literal(.bool): true
        case .not(let inner): inner.isCondition
        case .literal, .attribute, .negated, .arithmetic: false
        }
    }

    /// The fields without any one of which the expression has no value.
    fileprivate var neededAttributes: [Attribute] {
        switch self {
        case .attribute(let attribute): [attribute]
        case .negated(let inner), .not(let inner): inner.neededAttributes
        case .arithmetic(let left, _, let right): left.neededAttributes + right.neededAttributes
        case .literal, .comparison, .and, .or: []
        }
    }
}

extension Value {
    /// A number that a `Double` holds exactly.
    fileprivate var exactNumber: Double? {
        number.flatMap { abs($0) < 9_007_199_254_740_992 ? $0 : nil }
    }

    var number: Double? {
        switch self {
        case .int(let value), .duration(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    fileprivate var negated: Value? {
        switch self {
        case .int(let value): .int(0 &- value)
        case .duration(let value): .duration(0 &- value)
        case .double(let value): .double(-value)
        default: nil
        }
    }
}
