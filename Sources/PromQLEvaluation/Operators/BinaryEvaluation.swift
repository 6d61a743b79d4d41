import PromQL
import PrometheusModel

extension Evaluator {
    func evaluate(_ plan: BinaryPlan, on times: TimeGrid) throws(QueryError) -> Value {
        let left = try evaluate(plan.left, on: times)
        let right = try evaluate(plan.right, on: times)
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)): return .scalar(Self.scalars(plan.operation, left, right))
        case (.vector(let grid), .scalar(let scalars)):
            return .vector(combine(plan, grid, scalars, isSwapped: false))
        case (.scalar(let scalars), .vector(let grid)):
            return .vector(combine(plan, grid, scalars, isSwapped: true))
        case (.vector(let left), .vector(let right)):
            switch plan.operation {
            case .and, .or, .unless:
                return .vector(
                    try SetOperation(plan.matching).apply(plan.operation, left, right, on: times))
            default:
                var join = VectorJoin(plan, left, right)
                let grid = try join.result(&notes, &budget)
                return .vector(grid)
            }
        default:
            throw QueryError(.execution, "binary operator on a string", range: plan.range)
        }
    }

    private static func scalars(_ operation: BinaryOperator, _ left: [Double], _ right: [Double]) -> [Double] {
        if operation.isComparison { return zip(left, right).map { operation.holds($0, $1) ? 1 : 0 } }
        return zip(left, right).map { operation.compute($0, $1) }
    }

    /// A vector with a scalar.
    ///
    /// - Parameter isSwapped: the scalar is the left side.
    private func combine(_ plan: BinaryPlan, _ grid: Grid, _ scalars: [Double], isSwapped: Bool) -> Grid {
        var result = grid
        let steps = grid.steps
        let operation = plan.operation
        if operation.changesMeaning || plan.returnsBool { result.dropNames() }
        if result.hasHistograms { combineHistograms(plan, &result, scalars, isSwapped: isSwapped) }
        let returnsBool = plan.returnsBool
        let isComparison = operation.isComparison
        result.values.withUnsafeMutableBufferPointer { values in
            scalars.withUnsafeBufferPointer { scalars in
                for row in stride(from: 0, to: values.count, by: max(1, steps)) {
                    for step in 0..<steps {
                        let value = values[row + step]
                        if isAbsent(value) { continue }
                        let left = isSwapped ? scalars[step] : value, right = isSwapped ? value : scalars[step]
                        if isComparison {
                            let isKept = operation.holds(left, right)
                            values[row + step] = returnsBool ? (isKept ? 1 : 0) : isKept ? value : absent
                        } else {
                            values[row + step] = operation.compute(left, right)
                        }
                    }
                }
            }
        }
        return result
    }

    private func combineHistograms(_ plan: BinaryPlan, _ grid: inout Grid, _ scalars: [Double], isSwapped: Bool) {
        for slot in grid.histograms.indices {
            guard let box = grid.histograms[slot] else { continue }
            let vector = Operand(value: 0, histogram: box)
            let scalar = Operand(value: scalars[slot % grid.steps])
            let (left, right) = isSwapped ? (scalar, vector) : (vector, scalar)
            switch ElementOperation.apply(plan.operation, left, right) {
            case .histogram(let box, _): grid.histograms[slot] = box
            case .value, .incompatibleTypes, .incompatibleBuckets:
                notes.incompatibleTypes(
                    left: left.kind, operator: plan.operation.rawValue, right: right.kind, at: plan.range)
                grid.histograms[slot] = nil
            }
        }
    }
}
