import PromQL
import PrometheusModel

/// What a plan asks of storage: one request for each distinct selector and span.
struct PlanRequests {
    private(set) var requests: [SeriesRequest] = []
    /// Index of the request that answers a selector, by the selector's number.
    private(set) var requestOfSelector: [Int: Int] = [:]
    private var known: [Key: Int] = [:]
    /// Times of all nodes together: about what evaluating costs for each series.
    private(set) var slots = 0
    /// In how many windows a sample is at most.
    private(set) var overlap = 1
    let lookback: Int64
    private let samplesMax: Int
    private let stepsMax: Int
    /// Milliseconds between the evaluations of the query; 0 for an instant query.
    let step: Int64

    private struct Key: Hashable {
        var matchers: [LabelMatcher]
        var start: Int64
        var end: Int64
        var function: String
        var window: Int64
    }

    init(step: Int64, _ options: EvaluationOptions) {
        lookback = options.lookback
        samplesMax = options.samplesMax
        stepsMax = options.stepsMax
        self.step = step
    }

    /// - Throws: when the node, or one within, has more times than are allowed: nothing is read for a query that must
    ///   fail.
    mutating func collect(_ node: PlanNode, on times: TimeGrid) throws(QueryError) {
        guard times.count > 0 else { return }
        guard times.count <= samplesMax else { throw SampleBudget.tooManySamples() }
        guard times.count <= stepsMax else {
            throw QueryError(
                .execution, "expression is evaluated at \(times.count) steps, limit is \(stepsMax)", range: node.range)
        }
        slots = slots.addingSaturated(times.count)
        switch node {
        case .number, .string: break
        case .selector(let plan): add(plan, span: lookback, window: 0, on: times)
        case .window(let plan):
            overlap = max(overlap, min(times.count, Int(plan.width / times.step).addingSaturated(1)))
            add(plan.selector, span: plan.width, window: plan.width, on: times)
        case .subquery(let plan):
            let inWindow = Int(plan.width / max(plan.step, 1)).addingSaturated(1)
            slots = slots.addingSaturated(times.count.multipliedSaturated(by: inWindow))
            try collect(plan.node, on: plan.inner(times))
        case .unary(_, let inner, _): try collect(inner, on: times)
        case .invariant(let inner): try collect(inner, on: times.first)
        case .binary(let plan):
            try collect(plan.left, on: times)
            try collect(plan.right, on: times)
        case .aggregation(let plan):
            if let parameter = plan.parameter { try collect(parameter, on: times) }
            try collect(plan.node, on: times)
        case .call(let plan):
            for argument in plan.arguments { try collect(argument, on: times) }
            if let selector = plan.infoSelector { add(selector, span: lookback, window: 0, on: times) }
        }
    }

    private mutating func add(_ plan: SelectorPlan, span: Int64, window: Int64, on times: TimeGrid) {
        let start = plan.reference(times.start).subtracting(span)
        let end = plan.reference(times.end)
        let key = Key(
            matchers: plan.matchers, start: start, end: end, function: plan.surroundings, window: window)
        if let index = known[key] {
            requestOfSelector[plan.id] = index
            return
        }
        var hints = SelectHints()
        hints.function = plan.surroundings
        hints.step = step
        hints.window = window
        known[key] = requests.count
        requestOfSelector[plan.id] = requests.count
        requests.append(SeriesRequest(matchers: plan.matchers, startExclusive: start, end: end, hints: hints))
    }
}
