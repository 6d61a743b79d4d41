import PromQL
import PrometheusModel

/// Makes plans of syntax trees.
///
/// What cannot change from step to step is marked so at the highest node possible, as Prometheus' `PreprocessExpr` does:
/// selectors and subqueries with `@`, literals, and what is made of them alone, but for functions that use the time
/// of evaluation.
struct Planner {
    /// The query's own times.
    let times: TimeGrid
    /// Milliseconds; 0 for an instant query.
    let step: Int64
    let defaultSubqueryStep: Int64
    /// Gives each selector its number.
    private var selectorCount = 0

    init(times: TimeGrid, step: Int64, defaultSubqueryStep: Int64) {
        self.times = times
        self.step = step
        self.defaultSubqueryStep = defaultSubqueryStep
    }

    private static let timeDependent: Set<String> = [
        "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year",
        "predict_linear", "time", "timestamp",
    ]

    mutating func plan(_ expression: Expression) throws(QueryError) -> PlanNode {
        let part = try part(expression, surroundings: "")
        return part.marked
    }

    /// A planned node and whether it never changes, and is worth marking so.
    private struct Part {
        var node: PlanNode
        var isInvariant = false
        var isMarkable = false

        var marked: PlanNode { isInvariant && isMarkable ? .invariant(node) : node }
    }

    private mutating func part(_ expression: Expression, surroundings: String) throws(QueryError) -> Part {
        switch expression {
        case .number(let literal):
            return Part(node: .number(literal.value, literal.range), isInvariant: true)
        case .string(let literal):
            return Part(node: .string(literal), isInvariant: true)
        case .parenthesis(let parenthesis):
            return try part(parenthesis.expression, surroundings: surroundings)
        case .vectorSelector(let selector):
            let plan = try plan(selector, surroundings: surroundings)
            return Part(node: .selector(plan), isInvariant: plan.at != nil, isMarkable: true)
        case .matrixSelector(let matrix):
            let plan = WindowPlan(
                selector: try plan(matrix.selector, surroundings: surroundings),
                width: try duration(matrix.window, mayBeNegative: false), range: matrix.range)
            return Part(node: .window(plan), isInvariant: plan.selector.at != nil)
        case .subquery(let subquery):
            let plan = try plan(subquery)
            return Part(node: .subquery(plan), isInvariant: plan.at != nil)
        case .unary(let unary):
            let inner = try part(unary.expression, surroundings: surroundings)
            return Part(
                node: .unary(isNegation: unary.isNegation, inner.node, unary.range), isInvariant: inner.isInvariant,
                isMarkable: inner.isMarkable)
        case .binary(let binary):
            return try part(binary)
        case .aggregation(let aggregation):
            return try part(aggregation)
        case .call(let call):
            return try part(call)
        }
    }

    private mutating func part(_ binary: Binary) throws(QueryError) -> Part {
        let left = try part(binary.left, surroundings: "")
        let right = try part(binary.right, surroundings: "")
        let isInvariant = left.isInvariant && right.isInvariant
        return Part(
            node: .binary(
                BinaryPlan(
                    operation: binary.operation, left: isInvariant ? left.node : left.marked,
                    right: isInvariant ? right.node : right.marked, returnsBool: binary.returnsBool,
                    matching: binary.matching ?? VectorMatching(), range: binary.range)),
            isInvariant: isInvariant, isMarkable: true)
    }

    private mutating func part(_ aggregation: Aggregation) throws(QueryError) -> Part {
        let inner = try part(aggregation.expression, surroundings: aggregation.operation.rawValue)
        var parameter: Part?
        if let expression = aggregation.parameter { parameter = try part(expression, surroundings: "") }
        // A parameter that changes makes the whole change.
        let isInvariant = inner.isInvariant && parameter?.isInvariant ?? true
        return Part(
            node: .aggregation(
                AggregationPlan(
                    operation: aggregation.operation, node: isInvariant ? inner.node : inner.marked,
                    parameter: parameter?.node, grouping: Array(Set(aggregation.grouping)).sorted(),
                    isWithout: aggregation.isWithout, range: aggregation.range)),
            isInvariant: isInvariant, isMarkable: true)
    }

    private mutating func part(_ call: Call) throws(QueryError) -> Part {
        let name = call.function.name
        guard let body = FunctionTable.body(name) else {
            throw QueryError(.invalid, "unknown function with name \(LabelName.quoted(name))", range: call.range)
        }
        var parts: [Part] = []
        var infoSelector: SelectorPlan?
        for (index, argument) in call.arguments.enumerated() {
            // The second argument of info() is no selector but a list of conditions on the info series' labels.
            if name == "info", index == 1 { continue }
            parts.append(try part(argument, surroundings: name))
        }
        if name == "info" {
            var matchers: [LabelMatcher] = []
            if call.arguments.count > 1, case .vectorSelector(let selector) = call.arguments[1].unwrapped {
                matchers = selector.matchers
            }
            // The info series are looked at when the series they are added to are.
            let base = parts.first?.node.firstSelector
            infoSelector = InfoFunction.selector(
                matchers, id: selectorCount, offset: base?.offset ?? 0, at: base?.at, range: call.range)
            selectorCount += 1
        }
        let isInvariant = !Self.timeDependent.contains(name) && parts.allSatisfy { $0.isInvariant }
        return Part(
            node: .call(
                CallPlan(
                    name: name, body: body, arguments: parts.map { isInvariant ? $0.node : $0.marked },
                    range: call.range, infoSelector: infoSelector)),
            isInvariant: isInvariant, isMarkable: true)
    }

    private mutating func plan(_ selector: VectorSelector, surroundings: String) throws(QueryError) -> SelectorPlan {
        let plan = SelectorPlan(
            id: selectorCount, matchers: selector.matchers, offset: try offset(selector.offset),
            at: time(selector.at), surroundings: surroundings, range: selector.range)
        selectorCount += 1
        return plan
    }

    private mutating func plan(_ subquery: Subquery) throws(QueryError) -> SubqueryPlan {
        let inner = try part(subquery.expression, surroundings: "")
        var innerStep = defaultSubqueryStep
        if let expression = subquery.step { innerStep = try duration(expression, mayBeNegative: false) }
        return SubqueryPlan(
            node: inner.marked, width: try duration(subquery.window, mayBeNegative: false), step: innerStep,
            offset: try offset(subquery.offset), at: time(subquery.at), range: subquery.range)
    }

    private func time(_ modifier: AtModifier?) -> Int64? {
        switch modifier {
        case nil: nil
        case .time(let time): time
        case .start: times.start
        case .end: times.count > 0 ? times.end : times.start
        }
    }

    private func offset(_ expression: DurationExpression?) throws(QueryError) -> Int64 {
        guard let expression else { return 0 }
        return try duration(expression, mayBeNegative: true)
    }

    private func duration(_ expression: DurationExpression, mayBeNegative: Bool) throws(QueryError) -> Int64 {
        try DurationEvaluation(step: step).milliseconds(expression, mayBeNegative: mayBeNegative)
    }
}
