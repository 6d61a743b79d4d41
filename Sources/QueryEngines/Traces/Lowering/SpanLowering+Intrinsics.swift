import SQLSyntax
import TelemetryModel
import TraceQL

extension SpanLowering {
    /// Conditions on the fields that every span has. Those of the trace, and those that depend on other spans, are not
    /// known in a row.
    func intrinsic(
        _ intrinsic: Intrinsic, _ comparison: ComparisonOperator, _ literal: Value
    ) async throws -> RowCondition {
        switch intrinsic {
        case .duration: return integer(.column("duration"), comparison, literal)
        case .name: return text(.column("name"), comparison, literal)
        case .statusMessage: return text(.column("status_message"), comparison, literal)
        case .status:
            guard case .status(let status) = literal else { return existing(comparison, literal) }
            return code(.column("status_code"), comparison, status.code, last: 2)
        case .kind:
            guard case .kind(let kind) = literal else { return existing(comparison, literal) }
            return code(.column("kind"), comparison, kind.code, last: 5)
        case .spanID: return identifier(.column("span_id"), comparison, literal, bytes: 8)
        case .parentID:
            if literal == .none, comparison == .notEqual {
                return .exact(.comparison(.column("parent_span_id"), .notEqual, .noSpan))
            }
            return identifier(.column("parent_span_id"), comparison, literal, bytes: 8)
        case .traceID: return identifier(.column("trace_id"), comparison, literal, bytes: 16)
        case .nestedSetParent:
            // -1 is a root's, and every other number is at least 0.
            guard let number = literal.number else { return .unknown }
            guard comparison.holds(-1, number), !comparison.holds(0, number), !comparison.holds(1, number) else {
                return .unknown
            }
            return .exact(.equal(.column("parent_span_id"), .noSpan))
        case .eventName: return list(.column("event_names"), comparison, literal)
        case .eventTimeSinceStart: return sinceStart(comparison, literal)
        case .linkTraceID: return identifiers(.column("link_trace_ids"), comparison, literal, bytes: 16)
        case .linkSpanID: return identifiers(.column("link_span_ids"), comparison, literal, bytes: 8)
        case .instrumentationName: return try await scope("name", comparison, literal)
        case .instrumentationVersion: return try await scope("version", comparison, literal)
        case .childCount, .traceDuration, .rootName, .rootService, .nestedSetLeft, .nestedSetRight, .parent:
            return .unknown
        }
    }

    /// A field that is always there, compared with nothing or with what it never is.
    private func existing(_ comparison: ComparisonOperator, _ literal: Value) -> RowCondition {
        literal == .none && comparison == .notEqual ? .always : literal == .none ? .unknown : .never
    }

    private func integer(
        _ column: Expression, _ comparison: ComparisonOperator, _ literal: Value
    ) -> RowCondition {
        guard let sqlComparison = comparison.sql else { return .never }
        switch literal {
        case .int(let value), .duration(let value):
            return .exact(.comparison(column, sqlComparison, .integer(value)))
        case .double(let value) where abs(value) < 9_007_199_254_740_992:
            return .exact(.comparison(column, sqlComparison, .number(value)))
        // The engine compares exactly, evaluation what rounding leaves.
        case .double: return .unknown
        default: return existing(comparison, literal)
        }
    }

    private func text(_ column: Expression, _ comparison: ComparisonOperator, _ literal: Value) -> RowCondition {
        guard case .string(let text) = literal else { return existing(comparison, literal) }
        switch comparison {
        case .matches: return .exact(RegularExpression.condition(column, text))
        case .notMatches: return .exact(.not(RegularExpression.condition(column, text)))
        default:
            guard let sqlComparison = comparison.sql else { return .never }
            return .exact(.comparison(column, sqlComparison, .parameter(.string(text))))
        }
    }

    /// - Parameters:
    ///   - code: of the literal, as OTLP numbers it.
    ///   - last: the greatest number that is known; others mean what 0 means.
    private func code(
        _ column: Expression, _ comparison: ComparisonOperator, _ code: Int32, last: Int64
    ) -> RowCondition {
        let isEqual: RowCondition =
            code == 0
            ? .exact(.or([.comparison(column, .less, .integer(1)), .comparison(column, .greater, .integer(last))]))
            : .exact(.equal(column, .integer(Int64(code))))
        switch comparison {
        case .equal: return isEqual
        case .notEqual: return isEqual.negated
        default: return .never
        }
    }

    /// Ids are compared as hexadecimal text; only equality says where to look.
    private func identifier(
        _ column: Expression, _ comparison: ComparisonOperator, _ literal: Value, bytes: Int
    ) -> RowCondition {
        guard case .string(let text) = literal else { return existing(comparison, literal) }
        switch comparison {
        case .equal:
            guard let value = Self.identifier(text, bytes: bytes) else { return .never }
            return .wider(.equal(column, value))
        case .matches:
            guard let texts = RegularExpression.alternatives(text) else { return .unknown }
            let values = texts.compactMap { Self.identifier($0, bytes: bytes) }
            return .any(values.map { .wider(.equal(column, $0)) })
        default: return .unknown
        }
    }

    private func identifiers(
        _ column: Expression, _ comparison: ComparisonOperator, _ literal: Value, bytes: Int
    ) -> RowCondition {
        let some = RowCondition.wider(.call("notEmpty", column))
        guard case .string(let text) = literal else {
            return literal == .none && comparison == .notEqual ? some : literal == .none ? .unknown : .never
        }
        guard comparison == .equal else { return some }
        guard let value = Self.identifier(text, bytes: bytes) else { return .never }
        return .wider(.call("has", column, value))
    }

    private static func identifier(_ text: String, bytes: Int) -> Expression? {
        let text = text.drop { $0 == "0" }
        let digits = text.utf8.count
        guard digits > 0, digits <= bytes * 2, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return nil
        }
        return .call("unhex", .parameter(.string(String(repeating: "0", count: bytes * 2 - digits) + text)))
    }

    private func list(_ column: Expression, _ comparison: ComparisonOperator, _ literal: Value) -> RowCondition {
        let some = RowCondition.wider(.call("notEmpty", column))
        guard case .string(let text) = literal else {
            return literal == .none && comparison == .notEqual ? some : literal == .none ? .unknown : .never
        }
        switch comparison {
        case .equal: return .exact(.call("has", column, .parameter(.string(text))))
        case .notEqual, .notMatches: return some
        case .matches:
            return .exact(
                .call("arrayExists", .lambda("item", RegularExpression.condition(.column("item"), text)), column))
        default:
            guard let sqlComparison = comparison.sql else { return .never }
            let condition = Expression.comparison(.column("item"), sqlComparison, .parameter(.string(text)))
            return .exact(.call("arrayExists", .lambda("item", condition), column))
        }
    }

    private func sinceStart(_ comparison: ComparisonOperator, _ literal: Value) -> RowCondition {
        let some = RowCondition.wider(.call("notEmpty", .column("event_times")))
        guard let number = literal.number, abs(number) < 9_007_199_254_740_992, let sqlComparison = comparison.sql,
            comparison != .notEqual
        else { return literal == .none && comparison == .equal ? .unknown : some }
        let since = Expression.call(
            "minus", .call("toUnixTimestamp64Nano", .column("item")),
            .call("toUnixTimestamp64Nano", .column("start_time")))
        return .wider(
            .call(
                "arrayExists", .lambda("item", .comparison(since, sqlComparison, .number(number))),
                .column("event_times")))
    }

    private func scope(
        _ column: Identifier, _ comparison: ComparisonOperator, _ literal: Value
    ) async throws -> RowCondition {
        let condition: RowCondition
        if literal == .none {
            // A scope without a name has none.
            condition = .exact(.comparison(.column(column), .notEqual, .parameter(.string(""))))
            if comparison == .equal { return try await found(condition).negated }
        } else {
            let present = RowCondition.exact(.comparison(.column(column), .notEqual, .parameter(.string(""))))
            condition = .all([text(.column(column), comparison, literal), present])
        }
        guard !condition.isNever else { return .never }
        return try await found(condition)
    }

    private func found(_ condition: RowCondition) async throws -> RowCondition {
        try await references.find(.scope, where: condition.sql).condition(.scope, where: condition.sql)
    }
}

extension Value.Status {
    /// OTLP's number.
    package var code: Int32 {
        switch self {
        case .unset: 0
        case .ok: 1
        case .error: 2
        }
    }
}

extension Value.Kind {
    /// OTLP's number.
    package var code: Int32 {
        switch self {
        case .unspecified: 0
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension Expression {
    /// The id of no span: a root's parent.
    static let noSpan = Expression.call("unhex", .parameter(.string(SpanID.zero.hex)))
    /// On rows of `spans`: without a parent.
    static let isRoot = Expression.equal(.column("parent_span_id"), noSpan)
}
