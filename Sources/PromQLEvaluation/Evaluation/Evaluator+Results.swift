import PromQL
import PrometheusModel

extension Evaluator {
    /// What the query's root evaluates to, as callers get it.
    func result(
        of plan: PlanNode, _ expression: Expression, on times: TimeGrid, isRange: Bool
    ) throws(QueryError) -> QueryValue {
        switch plan.bare {
        case .window(let window): return .matrix(try samples(of: window, at: times.start))
        case .subquery(let subquery):
            let inner = try vector(subquery.node, on: subquery.inner(times)).finished()
            return .matrix(Self.columns(of: inner, forgetsResets: false).sorted())
        default: break
        }
        switch try evaluate(plan, on: times) {
        case .string(let text): return .string(time: times.start, value: text)
        case .scalar(let values):
            guard isRange else { return .scalar(time: times.start, value: values.first ?? .nan) }
            var grid = Grid(times)
            guard !values.isEmpty else { return .matrix(SeriesSet()) }
            grid.labels = [.empty]
            grid.dropsName = [false]
            grid.values = values
            return .matrix(Self.columns(of: grid, forgetsResets: false))
        case .vector(let grid):
            let finished = try grid.finished()
            if isRange { return .matrix(Self.columns(of: finished, forgetsResets: false).sorted()) }
            let samples = (0..<finished.seriesCount).map { series in
                let box = finished.histogram(series)
                return VectorSample(
                    labels: finished.labels[series], time: times.start,
                    value: box == nil ? finished.values[series] : 0, histogram: box)
            }
            return .vector(expression.hasOrder ? samples : samples.sorted { $0.labels < $1.labels })
        }
    }

    /// The samples of a range selector at one time, as they are stored.
    private func samples(of plan: WindowPlan, at time: Int64) throws(QueryError) -> SeriesSet {
        let set = samples(of: plan.selector)
        let close = plan.selector.reference(time)
        let begin = close.subtracting(plan.width)
        var result = SeriesSet()
        for series in 0..<set.seriesCount {
            try budget.spend(set.bounds[series + 1] - set.bounds[series] + 1)
            let count = result.sampleCount
            for index in set.bounds[series]..<set.bounds[series + 1]
            where set.times[index] > begin && set.times[index] <= close {
                let box = set.histograms.isEmpty ? nil : set.histograms[index]
                if box?.value.isStale ?? isAbsent(set.values[index]) { continue }
                if box != nil, result.histograms.isEmpty {
                    result.histograms = Array(repeating: nil, count: result.sampleCount)
                }
                result.times.append(set.times[index])
                result.values.append(box == nil ? set.values[index] : 0)
                if box != nil || !result.histograms.isEmpty { result.histograms.append(box) }
            }
            guard result.sampleCount > count else { continue }
            result.labels.append(set.labels[series])
            result.bounds.append(result.sampleCount)
        }
        return result.sorted()
    }
}

extension SeriesSet {
    /// With its series in the order of their labels.
    func sorted() -> SeriesSet {
        if labels.indices.dropFirst().allSatisfy({ labels[$0 - 1] < labels[$0] }) { return self }
        let order = labels.indices.sorted { labels[$0] < labels[$1] }
        var result = SeriesSet()
        result.warnings = warnings
        result.labels = order.map { labels[$0] }
        result.times.reserveCapacity(sampleCount)
        result.values.reserveCapacity(sampleCount)
        for series in order {
            let range = bounds[series]..<bounds[series + 1]
            result.times.append(contentsOf: times[range])
            result.values.append(contentsOf: values[range])
            if !histograms.isEmpty { result.histograms.append(contentsOf: histograms[range]) }
            result.bounds.append(result.sampleCount)
        }
        return result
    }
}

extension Expression {
    /// Whether the order of an instant vector means something: then it stays as the functions left it.
    fileprivate var hasOrder: Bool {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector, .subquery: return false
        case .parenthesis(let node): return node.expression.hasOrder
        case .unary(let node): return node.expression.hasOrder
        case .binary(let node): return node.left.hasOrder || node.right.hasOrder
        case .aggregation(let node): return node.operation == .topk || node.operation == .bottomk
        case .call(let node):
            if node.function.name.hasPrefix("sort") { return true }
            return node.arguments.contains(where: \.hasOrder)
        }
    }
}
