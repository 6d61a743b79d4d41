import PromQL
import PrometheusModel

/// `absent` and `absent_over_time`: 1 where there is nothing.
enum AbsenceFunctions {
    static let bodies: [String: FunctionBody] = [
        "absent": { (evaluator, call, times) throws(QueryError) in
            let grid = try evaluator.vector(call.arguments[0], on: times)
            var isFound = Array(repeating: false, count: times.count)
            for series in 0..<grid.seriesCount {
                for (step, slot) in grid.slots(of: series).enumerated() where grid.isPresent(slot) {
                    isFound[step] = true
                }
            }
            return .vector(ones(where: isFound, labels: labels(of: call.arguments[0]), on: times))
        },
        "absent_over_time": { (evaluator, call, times) throws(QueryError) in
            let source = try evaluator.windowSource(call.arguments[0], on: times)
            var presence = CountOverTime(isPresence: true)
            let grid = try evaluator.slide(&presence, over: source, on: times)
            var isFound = Array(repeating: false, count: times.count)
            for (slot, value) in grid.values.enumerated() where !isAbsent(value) {
                isFound[slot % times.count] = true
            }
            return .vector(ones(where: isFound, labels: labels(of: call.arguments[0]), on: times))
        },
    ]

    private static func ones(where isFound: [Bool], labels: Labels, on times: TimeGrid) -> Grid {
        var grid = Grid(times)
        guard isFound.contains(false) else { return grid }
        grid.appendRow(labels, dropsName: true)
        for step in isFound.indices where !isFound[step] { grid.values[step] = 1 }
        return grid
    }

    /// The labels that what is missing would have, as far as a selector says: of its conditions of equality, one for each
    /// label (a label with several conditions is unknown).
    private static func labels(of node: PlanNode) -> Labels {
        let matchers: [LabelMatcher]
        switch node {
        case .selector(let plan): matchers = plan.matchers
        case .window(let plan): matchers = plan.selector.matchers
        default: return .empty
        }
        var labels = Labels.empty
        var seen: Set<String> = []
        for matcher in matchers where matcher.name != Labels.nameLabel {
            if matcher.kind == .equal, !seen.contains(matcher.name) {
                labels = labels.setting(matcher.name, matcher.value)
                seen.insert(matcher.name)
            } else {
                labels = labels.removing(matcher.name)
            }
        }
        return labels
    }
}
