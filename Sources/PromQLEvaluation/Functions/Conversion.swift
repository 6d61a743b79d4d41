import PrometheusModel

/// `scalar` and `vector`
enum ConversionFunctions {
    static let bodies: [String: FunctionBody] = [
        "scalar": { (evaluator, call, times) throws(QueryError) in
            let grid = try evaluator.vector(call.arguments[0], on: times)
            var values = Array(repeating: Double.nan, count: times.count)
            var counts = Array(repeating: 0, count: times.count)
            for (slot, value) in grid.values.enumerated() where !isAbsent(value) {
                let step = slot % times.count
                counts[step] += 1
                values[step] = counts[step] == 1 ? value : .nan
            }
            return .scalar(values)
        },
        "vector": { (evaluator, call, times) throws(QueryError) in
            var grid = Grid(times)
            grid.labels = [.empty]
            grid.dropsName = [false]
            grid.values = try evaluator.scalar(call.arguments[0], on: times)
            return .vector(grid)
        },
    ]
}
