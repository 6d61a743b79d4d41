import PromQL
import PrometheusModel

/// What a plan asks of storage: one request for each distinct selector and span.
struct PlanRequests {
    private(set) var requests: [SeriesRequest] = []
    /// Index of the request that answers a selector, by the selector's number.
    private(set) var requestOfSelector: [Int: Int] = [:]
    private var known: [Key: Int] = [:]
    let lookback: Int64
    /// Milliseconds between the evaluations of the query; 0 for an instant query.
    let step: Int64

    private struct Key: Hashable {
        var matchers: [LabelMatcher]
        var start: Int64
        var end: Int64
        var function: String
        var window: Int64
    }

    init(lookback: Int64, step: Int64) {
        self.lookback = lookback
        self.step = step
    }

    mutating func collect(_ node: PlanNode, on times: TimeGrid) {
        guard times.count > 0 else { return }
        switch node {
        case .number, .string: break
        case .selector(let plan): add(plan, span: lookback, window: 0, on: times)
        case .window(let plan): add(plan.selector, span: plan.width, window: plan.width, on: times)
        case .subquery(let plan): collect(plan.node, on: plan.inner(times))
        case .unary(_, let inner, _): collect(inner, on: times)
        case .invariant(let inner): collect(inner, on: times.first)
        case .binary(let plan):
            collect(plan.left, on: times)
            collect(plan.right, on: times)
        case .aggregation(let plan):
            if let parameter = plan.parameter { collect(parameter, on: times) }
            collect(plan.node, on: times)
        case .call(let plan):
            for argument in plan.arguments { collect(argument, on: times) }
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
