import PromQL
import PrometheusModel

/// Evaluates plans over samples that are all there. Synchronous; of one task.
///
/// Every node gives its value at all times of the grid at once. A function or operator finds its own operands by
/// evaluating the nodes of its plan.
final class Evaluator {
    let lookback: Int64
    private let query: String
    private let data: [SeriesSet]
    private let dataOfSelector: [Int: Int]
    var budget: SampleBudget
    var notes = Annotations()

    init(query: String, data: [SeriesSet], requests: PlanRequests, budget: SampleBudget) {
        self.query = query
        self.data = data
        dataOfSelector = requests.requestOfSelector
        lookback = requests.lookback
        self.budget = budget
    }

    func evaluate(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> Value {
        try budget.check()
        guard times.count <= budget.samplesMax else { throw SampleBudget.tooManySamples() }
        let before = budget.held
        let value = try compute(node, on: times)
        // What the operands took is given back.
        budget.reset(to: before)
        switch value {
        case .vector(let grid): try budget.hold(series: grid.seriesCount, steps: grid.steps)
        case .scalar(let values): try budget.hold(values.count)
        case .string: break
        }
        return value
    }

    private func compute(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> Value {
        switch node {
        case .number(let value, _): return .scalar(Array(repeating: value, count: times.count))
        case .string(let literal): return .string(literal.value)
        case .selector(let plan): return .vector(try select(plan, on: times))
        case .call(let plan): return try plan.body(self, plan, times)
        case .aggregation(let plan): return .vector(try aggregate(plan, on: times))
        case .unary(let isNegation, let inner, _):
            let value = try evaluate(inner, on: times)
            return isNegation ? Negation.apply(value) : value
        case .binary(let plan): return try evaluate(plan, on: times)
        case .invariant(let inner): return try repeated(inner, on: times)
        case .window, .subquery:
            throw QueryError(.execution, "range vector where an instant vector is expected", range: node.range)
        }
    }

    private func repeated(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> Value {
        switch try evaluate(node, on: times.first) {
        case .scalar(let values):
            return .scalar(Array(repeating: values.first ?? .nan, count: times.count))
        case .string(let text): return .string(text)
        case .vector(let grid):
            let live = grid.picking((0..<grid.seriesCount).filter(grid.hasValues))
            try budget.hold(series: live.seriesCount, steps: times.count)
            return .vector(live.repeated(on: times))
        }
    }

    /// The instant vector that a node gives.
    func vector(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> Grid {
        guard case .vector(let grid) = try evaluate(node, on: times) else {
            throw QueryError(.execution, "expected an instant vector", range: node.range)
        }
        return grid
    }

    /// The scalar that a node gives, one number for each time.
    func scalar(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> [Double] {
        guard case .scalar(let values) = try evaluate(node, on: times) else {
            throw QueryError(.execution, "expected a scalar", range: node.range)
        }
        return values
    }

    /// A part of the query's text.
    func text(at place: SourceRange) -> String {
        let bytes = query.utf8
        return String(
            decoding: bytes.dropFirst(max(0, place.start)).prefix(max(0, place.end - place.start)), as: UTF8.self)
    }

    /// The samples that were fetched for a selector.
    func samples(of plan: SelectorPlan) -> SeriesSet {
        guard let index = dataOfSelector[plan.id], data.indices.contains(index) else { return SeriesSet() }
        return data[index]
    }
}
